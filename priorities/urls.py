from django.urls import include, path

from priorities import api
from priorities.views import public
from priorities.views.staff import adopting, rounds

app_name = "priorities"

public_urlpatterns = [
    path("events/<int:pk>/", public.event_detail, name="event_detail"),
    path("vote/", public.vote, name="vote"),
    path("vote/sent/", public.vote_sent, name="vote_sent"),
]

staff_urlpatterns = [
    path("", adopting.priority_board, name="priority_board"),
    path("adopt/", adopting.priority_adopt, name="priority_adopt"),
    path("<int:pk>/", adopting.priority_manage, name="priority_manage"),
    path("<int:pk>/actions/add/", adopting.action_add, name="action_add"),
    path("<int:pk>/update/", adopting.priority_update, name="priority_update"),
    path("<int:pk>/close/", adopting.priority_close, name="priority_close"),
    path("promises/<int:pk>/", adopting.promise_keep, name="promise_keep"),
    path("actions/<int:pk>/done/", adopting.action_finish, name="action_finish"),
    path("votes/write/", rounds.round_write, name="round_write"),
    path("votes/<int:pk>/", rounds.round_preview, name="round_preview"),
    path("votes/<int:pk>/change/", rounds.round_rewrite, name="round_rewrite"),
    path("votes/<int:pk>/open/", rounds.round_open, name="round_open"),
    path("votes/<int:pk>/publish/", rounds.round_publish, name="round_publish"),
    path("votes/<int:pk>/delete/", rounds.round_discard, name="round_discard"),
]

urlpatterns = [
    path("areas/<str:force_id>/<str:neighbourhood_id>/", include(public_urlpatterns)),
    path(
        "staff/areas/<str:force_id>/<str:neighbourhood_id>/priorities/",
        include(staff_urlpatterns),
    ),
    path("vote/", public.vote_confirm, name="vote_confirm"),
    path("vote/<str:token>/", public.vote_open, name="vote_open"),
]

api_urlpatterns = [
    path(
        "<str:force_id>/<str:neighbourhood_id>/priorities",
        api.priorities,
        name="priorities",
    ),
]
