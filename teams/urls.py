from allauth.account.views import logout
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from django.urls import include, path

from teams import api, feeds
from teams.access import fresh_proof_required, staff_required
from teams.views import photos as public_photos
from teams.views import public, route_tests
from teams.views.staff import (
    account,
    audit,
    boundaries,
    confirming,
    duty,
    events,
    force_safety,
    importing,
    issuer,
    passkeys,
    people,
    photos,
    places,
    posts,
    publishing,
    roles,
    safety,
    sharing,
    sign_in,
    translating,
    updates,
)

app_name = "teams"

# allauth's views under our addresses: what is not listed here (sign-up, password reset,
# taking a second factor away) does not exist. They keep allauth's names, without a namespace.
sign_in_urlpatterns = [
    path("sign-in/", issuer.sign_in, name="account_login"),
    path("sign-out/", logout, name="account_logout"),
    path("sign-in/code/", passkeys.second_step, name="mfa_authenticate"),
    path("enrol/", sign_in.app_enrol, name="mfa_activate_totp"),
    path(
        "recovery-codes/",
        staff_required(fresh_proof_required()(view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        staff_required(fresh_proof_required()(generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
]

# One address in both languages: a picture has none.
photo_urlpatterns = [path("photos/<str:key>.jpg", public_photos.photo_show, name="photo_show")]

public_urlpatterns = [
    path("team/", public.team_detail, name="team_detail"),
    path("team/roles/", public.role_list, name="role_list"),
    path("team/<int:pk>/", public.member_detail, name="member_detail"),
    path("updates/", public.update_list, name="update_list"),
    path("updates/feed.atom", feeds.update_feed, name="update_feed"),
    path("updates/<int:pk>/", public.update_detail, name="update_detail"),
    path("events/", public.event_list, name="event_list"),
    path("events/feed.atom", feeds.event_feed, name="event_feed"),
    path("events/calendar.ics", feeds.event_calendar, name="event_calendar"),
    path("events/<int:pk>/event.ics", feeds.event_file, name="event_file"),
]

neighbourhood_urlpatterns = [
    path("", posts.neighbourhood_manage, name="neighbourhood_manage"),
    path("updates/write/", updates.update_write, name="update_write"),
    path("updates/<int:pk>/", updates.update_preview, name="update_preview"),
    path("updates/<int:pk>/change/", updates.update_rewrite, name="update_rewrite"),
    path("updates/<int:pk>/publish/", updates.update_publish, name="update_publish"),
    path("updates/<int:pk>/check/", updates.update_check, name="update_check"),
    path("updates/<int:pk>/unschedule/", updates.update_unschedule, name="update_unschedule"),
    path("updates/<int:pk>/take-back/", updates.update_take_back, name="update_take_back"),
    path("updates/<int:pk>/withdraw/", updates.update_withdraw, name="update_withdraw"),
    path("updates/<int:pk>/delete/", updates.update_discard, name="update_discard"),
    path("trust/", publishing.trust_list, name="trust_list"),
    path("trust/<int:pk>/", publishing.trust_give, name="trust_give"),
    path("trust/<int:pk>/end/", publishing.trust_end, name="trust_end"),
    path("hold/", publishing.hold_set, name="hold_set"),
    path("hold/<int:pk>/end/", publishing.hold_end, name="hold_end"),
    path("events/add/", events.event_add, name="event_add"),
    path("events/<int:pk>/change/", events.event_change, name="event_change"),
    path("events/<int:pk>/move/", events.event_move, name="event_move"),
    path("events/<int:pk>/cancel/", events.event_cancel, name="event_cancel"),
    path("events/<int:pk>/notes/", events.event_note, name="event_note"),
    path("places/", places.place_board, name="place_board"),
    path("places/add/", places.place_add, name="place_add"),
    path("places/<int:pk>/change/", places.place_change, name="place_change"),
    path("places/<int:pk>/remove/", places.place_remove, name="place_remove"),
    path("places/<int:pk>/day/", places.place_exception_set, name="place_exception_set"),
    path(
        "places/days/<int:pk>/remove/",
        places.place_exception_remove,
        name="place_exception_remove",
    ),
    path("streets/", places.streets_write, name="streets_write"),
    path("safety/", safety.safety_board, name="safety_board"),
    path("safety/<int:pk>/hide/", safety.member_hide, name="member_hide"),
    path("safety/<int:pk>/show/", safety.member_unhide, name="member_unhide"),
    path("safety/<int:pk>/show/confirm/", safety.unhiding_confirm, name="unhiding_confirm"),
    path("safety/<int:pk>/first-name/", safety.first_name_set, name="first_name_set"),
    path("roll-call/", duty.roll_call, name="roll_call"),
    path("roll-call/undo/", duty.roll_call_undo, name="roll_call_undo"),
    path("patrol/start/", duty.patrol_start, name="patrol_start"),
    path("lend/", roles.role_lend, name="role_lend"),
    path("lend/<int:pk>/end/", roles.role_take_back, name="role_take_back"),
    path("cover/", posts.cover_set, name="cover_set"),
    path("cover/<int:pk>/end/", posts.cover_end, name="cover_end"),
    path("named-officer/", posts.named_contact_set, name="named_contact_set"),
    path("contact/check/", confirming.contact_check, name="contact_check"),
    path("contact/check/<int:pk>/", confirming.contact_confirm, name="contact_confirm"),
    path("contact/", posts.team_routes_set, name="team_routes_set"),
]

people_urlpatterns = [
    path("", people.member_list, name="member_list"),
    path("add/", people.member_add, name="member_add"),
    path("import/", importing.people_import, name="people_import"),
    path("import/undo/", importing.people_undo, name="people_undo"),
    path("import/undo/apply/", importing.people_undo_apply, name="people_undo_apply"),
    path("import/<int:pk>/", importing.people_rehearse, name="people_rehearse"),
    path("import/<int:pk>/apply/", importing.people_apply, name="people_apply"),
    path("role-requests/", roles.role_request_list, name="role_request_list"),
    path(
        "role-requests/<int:pk>/confirm/", roles.role_request_confirm, name="role_request_confirm"
    ),
    path("role-requests/<int:pk>/refuse/", roles.role_request_refuse, name="role_request_refuse"),
    path("<int:pk>/", people.member_manage, name="member_manage"),
    path("<int:pk>/change/", people.member_change, name="member_change"),
    path("<int:pk>/contact/", people.member_routes_set, name="member_routes_set"),
    path("<int:pk>/invite/", people.member_invite, name="member_invite"),
    path("<int:pk>/phones/<int:passkey_pk>/", people.phone_mark, name="phone_mark"),
    path("<int:pk>/end/", people.member_end, name="member_end"),
    path("<int:pk>/postings/add/", people.posting_add, name="posting_add"),
    path("<int:pk>/postings/<int:posting_pk>/end/", people.posting_end, name="posting_end"),
    path("<int:pk>/roles/add/", roles.role_grant, name="role_grant"),
    path("<int:pk>/roles/<int:grant_pk>/end/", roles.role_end, name="role_end"),
]

boundaries_urlpatterns = [
    path("", boundaries.boundary_set_list, name="boundary_set_list"),
    path("<int:pk>/", boundaries.boundary_set_rehearse, name="boundary_set_rehearse"),
    path("<int:pk>/switch/", boundaries.boundary_set_switch, name="boundary_set_switch"),
]

translations_urlpatterns = [
    path("", translating.translation_list, name="translation_list"),
    path("updates/<int:pk>/", translating.update_translate, name="update_translate"),
    path("events/<int:pk>/", translating.event_translate, name="event_translate"),
]

force_safety_urlpatterns = [
    path("", force_safety.force_safety_board, name="force_safety_board"),
    path("<int:pk>/hide/", force_safety.force_member_hide, name="force_member_hide"),
    path("<int:pk>/show/", force_safety.force_member_unhide, name="force_member_unhide"),
    path(
        "<int:pk>/show/confirm/",
        force_safety.force_unhiding_confirm,
        name="force_unhiding_confirm",
    ),
]

urlpatterns = [
    path("areas/<str:force_id>/<str:neighbourhood_id>/", include(public_urlpatterns)),
    path("staff/areas/<str:force_id>/<str:neighbourhood_id>/", include(neighbourhood_urlpatterns)),
    path("staff/forces/<str:force_id>/people/", include(people_urlpatterns)),
    path("staff/forces/<str:force_id>/boundaries/", include(boundaries_urlpatterns)),
    path("staff/patrol/finish/", duty.patrol_finish, name="patrol_finish"),
    path("staff/forces/<str:force_id>/share/", sharing.share_list, name="share_list"),
    path("staff/forces/<str:force_id>/translations/", include(translations_urlpatterns)),
    path("staff/forces/<str:force_id>/safety/", include(force_safety_urlpatterns)),
    path("staff/forces/<str:force_id>/audit/", audit.audit_list, name="audit_list"),
    path("staff/forces/<str:force_id>/audit/download/", audit.audit_export, name="audit_export"),
    path("staff/hide-my-name/", safety.own_name_hide, name="own_name_hide"),
    path("staff/my-photo/", photos.own_photo, name="own_photo"),
    path("staff/my-photo/now.jpg", photos.own_photo_show, name="own_photo_show"),
    path("staff/my-photo/remove/", photos.own_photo_remove, name="own_photo_remove"),
    path("staff/invitation/", sign_in.invitation, name="invitation"),
    path("staff/invitation/<str:token>/", sign_in.invitation_open, name="invitation_open"),
    path("contact-test/", route_tests.route_test, name="route_test"),
    path("contact-test/<str:token>/", route_tests.route_test_open, name="route_test_open"),
    path("staff/sign-in/passkey/", passkeys.passkey_sign_in, name="passkey_sign_in"),
    path("staff/account/", account.own_sign_in, name="own_sign_in"),
    path("staff/account/passkeys/add/", account.passkey_add, name="passkey_add"),
    path("staff/account/factors/<int:pk>/remove/", account.factor_remove, name="factor_remove"),
    path("staff/account/sessions/end/", account.sessions_end, name="sessions_end"),
    path("staff/single-sign-on/", issuer.issuer_begin, name="issuer_begin"),
    path("staff/single-sign-on/return/", issuer.issuer_return, name="issuer_return"),
    path("staff/proof/", sign_in.proof, name="proof"),
    path("staff/enrol/needed/", sign_in.enrolment_needed, name="enrolment_needed"),
]

api_urlpatterns = [
    path("forces/<str:force_id>", api.force_detail, name="force_detail"),
    path("forces/<str:force_id>/people", api.force_people, name="force_people"),
    path("<str:force_id>/<str:neighbourhood_id>/people", api.people, name="people"),
    path("<str:force_id>/<str:neighbourhood_id>/events", api.events, name="events"),
    path("<str:force_id>/<str:neighbourhood_id>/updates", api.updates, name="updates"),
    path(
        "<str:force_id>/<str:neighbourhood_id>",
        api.neighbourhood_detail,
        name="neighbourhood_detail",
    ),
]
