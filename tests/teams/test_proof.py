"""A code again, before what cannot be taken back."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from teams.access import PROVEN_FOR, force_permission_required, fresh_proof_required
from teams.models import PatrolUpdate, RoleGrant, Session
from teams.permissions import Permission
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import TOTP_SECRET, MemberFactory, PatrolUpdateFactory, UserFactory
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    SERGEANT,
    account,
    client_of,
    errors_of,
    prove,
    today,
)
from tests.teams.test_sign_in import code, wrong_code

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=1)
PROOF = "/staff/proof/"


@pytest.fixture
def force():
    return ForceFactory(id="casterwell")


@pytest.fixture
def giving(force) -> str:
    """The form with which a role is given."""
    member = MemberFactory(force=force, with_account=True)
    return f"/staff/forces/casterwell/people/{member.pk}/roles/add/"


@pytest.fixture
def nesta(force):
    return account(ADMINISTRATOR, force)


def stale_client(user) -> Client:
    return client_of(user, proven=timezone.now() - LONG_AGO)


def a_role(force):
    return {"role": RoleGrant.Role.INSPECTOR, "scope": f"force:{force.pk}"}


def asked(response) -> str:
    """Where the way leads on to once the code was right."""
    assert response.status_code == 302
    path, _, back_to = response["Location"].partition("?next=")
    assert path == PROOF
    return back_to.replace("%2F", "/")


@pytest.mark.parametrize(
    ("ago", "lets_in"),
    [
        (PROVEN_FOR - timedelta(seconds=1), True),
        (PROVEN_FOR + timedelta(seconds=1), False),
        (-PROVEN_FOR - timedelta(seconds=5), False),  # the clock was set back since
    ],
)
def test_a_code_counts_for_ten_minutes(nesta, giving, ago, lets_in):
    client = client_of(nesta, proven=timezone.now() - ago)

    response = client.get(giving)

    assert timedelta(minutes=10) == PROVEN_FOR
    assert response.status_code == (200 if lets_in else 302)
    if not lets_in:
        assert asked(response) == giving


def test_from_the_form_by_way_of_the_code_back_to_the_form(nesta, giving):
    client = stale_client(nesta)
    way = client.get(giving)["Location"]
    page = client.get(way)

    response = client.post(way, {"code": code(TOTP_SECRET)})

    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert (response.status_code, response["Location"]) == (302, giving)
    assert client.get(giving).status_code == 200


def test_a_form_that_is_held_up_is_not_kept_and_not_sent(nesta, giving):
    client = stale_client(nesta)
    grants = RoleGrant.objects.count()

    response = client.post(giving, {"role": "canary-in-a-form"})
    client.post(response["Location"], {"code": code(TOTP_SECRET)})

    assert asked(response) == giving
    assert "canary" not in str(dict(client.session))
    assert RoleGrant.objects.count() == grants


def test_a_wrong_code_proves_nothing_and_says_what_to_do(nesta, giving):
    client = stale_client(nesta)

    response = client.post(PROOF, {"code": wrong_code(TOTP_SECRET)})

    says = "The code is not right. Use the newest one that your app shows"
    assert errors_of(response) == {"code": [says]}
    assert client.get(giving).status_code == 302


def test_a_code_that_signed_somebody_in_proves_nothing_again(nesta, giving):
    client, shown = stale_client(nesta), code(TOTP_SECRET)
    client.post(PROOF, {"code": shown})
    prove(client, nesta, at=timezone.now() - LONG_AGO)

    assert list(errors_of(client.post(PROOF, {"code": f" {shown}"}))) == ["code"]
    assert client.get(giving).status_code == 302


def test_a_recovery_code_proves_nothing_and_stays_unused(nesta, giving):
    [first, *_] = RecoveryCodes.activate(nesta).get_unused_codes()
    client = stale_client(nesta)

    response = client.post(PROOF, {"code": first})

    assert list(errors_of(response)) == ["code"]
    recovery = RecoveryCodes(Authenticator.objects.get(user=nesta, type="recovery_codes"))
    assert first in recovery.get_unused_codes()


@pytest.mark.parametrize("kind", ["password", "recovery_codes"])
def test_a_sign_in_without_the_app_proves_nothing(nesta, giving, kind):
    client = client_of(nesta)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": kind, "type": kind, "at": timezone.now().timestamp(), "reauthenticated": True}
    ]
    session.save()

    assert asked(client.get(giving)) == giving


def test_an_account_whose_app_was_taken_away_meanwhile_is_told_what_it_needs(nesta, giving):
    view = fresh_proof_required()(lambda request: HttpResponse("done"))
    client = stale_client(nesta)
    request = client.get(PROOF).wsgi_request
    Authenticator.objects.all().delete()

    assert view(request)["Location"] == "/staff/enrol/needed/"
    assert client.get(giving)["Location"] == "/staff/enrol/needed/"


def test_too_many_wrong_codes_have_to_wait(nesta):
    client = stale_client(nesta)
    for _ in range(5):
        client.post(PROOF, {"code": wrong_code(TOTP_SECRET)})

    response = client.post(PROOF, {"code": code(TOTP_SECRET)})

    assert errors_of(response) == {"code": ["Too many tries. Wait five minutes and try again"]}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org",
        "staff/",
        "",
        "x:y",
    ],
)
def test_the_way_on_leads_to_our_own_pages_alone(nesta, elsewhere):
    response = stale_client(nesta).post(f"{PROOF}?next={elsewhere}", {"code": code(TOTP_SECRET)})

    assert (response.status_code, response["Location"]) == (302, "/staff/")


def test_an_urgent_update_asks_and_another_does_not():
    place = NeighbourhoodFactory(in_area=True)
    client = stale_client(account(SERGEANT, place))
    base = f"/staff/areas/{place.force_id}/{place.code}/updates"
    urgent = PatrolUpdateFactory(
        neighbourhood=place, kind=PatrolUpdate.Kind.EMERGENCY, ends_on=today(1)
    )
    plain = PatrolUpdateFactory(neighbourhood=place)

    held = client.post(f"{base}/{urgent.pk}/publish/")
    done = client.post(f"{base}/{plain.pk}/publish/")

    assert asked(held) == f"{base}/{urgent.pk}/"
    assert done["Location"] == f"{base}/{plain.pk}/"
    states = {update.pk: update.state for update in PatrolUpdate.objects.all()}
    assert states == {urgent.pk: "DRAFT", plain.pk: "PUBLISHED"}


def test_showing_a_name_again_leads_back_to_the_board():
    place = NeighbourhoodFactory(in_area=True)
    client = stale_client(account(INSPECTOR, place))
    board = f"/staff/areas/{place.force_id}/{place.code}/safety/"

    assert asked(client.post(f"{board}7/show/")) == board
    assert asked(client.post(f"{board}7/show/confirm/")) == board


def test_whoever_may_not_is_told_so_before_any_code_is_asked_for(force):
    @force_permission_required(Permission.PEOPLE_MANAGE)
    @fresh_proof_required()
    def giving(request, force):
        return HttpResponse("given")

    outsider = stale_client(account(SERGEANT, NeighbourhoodFactory()))

    assert giving.asks_for_proof == "always"
    assert giving.required_permission == Permission.PEOPLE_MANAGE
    assert outsider.get(f"/staff/forces/{force.pk}/people/1/roles/add/").status_code == 404


def test_an_account_that_signed_in_without_a_factor_reaches_no_proof_page():
    client = client_of(UserFactory())

    assert client.get(PROOF)["Location"] == "/staff/enrol/needed/"
    assert Session.objects.count() == 1
