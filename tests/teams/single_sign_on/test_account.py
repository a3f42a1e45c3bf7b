"""Whose account it is, which issuer, and what its word alone does not open."""

import logging

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp

from teams.models import User
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import PASSWORD, MemberFactory, UserFactory
from tests.issuer import (
    CLIENT_ID,
)
from tests.teams.acting import INSPECTOR, OFFICER, account, grant, today
from tests.teams.single_sign_on.acting import (
    BEGIN,
    RETURN,
    SUBJECT,
    begun,
    is_refused,
    linked,
    signed_in_by,
    who_is_in,
)

pytestmark = pytest.mark.django_db


def test_the_address_of_another_account_opens_it_to_nobody(client, issuer, nesta):
    issuer.claims = {"email": nesta.email, "email_verified": True, "preferred_username": "nesta"}
    issuer.userinfo = {"sub": SUBJECT, "email": nesta.email, "email_verified": True}

    assert is_refused(signed_in_by(client, issuer, "somebody-else"), client, "unknown")
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_an_address_that_changed_changes_nothing(client, issuer, nesta):
    UserFactory(email="married@example.org")
    issuer.claims = {"email": "married@example.org", "email_verified": True}

    signed_in_by(client, issuer)

    assert who_is_in(client) == nesta
    assert User.objects.get(pk=nesta.pk).email == "nesta@example.org"


def test_what_userinfo_would_say_is_never_asked_for(client, issuer, nesta):
    """Another subject there has nothing to be put in the place of."""
    boss = UserFactory()
    linked(boss, issuer.url, "subject-of-the-boss")
    issuer.userinfo = {"sub": "subject-of-the-boss"}

    signed_in_by(client, issuer)

    assert who_is_in(client) == nesta
    assert "/userinfo" not in issuer.asked_for()


def test_the_same_subject_of_another_issuer_is_somebody_else(client, issuer):
    linked(UserFactory(), "https://login.example.org")

    assert is_refused(signed_in_by(client, issuer), client, "unknown")


def test_nothing_but_issuer_and_subject_is_kept(client, issuer, nesta):
    issuer.claims = {"email": "canary@example.org", "name": "Canary", "tid": "canary"}

    signed_in_by(client, issuer)

    kept = SocialAccount.objects.get()
    assert kept.extra_data == {"iss": issuer.url, "sub": SUBJECT}
    assert "anary" not in str(dict(client.session))


@pytest.mark.parametrize("how", ["closed", "left"])
def test_whoever_has_left_is_refused_although_the_issuer_knows_them(client, issuer, nesta, how):
    if how == "closed":
        User.objects.update(is_active=False)
    else:
        MemberFactory(user=nesta, ended_on=today(-1))

    assert is_refused(signed_in_by(client, issuer), client, "unknown")


def test_an_issuer_that_calls_itself_otherwise_is_not_the_one(client, issuer, nesta):
    issuer.configuration = {"issuer": "https://login.example.org"}

    assert is_refused(client.post(BEGIN), client, "issuer")


@pytest.mark.parametrize(
    "configuration",
    [
        {"token_endpoint": "https://127.0.0.1/token"},
        {"jwks_uri": "file:///etc/keys"},
        {"jwks_uri": None},
        {"authorization_endpoint": "http://evil.example.org/authorize"},
    ],
)
def test_an_issuer_whose_pages_are_elsewhere_is_not_asked(client, issuer, nesta, configuration):
    issuer.configuration = configuration

    assert is_refused(client.post(BEGIN), client, "endpoint")


def test_an_issuer_that_leads_elsewhere_is_not_followed(client, issuer, nesta):
    issuer.redirects = {"/.well-known/openid-configuration": f"{issuer.url}/userinfo"}

    assert is_refused(client.post(BEGIN), client, "unreachable")
    assert "/userinfo" not in issuer.asked_for()


def test_an_issuer_that_describes_itself_in_no_object(client, issuer, nesta):
    issuer.describe = lambda: ["no", "object"]

    assert is_refused(client.post(BEGIN), client, "configuration")


def test_an_issuer_that_does_not_answer(client, issuer, settings, nesta):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"

    assert is_refused(client.post(BEGIN), client, "unreachable")


def test_a_row_of_the_database_is_no_issuer(client, issuer, nesta):
    SocialApp.objects.create(
        provider="openid_connect", provider_id="issuer", client_id="mine", name="mine", secret="x"
    )

    assert f"client_id={CLIENT_ID}&" in begun(client)


def test_without_an_issuer_nothing_of_it_is_there(client):
    assert client.post(BEGIN).status_code == 404
    assert client.get(RETURN).status_code == 404
    assert "force account" not in client.get("/staff/sign-in/").content.decode()
    assert "form-action 'self';" in f"{client.get('/staff/sign-in/')['Content-Security-Policy']};"


def test_what_is_refused_is_logged_without_a_word_of_the_person(client, issuer, nesta, caplog):
    issuer.claims = {"aud": "another-portal", "email": "canary@example.org"}

    with caplog.at_level(logging.WARNING):
        signed_in_by(client, issuer)

    said = [record.getMessage() for record in caplog.records if record.name.startswith("teams")]
    assert said == ["Single sign-on refused: audience"]
    assert "canary" not in caplog.text


@pytest.mark.parametrize("address", [BEGIN, RETURN])
def test_each_address_takes_one_method(client, issuer, address):
    wrong = client.get if address == BEGIN else client.post

    assert wrong(address).status_code == 405


def test_a_sign_in_by_the_issuer_alone_opens_staff_pages_but_nothing_that_cannot_be_taken_back(
    client, issuer, nesta
):
    place = NeighbourhoodFactory(in_area=True)
    grant(nesta, INSPECTOR, place.area)
    signed_in_by(client, issuer)
    base = f"/staff/areas/{place.force_id}/{place.code}"

    assert client.get(f"{base}/").status_code == 200
    for method in (client.get, client.post):
        response = method(f"{base}/safety/7/show/confirm/")
        if response.status_code != 405:
            assert response["Location"] == "/staff/enrol/needed/"
    assert client.get("/staff/enrol/")["Location"] == "/staff/enrol/needed/"
    assert client.get("/staff/proof/?next=/staff/").status_code == 302


def test_with_a_factor_of_ours_the_issuers_word_is_not_enough_either(client, issuer):
    place = NeighbourhoodFactory(in_area=True)
    inspector = account(INSPECTOR, place.area)
    linked(inspector, issuer.url)

    response = signed_in_by(client, issuer)
    held = client.post(f"/staff/areas/{place.force_id}/{place.code}/safety/7/show/confirm/")

    assert response["Location"] == "/staff/"  # no code is asked for to sign in
    assert held["Location"].startswith("/staff/proof/?next=")


def test_a_password_of_a_linked_account_is_still_asked_for_its_code(client, issuer):
    user = UserFactory(email="kit@example.org", with_password=True, enrolled=True)
    linked(user, issuer.url)
    grant(user, OFFICER, NeighbourhoodFactory())

    response = client.post("/staff/sign-in/", {"login": "kit@example.org", "password": PASSWORD})

    assert response["Location"] == "/staff/sign-in/code/"
