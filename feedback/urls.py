from django.urls import include, path

from feedback.views import hand_overs, keeping, priorities, public, staff

app_name = "feedback"

public_urlpatterns = [
    path("", public.message_begin, name="message_begin"),
    path("danger/", public.message_danger, name="message_danger"),
    path("write/", public.message_write, name="message_write"),
    path("sent/", public.message_sent, name="message_sent"),
]

staff_urlpatterns = [
    path("", staff.message_list, name="message_list"),
    path("<int:pk>/", staff.message_detail, name="message_detail"),
    path("<int:pk>/answer/", staff.message_answer, name="message_answer"),
    path("<int:pk>/wait/", staff.message_pause, name="message_pause"),
    path("<int:pk>/resume/", staff.message_resume, name="message_resume"),
    path("<int:pk>/not-to/", keeping.message_keep_from, name="message_keep_from"),
    path("senders/<int:pk>/end/", keeping.sender_mark_end, name="sender_mark_end"),
]

hand_over_urlpatterns = [
    path("", hand_overs.hand_over_detail, name="hand_over_detail"),
    path("accept/", hand_overs.hand_over_accept, name="hand_over_accept"),
]

urlpatterns = [
    path(
        "areas/<str:force_id>/<str:neighbourhood_id>/priorities/",
        priorities.priority_list,
        name="priority_list",
    ),
    path("areas/<str:force_id>/<str:neighbourhood_id>/message/", include(public_urlpatterns)),
    path("staff/areas/<str:force_id>/<str:neighbourhood_id>/messages/", include(staff_urlpatterns)),
    path(
        "staff/areas/<str:force_id>/<str:neighbourhood_id>/hand-over/",
        include(hand_over_urlpatterns),
    ),
    path("messages/", public.message_status, name="message_status"),
    path("messages/ask/", public.message_escalate, name="message_escalate"),
    path("messages/<str:token>/", public.message_open, name="message_open"),
]
