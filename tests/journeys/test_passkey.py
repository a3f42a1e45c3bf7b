"""A sergeant adds a passkey and signs in with it; without JavaScript the page says what to do."""

import pytest

from tests.journeys.staff import give_way_in, sign_in

pytestmark = pytest.mark.journey
# A phone with a screen lock, as Chromium plays it.
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visitor(visitor):
    """By name: a passkey belongs to a domain, and an address with numbers is none."""
    visitor.site = visitor.site.replace("127.0.0.1", "localhost")
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    return visitor


def press_with_passkey(visitor, english: str, leads_to: str) -> None:
    """Press a button that a passkey answers before the form goes."""
    visitor.page.get_by_role("button", name=visitor.text(english)).click()
    visitor.page.wait_for_url(f"{visitor.site}{visitor.way.prefix}{leads_to}")
    visitor.check()


def test_sergeant_adds_a_passkey_and_signs_in_with_one_tap(visitor):
    sign_in(visitor, give_way_in("imran.dalvari"))
    visitor.go("/staff/account/passkeys/add/")
    if not visitor.way.javascript:
        without = "A passkey needs JavaScript and a browser that has passkeys."
        instead = "Without them, set up an authenticator app."
        assert visitor.sees(visitor.text(f"{without} {instead}"))
        return
    visitor.fill("Name of the passkey", "Force phone")
    press_with_passkey(visitor, "Add the passkey", "/staff/account/")
    assert visitor.sees("Force phone")
    visitor.press("Sign out")

    visitor.go("/staff/")
    press_with_passkey(visitor, "Sign in with a passkey", "/staff/")

    assert visitor.heading() == visitor.text("Staff home")
