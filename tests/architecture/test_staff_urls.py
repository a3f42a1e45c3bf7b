"""Nobody can reach a staff page that nothing guards."""

import pytest

from tests.architecture.routes import all_routes

# What a person without a session, or without a second factor yet, has to reach.
OPEN = {
    "account_login": "signing in comes before any permission",
    "mfa_authenticate": "the code that completes signing in",
    "account_logout": "whoever is signed in may sign out",
    "passkey_sign_in": "signing in comes before any permission",
    "issuer_begin": "signing in comes before any permission",
    "issuer_return": "what the issuer answers is checked before anybody is let in",
    "invitation": "an invited person has no account yet; the link's secret is the permission",
    "invitation_open": "takes that secret out of the address",
    "enrolment_needed": "tells a person without a second factor what to do",
    "demo_sign_in": "exists on the embedded database and loopback alone (config.E002)",
}
VALUES = {
    "force_id": "a-force",
    "neighbourhood_id": "N1",
    "token": "t",
    "pk": 1,
    "posting_pk": 1,
    "grant_pk": 1,
    "passkey_pk": 1,
    "quarter": "2030-Q4",
    "key": "k",
}
STAFF = [route for route in all_routes() if "/staff/" in f"{route.pattern}/"]


@pytest.mark.parametrize("route", STAFF, ids=lambda route: route.pattern)
def test_a_staff_url_says_which_permission_it_needs(route):
    view = route.view(VALUES)

    assert hasattr(view, "required_permission") or route.name in OPEN


def test_there_are_staff_urls_in_both_languages():
    english, welsh = ({r.name for r in STAFF if r.language == lang} for lang in ("en-gb", "cy"))

    assert english == welsh
    assert len(english) > 30


def test_no_open_page_is_listed_that_is_guarded_or_gone():
    unguarded = {r.name for r in STAFF if not hasattr(r.view(VALUES), "required_permission")}

    assert set(OPEN) - unguarded <= {"demo_sign_in"}  # only with DEMO=1
