from django.urls import path

from neighbourhoods import api
from neighbourhoods.views import finding, following, places, public

app_name = "neighbourhoods"

urlpatterns = [
    path("", finding.find_my_team, name="find_my_team"),
    path("find", finding.find, name="find"),
    path("areas/", public.area_list, name="area_list"),
    path("areas/<str:force_id>/", public.force_detail, name="force_detail"),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/who-deals-with-what/",
        public.signpost_list,
        name="signpost_list",
    ),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/places/",
        places.place_list,
        name="place_list",
    ),
    path("areas/<str:force_id>/<str:neighbourhood_id>/map/", places.map_detail, name="map_detail"),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/map/outline.json",
        places.map_outline,
        name="map_outline",
    ),
    path("areas/<str:force_id>/<str:neighbourhood_id>/follow/", following.follow, name="follow"),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/follow/asked/",
        following.asked,
        name="follow_asked",
    ),
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/follow/confirmed/",
        following.confirmed,
        name="follow_confirmed",
    ),
    path("follow/", following.confirm, name="confirm"),
    path("follow/leave/", following.leave, name="leave"),
    path("follow/left/", following.left, name="left"),
    path("follow/leave/<str:token>/", following.leave_open, name="leave_open"),
    path("follow/<str:token>/", following.confirm_open, name="confirm_open"),
]

# For mail programs, which know no language: outside the addresses in two languages.
one_click_urlpatterns = [
    path("follow/leave/<str:token>", following.leave_at_once, name="leave_at_once"),
]

api_urlpatterns = [
    path("forces", api.force_list, name="force_list"),
    path("locate-neighbourhood", api.locate_neighbourhood, name="locate_neighbourhood"),
    path("postcodes/<str:postcode>", api.postcode_detail, name="postcode_detail"),
    path("<str:force_id>/neighbourhoods", api.neighbourhood_list, name="neighbourhood_list"),
    path(
        "<str:force_id>/<str:neighbourhood_id>/boundary",
        api.neighbourhood_boundary,
        name="neighbourhood_boundary",
    ),
]
