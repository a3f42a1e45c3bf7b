from django.urls import path

from reports.views import figures, public, staff

app_name = "reports"

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
    path("staff/", staff.staff_home, name="staff_home"),
]
