from django.urls import path

from neighbourhoods import api
from neighbourhoods.views import public

app_name = "neighbourhoods"

urlpatterns = [
    path("", public.find_my_team, name="find_my_team"),
    path("find", public.find, name="find"),
    path("areas/", public.area_list, name="area_list"),
    path("areas/<str:force_id>/", public.force_detail, name="force_detail"),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/who-deals-with-what/",
        public.signpost_list,
        name="signpost_list",
    ),
]

api_urlpatterns = [
    path("forces", api.force_list, name="force_list"),
    path("locate-neighbourhood", api.locate_neighbourhood, name="locate_neighbourhood"),
    path("<str:force_id>/neighbourhoods", api.neighbourhood_list, name="neighbourhood_list"),
    path(
        "<str:force_id>/<str:neighbourhood_id>/boundary",
        api.neighbourhood_boundary,
        name="neighbourhood_boundary",
    ),
]
