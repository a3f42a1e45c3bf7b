"""The way to the issuer and back, the good one first: who goes another one is not let in."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from teams.models import Session
from tests.factories.teams import UserFactory
from tests.issuer import (
    CLIENT_ID,
)
from tests.teams.single_sign_on.acting import (
    BEGIN,
    RETURN,
    SUBJECT,
    begun,
    is_refused,
    signed_in_by,
    who_is_in,
)

pytestmark = pytest.mark.django_db


def test_whoever_the_issuer_names_is_signed_in_to_their_own_account(client, issuer, nesta):
    response = signed_in_by(client, issuer)

    assert (response.status_code, response["Location"]) == (302, "/staff/")
    assert who_is_in(client) == nesta
    assert Session.objects.filter(user=nesta).count() == 1
    assert issuer.asked_for() == ["/.well-known/openid-configuration", "/token", "/keys"]


def test_what_the_portal_asks_for(client, issuer, nesta):
    query = dict(parse_qsl(urlsplit(begun(client)).query))

    sizes = {name: len(query.pop(name)) for name in ("state", "nonce", "code_challenge")}
    assert query == {
        "client_id": CLIENT_ID,
        "redirect_uri": f"http://127.0.0.1:8000{RETURN}",
        "scope": "openid",
        "response_type": "code",
        "code_challenge_method": "S256",
    }
    assert sizes == {"state": 16, "nonce": 43, "code_challenge": 43}


def test_nothing_that_a_link_says_changes_what_is_asked_for(client, issuer, nesta):
    added = "?process=connect&scope=offline_access&auth_params=nonce%3Dmine%26prompt%3Dnone"
    location = client.post(f"{BEGIN}{added}")["Location"]
    query = dict(parse_qsl(urlsplit(location).query))

    assert (query["scope"], "prompt" in query, query["nonce"] == "mine") == ("openid", False, False)
    assert client.get(RETURN, issuer.authorise(location, SUBJECT))["Location"] == "/staff/"
    assert SocialAccount.objects.count() == 1


def test_it_goes_back_to_the_page_that_was_asked_for(client, issuer, nesta):
    answer = issuer.authorise(begun(client, next="/staff/hide-my-name/"), SUBJECT)

    assert client.get(RETURN, answer)["Location"] == "/staff/hide-my-name/"


def test_the_sign_in_page_offers_it_and_lets_its_form_lead_to_the_issuer(client, issuer):
    response = client.get("/staff/sign-in/")

    assert "Sign in with your force account" in response.content.decode()
    assert f"form-action 'self' {issuer.url}" in response["Content-Security-Policy"]


def test_a_code_counts_once(client, issuer, nesta):
    answer = issuer.authorise(begun(client), SUBJECT)
    assert client.get(RETURN, answer)["Location"] == "/staff/"
    client.post("/staff/sign-out/")

    assert is_refused(client.get(RETURN, answer), client, "state")
    again = issuer.authorise(begun(client), SUBJECT)
    assert is_refused(client.get(RETURN, {**again, "code": answer["code"]}), client, "code")


@pytest.mark.parametrize("sent", [{"state": ""}, {"state": "guessed-by-somebody"}])
def test_without_the_state_of_this_session_nothing_is_asked_of_the_issuer(
    client, issuer, nesta, sent
):
    assert is_refused(signed_in_by(client, issuer, **sent), client, "state")
    assert "/token" not in issuer.asked_for()


def test_the_state_of_another_session_is_none(client, issuer, nesta):
    """Else an attacker could sign somebody in to the attacker's account."""
    attackers = Client()
    answer = issuer.authorise(begun(attackers), SUBJECT)

    assert is_refused(client.get(RETURN, answer), client, "state")


def test_a_state_runs_out(client, issuer, nesta):
    answer = issuer.authorise(begun(client), SUBJECT)
    session = client.session
    [key] = session["socialaccount_states"]
    state, at, provider = session["socialaccount_states"][key]
    session["socialaccount_states"] = {key: (state, at - 601, provider)}
    session.save()

    assert is_refused(client.get(RETURN, answer), client, "state")


def test_a_state_without_a_verifier_is_none(client, issuer, nesta):
    answer = issuer.authorise(begun(client), SUBJECT)
    session = client.session
    [key] = session["socialaccount_states"]
    session["socialaccount_states"][key][0].pop("pkce_code_verifier")
    session.save()

    assert is_refused(client.get(RETURN, answer), client, "state")


def test_the_code_of_another_browser_is_not_redeemed(client, issuer, nesta):
    """It belongs to another challenge: this is what PKCE is for."""
    stolen = issuer.authorise(begun(Client()), SUBJECT)["code"]

    assert is_refused(signed_in_by(client, issuer, code=stolen), client, "code")


def test_the_token_of_another_sign_in_has_another_nonce(client, issuer, nesta):
    """Even where an issuer forgets to check the challenge."""
    other = issuer.authorise(begun(Client()), SUBJECT)
    issuer.claims = {"nonce": issuer.codes[other["code"]].nonce}

    assert is_refused(signed_in_by(client, issuer), client, "nonce")


def test_the_answer_of_another_issuer_is_not_taken_for_ours(client, issuer, nesta):
    """The mix-up: RFC 9207."""
    sent = {"iss": "https://login.example.org"}

    assert is_refused(signed_in_by(client, issuer, **sent), client, "issuer")
    assert "/token" not in issuer.asked_for()
    issuer.configuration = {"authorization_response_iss_parameter_supported": True}
    cache.clear()
    assert is_refused(signed_in_by(client, issuer), client, "issuer")
    assert signed_in_by(client, issuer, iss=issuer.url)["Location"] == "/staff/"


def test_a_sign_in_that_was_broken_off(client, issuer, nesta):
    sent = {"code": "", "error": "access_denied"}

    assert is_refused(signed_in_by(client, issuer, **sent), client, "cancelled")


def test_an_issuer_that_has_a_problem(client, issuer, nesta):
    sent = {"code": "", "error": "server_error"}

    assert is_refused(signed_in_by(client, issuer, **sent), client, "answer")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "x:y"]
)
def test_the_way_on_leads_to_our_own_pages_alone(client, issuer, nesta, elsewhere):
    answer = issuer.authorise(begun(client, next=elsewhere), SUBJECT)

    response = client.get(f"{RETURN}?next={elsewhere}", answer)

    assert response["Location"] == "/staff/"


def test_a_session_from_before_is_not_the_one_after(client, issuer, nesta):
    """Session fixation: what an attacker put into the browser opens nothing."""
    location = begun(client)
    fixed = client.session.session_key
    client.get(RETURN, issuer.authorise(location, SUBJECT))

    attackers = Client()
    attackers.cookies["sessionid"] = fixed
    assert client.session.session_key != fixed
    assert (who_is_in(client), who_is_in(attackers)) == (nesta, None)


def test_whoever_is_signed_in_already_becomes_whom_the_issuer_names(issuer, nesta):
    client = Client()
    client.force_login(UserFactory(enrolled=True))

    assert signed_in_by(client, issuer)["Location"] == "/staff/"
    assert who_is_in(client) == nesta
