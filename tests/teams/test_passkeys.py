"""Passkeys: added, shown after a password, alone, and again; and what is not one."""

import json
from datetime import timedelta

import lxml.html
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from teams.models import AuditEvent, Session, User
from teams.services.signing_in import mark_phone
from teams.sessions import IDLE
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    PASSWORD,
    TOTP_SECRET,
    AuthenticatorFactory,
    MemberFactory,
    UserFactory,
)
from tests.passkey import Passkey
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, account, client_of, grant, today
from tests.teams.test_sign_in import code

pytestmark = pytest.mark.django_db
ADD, ALONE, OWN = "/staff/account/passkeys/add/", "/staff/sign-in/passkey/", "/staff/account/"
SIGN_IN, CODE, PROOF = "/staff/sign-in/", "/staff/sign-in/code/", "/staff/proof/"
NOT_RIGHT = "The passkey was not right. Try again, or use another way"


@pytest.fixture
def nesta() -> User:
    return UserFactory(email="nesta@example.org", with_password=True, enrolled=True)


@pytest.fixture
def passkey(nesta) -> Passkey:
    passkey = Passkey()
    add(client_of(nesta), passkey)
    return passkey


def options_on(page) -> dict:
    """What the page's form asks a passkey for."""
    [form] = lxml.html.fromstring(page.content).xpath('//*[@data-module="portal-passkey"]/form')
    return json.loads(form.get("data-options"))


def add(client: Client, passkey: Passkey, name: str = "Force phone"):
    answer = passkey.make(options_on(client.get(ADD)))
    return client.post(ADD, {"credential": json.dumps(answer), "name": name})


def shown(client: Client, passkey: Passkey, **changed: object) -> dict[str, str]:
    answer = passkey.show(client.get(ALONE).json()) | changed
    return {"credential": json.dumps(answer)}


def is_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


def said(response) -> str:
    return lxml.html.fromstring(response.content).text_content()


# Adding one


def test_a_passkey_is_added_and_asks_for_more_than_a_touch(nesta):
    client, passkey = client_of(nesta), Passkey()
    asked = options_on(client.get(ADD))["publicKey"]

    response = add(client, passkey)

    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"] == {"id": "testserver", "name": "Neighbourhood Policing Portal"}
    assert response["Location"] == OWN
    page = said(client.get(OWN))
    assert ("Force phone" in page, "Remove Force phone" in page) == (True, True)
    assert list(AuditEvent.objects.values_list("verb", "detail")) == [
        ("factor.added", {"kind": "webauthn"})
    ]


def test_without_a_name_it_gets_a_number_and_a_long_one_is_cut(nesta):
    client = client_of(nesta)

    add(client, Passkey(), name="")
    add(client, Passkey(), name="n" * 50)

    names = [row.data["name"] for row in Authenticator.objects.filter(type="webauthn")]
    assert names == ["Passkey 1", "n" * 40]


def test_whoever_comes_by_an_invitation_may_begin_with_a_passkey(client):
    user = UserFactory()
    client.force_login(user)
    session = client.session
    session["teams.enrolment"] = user.pk
    session.save()

    response = add(client, Passkey())

    assert response["Location"] == "/staff/recovery-codes/"
    assert len(client.get("/staff/recovery-codes/").context["unused_codes"]) == 10
    assert is_in(client)


def test_an_app_may_come_after_a_passkey(client):
    user = UserFactory()
    client.force_login(user)
    session = client.session
    session["teams.enrolment"] = user.pk
    session.save()
    add(client, Passkey())

    secret = client.get("/staff/enrol/").context["form"].secret
    response = client.post("/staff/enrol/", {"code": code(secret)})

    assert response["Location"] == OWN
    assert client.get("/staff/enrol/")["Location"] == OWN


def test_another_passkey_needs_the_first_factor_shown_lately(nesta):
    client = client_of(nesta, proven=timezone.now() - timedelta(hours=1))

    assert client.get(ADD)["Location"].startswith(PROOF)
    assert client.post(ADD, {"credential": "{}"})["Location"].startswith(PROOF)


@pytest.mark.parametrize(
    "answer",
    ["", "no JSON", "{}", "[]", "1", '{"id": "x"}', '{"response": {}, "id": 3, "rawId": []}'],
)
def test_what_is_no_passkey_is_not_added(nesta, answer):
    client = client_of(nesta)
    client.get(ADD)

    response = client.post(ADD, {"credential": answer})

    assert (response.status_code, NOT_RIGHT in said(response)) == (200, True)
    assert Authenticator.objects.filter(type="webauthn").count() == 0


@pytest.mark.parametrize(
    "lying", [{"origin": "https://evil.example.org"}, {"verified": False}], ids=str
)
def test_a_passkey_of_another_site_or_without_a_finger_is_not_added(nesta, lying):
    client = client_of(nesta)

    response = add(client, Passkey(**lying))

    assert NOT_RIGHT in said(response)
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_an_answer_to_an_earlier_question_is_not_taken(nesta):
    client, passkey = client_of(nesta), Passkey()
    answer = json.dumps(passkey.make(options_on(client.get(ADD))))
    assert client.post(ADD, {"credential": answer})["Location"] == OWN

    assert NOT_RIGHT in said(client.post(ADD, {"credential": answer}))
    assert Authenticator.objects.filter(type="webauthn").count() == 1


# Signing in with one


def test_a_passkey_alone_signs_in(client, nesta, passkey):
    response = client.post(f"{ALONE}?next=/staff/account/", shown(client, passkey))

    assert (response.status_code, response["Location"]) == (302, OWN)
    assert client.get(OWN).wsgi_request.user == nesta
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


def test_a_passkey_after_a_password_signs_in(client, nesta, passkey):
    client.post(SIGN_IN, {"login": "nesta@example.org", "password": PASSWORD})
    page = client.get(CODE)

    response = client.post(CODE, {"credential": json.dumps(passkey.show(options_on(page)))})

    assert ("Use your passkey" in said(page), 'name="code"' in page.content.decode()) == (
        True,
        True,
    )
    assert response["Location"] == "/staff/"
    assert is_in(client)


def test_a_wrong_passkey_after_a_password_says_so_and_the_code_still_works(client, nesta, passkey):
    client.post(SIGN_IN, {"login": "nesta@example.org", "password": PASSWORD})
    passkey.origin = "https://evil.example.org"
    answer = passkey.show(options_on(client.get(CODE)))

    assert NOT_RIGHT in said(client.post(CODE, {"credential": json.dumps(answer)}))
    assert client.post(CODE, {"code": code(TOTP_SECRET)})["Location"] == "/staff/"


def test_the_page_after_the_password_offers_what_the_account_has(client, nesta):
    client.post(SIGN_IN, {"login": "nesta@example.org", "password": PASSWORD})

    page = client.get(CODE)

    assert "Enter the code from your app" in said(page)
    assert "Use your passkey" not in said(page)


@pytest.mark.parametrize(
    "lying",
    [
        {"origin": "https://evil.example.org"},
        {"verified": False},
        {"user": b"4711"},
        {"user": b""},
        {"id": b"another key of nobody"},
    ],
    ids=str,
)
def test_what_is_not_the_passkey_of_the_account_signs_nobody_in(client, passkey, lying):
    for name, value in lying.items():
        setattr(passkey, name, value)

    response = client.post(ALONE, shown(client, passkey), follow=True)

    assert NOT_RIGHT in said(response)
    assert not is_in(client)


def test_another_key_under_the_same_name_signs_nobody_in(client, passkey):
    passkey.key = Passkey().key

    assert NOT_RIGHT in said(client.post(ALONE, shown(client, passkey), follow=True))
    assert not is_in(client)


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"response": {"userHandle": 3}}'])
def test_what_is_no_answer_signs_nobody_in(client, passkey, answer):
    client.get(ALONE)

    assert NOT_RIGHT in said(client.post(ALONE, {"credential": answer}, follow=True))


def test_an_answer_signs_in_once_and_in_the_browser_that_asked_alone(client, passkey):
    answer = shown(client, passkey)
    client.post(ALONE, answer)
    client.post("/staff/sign-out/")

    for browser in (client, Client()):
        assert browser.post(ALONE, answer)["Location"] == SIGN_IN
        assert not is_in(browser)


@pytest.mark.parametrize("how", ["closed", "left"])
def test_the_passkey_of_somebody_who_left_signs_nobody_in(client, nesta, passkey, how):
    if how == "closed":
        User.objects.update(is_active=False)
    else:
        MemberFactory(user=nesta, ended_on=today(-1))

    assert client.post(ALONE, shown(client, passkey))["Location"] == SIGN_IN
    assert not is_in(client)


# Showing it again


def test_a_passkey_proves_as_well_as_a_code(nesta, passkey):
    place = NeighbourhoodFactory(in_area=True)
    grant(nesta, INSPECTOR, place.area)
    client = client_of(nesta, proven=timezone.now() - timedelta(hours=1))
    page = client.get(f"{PROOF}?next={ADD}")

    answer = json.dumps(passkey.show(options_on(page)))
    response = client.post(f"{PROOF}?next={ADD}", {"credential": answer})

    assert response["Location"] == ADD
    assert client.get(ADD).status_code == 200


def test_a_passkey_that_is_not_right_proves_nothing(nesta, passkey):
    client = client_of(nesta, proven=timezone.now() - timedelta(hours=1))
    passkey.verified = False

    answer = json.dumps(passkey.show(options_on(client.get(PROOF))))

    assert NOT_RIGHT in said(client.post(PROOF, {"credential": answer}))
    assert client.get(ADD).status_code == 302


def test_signing_in_with_a_passkey_proves_for_ten_minutes(client, passkey):
    client.post(ALONE, shown(client, passkey))

    assert client.get(ADD).status_code == 200


# A whole shift


def on_force_phone() -> None:
    mark_phone(passkey=Authenticator.objects.get(type="webauthn"), of_force=True, by=UserFactory())


def idle(client: Client, ago: timedelta) -> None:
    now = timezone.now()
    Session.objects.filter(pk=client.session.session_key).update(
        begun_at=now - ago, seen_at=now - ago
    )


@pytest.mark.parametrize(
    ("hours", "stays"), [(1, True), (9.9, True), (10, False)], ids=["1 h", "9.9 h", "10 h"]
)
def test_on_a_force_phone_a_session_may_lie_idle_a_whole_shift(client, passkey, hours, stays):
    on_force_phone()
    client.post(ALONE, shown(client, passkey))
    idle(client, timedelta(hours=hours))

    assert is_in(client) is stays


def test_on_another_phone_or_with_the_code_it_may_not(client, nesta, passkey):
    client.post(ALONE, shown(client, passkey))
    idle(client, IDLE)
    assert not is_in(client)

    on_force_phone()
    client.post(SIGN_IN, {"login": "nesta@example.org", "password": PASSWORD})
    client.post(CODE, {"code": code(TOTP_SECRET)})
    idle(client, IDLE)
    assert not is_in(client)


def test_an_administrator_says_which_phone_is_the_forces_and_takes_it_back(nesta, passkey):
    place = NeighbourhoodFactory()
    member = MemberFactory(force=place.force, user=nesta)
    row = Authenticator.objects.get(type="webauthn")
    administrator = client_of(account(ADMINISTRATOR, place.force))
    record = f"/staff/forces/{place.force_id}/people/{member.pk}/"
    press = f"{record}phones/{row.pk}/"
    assert "On a force phone" in said(administrator.get(record))

    assert administrator.post(press, {"of_force": "yes"})["Location"] == record
    assert "on a phone that the force manages" in said(administrator.get(record))
    holder = Client()
    holder.post(ALONE, shown(holder, passkey))
    administrator.post(press)

    row.refresh_from_db()
    assert row.data["of_force_phone"] is False
    assert not is_in(holder)
    verbs = AuditEvent.objects.filter(verb="phone.marked").order_by("pk")
    assert [line.detail["of_force"] for line in verbs] == [True, False]


def test_only_passkeys_of_that_member_are_marked(nesta, passkey):
    place = NeighbourhoodFactory()
    member = MemberFactory(force=place.force, with_account=True)
    administrator = client_of(account(ADMINISTRATOR, place.force))
    row, app = (Authenticator.objects.get(user=nesta, type=kind) for kind in ("webauthn", "totp"))

    for pk in (row.pk, app.pk, 4711):
        path = f"/staff/forces/{place.force_id}/people/{member.pk}/phones/{pk}/"
        assert administrator.post(path, {"of_force": "yes"}).status_code == 404


# One's own ways in


def test_own_ways_are_shown_and_cost_the_same_whatever_their_number(
    nesta, passkey, django_assert_num_queries
):
    client = client_of(nesta)
    client.get(OWN)
    with django_assert_num_queries(6):
        page = client.get(OWN)

    assert "10 codes are left" in said(page)
    AuthenticatorFactory.create_batch(2, user=nesta, passkey=True)
    client_of(nesta)
    with django_assert_num_queries(6):
        client.get(OWN)


def test_a_factor_is_removed_but_never_the_last(nesta, passkey):
    client = client_of(nesta)
    row, app = (Authenticator.objects.get(user=nesta, type=kind) for kind in ("webauthn", "totp"))

    assert client.post(f"{OWN}factors/{app.pk}/remove/")["Location"] == OWN
    page = client.post(f"{OWN}factors/{row.pk}/remove/", follow=True)

    assert "Add another app or passkey first: this is your only one." in said(page)
    assert "Remove" not in said(client.get(OWN)).replace("Removed.", "")
    assert set(Authenticator.objects.values_list("type", flat=True)) == {
        "webauthn",
        "recovery_codes",
    }
    assert AuditEvent.objects.filter(verb="factor.removed").count() == 1


def test_nobody_removes_a_factor_of_somebody_else_or_the_recovery_codes(nesta, passkey):
    other = client_of(UserFactory(enrolled=True))
    codes = Authenticator.objects.get(type="recovery_codes")

    for factor in Authenticator.objects.filter(user=nesta):
        assert other.post(f"{OWN}factors/{factor.pk}/remove/").status_code == 404
    assert client_of(nesta).post(f"{OWN}factors/{codes.pk}/remove/").status_code == 404


def test_signing_out_everywhere_else_leaves_this_browser_in(nesta):
    here, there = client_of(nesta), client_of(nesta)
    stranger = client_of(UserFactory(enrolled=True))

    page = here.post(f"{OWN}sessions/end/", follow=True)

    assert "Signed out in 1 other place." in said(page)
    assert [is_in(each) for each in (here, there, stranger)] == [True, False, True]


def test_secrets_of_all_factors_are_unreadable_in_the_database(nesta, passkey):
    """Of a passkey the public half alone is there; codes are made from an encrypted seed."""
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=nesta)}

    assert set(kept) == {"totp", "webauthn", "recovery_codes"}
    assert set(kept["webauthn"]) == {"name", "credential"}
    assert kept["recovery_codes"]["seed"].startswith("gAAAA")
    assert kept["totp"]["secret"].startswith("gAAAA")
