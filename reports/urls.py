from django.urls import include, path, register_converter

from neighbourhoods.quarters import parse_quarter
from reports import api
from reports.views import bulletins, coverage, figures, public, reviewing, staff

app_name = "reports"


class QuarterConverter:
    """A quarter in an address, such as 2021-Q4; another text is no address of ours."""

    regex = "[0-9]{4}-Q[1-4]"
    to_python = staticmethod(parse_quarter)
    to_url = staticmethod(str)


register_converter(QuarterConverter, "quarter")

bulletin_urlpatterns = [
    path("", bulletins.bulletin_list, name="bulletin_list"),
    path("<quarter:quarter>/", bulletins.bulletin_detail, name="bulletin_detail"),
    path("<quarter:quarter>/bulletin.pdf", bulletins.bulletin_pdf_file, name="bulletin_pdf"),
    path("<quarter:quarter>/figures.json", bulletins.bulletin_json_file, name="bulletin_json"),
    path("<quarter:quarter>/figures.csv", bulletins.bulletin_csv_file, name="bulletin_csv"),
]

reviewing_urlpatterns = [
    path("", reviewing.bulletin_preview, name="bulletin_preview"),
    path("write/", reviewing.bulletin_write, name="bulletin_write"),
    path("refresh/", reviewing.bulletin_refresh, name="bulletin_refresh"),
    path("submit/", reviewing.bulletin_submit, name="bulletin_submit"),
    path("review/", reviewing.bulletin_review, name="bulletin_review"),
]

urlpatterns = [
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/",
        public.neighbourhood_home,
        name="neighbourhood_home",
    ),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/figures/",
        figures.figures_detail,
        name="figures_detail",
    ),
    path("areas/<str:force_id>/<str:neighbourhood_id>/bulletins/", include(bulletin_urlpatterns)),
    path(
        "staff/areas/<str:force_id>/<str:neighbourhood_id>/bulletins/<quarter:quarter>/",
        include(reviewing_urlpatterns),
    ),
    path("staff/", staff.staff_home, name="staff_home"),
    path("staff/forces/<str:force_id>/coverage/", coverage.coverage_detail, name="coverage_detail"),
    path("staff/forces/<str:force_id>/coverage.csv", coverage.coverage_csv, name="coverage_csv"),
]

api_urlpatterns = [
    path("crime-categories", api.crime_categories, name="crime_categories"),
    path("crime-last-updated", api.crime_last_updated, name="crime_last_updated"),
    path("crimes-street-dates", api.crimes_street_dates, name="crimes_street_dates"),
    path(
        "<str:force_id>/<str:neighbourhood_id>/crime-counts",
        api.crime_counts,
        name="crime_counts",
    ),
    path("<str:force_id>/<str:neighbourhood_id>/bulletins", api.bulletins, name="bulletins"),
]
