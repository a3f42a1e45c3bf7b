import re
from datetime import timedelta

import lxml.html
import pytest
from allauth.account.utils import user_display
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.notifications import send_due
from teams.adapter import AccountAdapter
from teams.models import AuditEvent, Invitation, User
from teams.services.invitations import invite_member
from teams.services.people import end_member
from tests.factories.neighbourhoods import ForceFactory
from tests.factories.teams import PASSWORD, TOTP_SECRET, MemberFactory, UserFactory
from tests.teams.acting import client_of, errors_of, today

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, ENROL = "/staff/sign-in/", "/staff/sign-in/code/", "/staff/enrol/"


def code(secret):
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[-1]))


def wrong_code(secret):
    right = [format_hotp_value(hotp_value(secret, n)) for n in yield_hotp_counters_from_time()]
    return next(each for each in ("000000", "111111", "222222", "333333") if each not in right)


def text_of(response):
    return lxml.html.fromstring(response.content).text_content()


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


@pytest.fixture
def mailed_link(force, mailoutbox, capsys):
    """The path in the mail that ``invite_administrator`` led to."""
    call_command(
        "invite_administrator", "casterwell", "nesta@example.org", "--name", "Nesta Brackenridge"
    )
    send_due(now=timezone.now())
    [mail] = mailoutbox
    assert mail.to == ["nesta@example.org"]
    [link] = re.findall(r"http://127\.0\.0\.1:8000(/staff/invitation/[\w-]{43}/)", mail.body)
    return link


@pytest.fixture
def enrolling(client, mailed_link):
    """A client whose account has a password since a moment ago, and no factor yet."""
    client.get(mailed_link)
    response = client.post("/staff/invitation/", {"password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, ENROL)
    return client


def invitation_page(client, link):
    return client.get(link, follow=True)


# From the command to the staff home


def test_the_link_moves_into_the_session_and_out_of_the_address(client, mailed_link):
    response = client.get(mailed_link)

    assert (response.status_code, response["Location"]) == (302, "/staff/invitation/")
    page = client.get("/staff/invitation/")
    assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
    assert "For Nesta Brackenridge, nesta@example.org." in text_of(page)
    assert mailed_link.split("/")[-2] not in page.content.decode()


def test_from_the_mail_to_the_staff_home(enrolling):
    secret = enrolling.get(ENROL).context["form"].secret
    response = enrolling.post(ENROL, {"code": code(secret)})
    assert (response.status_code, response["Location"]) == (302, "/staff/recovery-codes/")

    codes = enrolling.get("/staff/recovery-codes/").context["unused_codes"]
    home = enrolling.get("/staff/")

    assert len(set(codes)) == 10
    assert (home.status_code, "Nesta Brackenridge" in text_of(home)) == (200, True)
    assert enrolling.get("/staff/forces/casterwell/people/").status_code == 200
    assert list(AuditEvent.objects.order_by("pk").values_list("by", "verb")) == [
        ("(command line)", "role.granted"),
        ("(command line)", "invitation.sent"),
        ("nesta.brackenridge", "invitation.accepted"),
        ("nesta.brackenridge", "factor.added"),
    ]


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short-words", "The password must have at least 12 characters"),
        ("q1w2e3r4t5y6", "Many people use this password. Choose another"),
        ("nesta.brackenridge", "The password is too much like your name or email address"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(client, mailed_link, password, says):
    client.get(mailed_link)

    response = client.post("/staff/invitation/", {"password": password})

    assert (response.status_code, errors_of(response)) == (200, {"password": [says]})
    assert not User.objects.get().has_usable_password()
    assert client.post("/staff/invitation/", {"password": PASSWORD})["Location"] == ENROL


def test_a_wrong_code_does_not_enrol_and_keeps_the_key(enrolling):
    secret = enrolling.get(ENROL).context["form"].secret

    response = enrolling.post(ENROL, {"code": wrong_code(secret)})

    says = "The code is not right. Use the newest one that your app shows"
    assert (errors_of(response), response.context["form"].secret) == ({"code": [says]}, secret)
    assert Authenticator.objects.count() == 0
    assert enrolling.post(ENROL, {"code": code(secret)}).status_code == 302


def test_before_the_factor_every_staff_page_leads_to_enrolment(enrolling):
    for path in ("/staff/", "/staff/recovery-codes/", "/staff/forces/casterwell/people/"):
        response = enrolling.get(path)
        assert (response.status_code, response["Location"]) == (302, ENROL)


def test_secrets_are_unreadable_in_the_database(enrolling):
    secret = enrolling.get(ENROL).context["form"].secret
    enrolling.post(ENROL, {"code": code(secret)})

    stored = dict(Authenticator.objects.values_list("type", "data"))

    assert decrypt(stored["totp"]["secret"]) == secret
    assert set(stored) == {"totp", "recovery_codes"}
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    readable = str(list(stored.values()))
    assert [word for word in (secret, *codes) if word in readable] == []


# A link that does not work


def unusable(response):
    return response.status_code == 410 and "This link does not work" in text_of(response)


def test_a_link_works_once(enrolling, mailed_link, client):
    client.logout()

    assert unusable(invitation_page(client, mailed_link))
    again = client.post("/staff/invitation/", {"password": "brithell copper kettle"})
    assert unusable(again)
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    "period",
    [
        {"begins_at": -timedelta(days=3), "expires_at": -timedelta(seconds=1)},
        {"begins_at": timedelta(hours=1), "expires_at": timedelta(days=3)},  # stamped ahead
    ],
)
def test_a_link_out_of_its_time(client, mailed_link, period):
    now = timezone.now()
    Token.objects.update(**{end: now + distance for end, distance in period.items()})

    response = invitation_page(client, mailed_link)

    assert unusable(response)
    assert "This link has expired or has been used." in text_of(response)


def test_a_newer_link_replaces_the_older(client, force, mailoutbox):
    member, by = MemberFactory(force=force), UserFactory()
    for _ in range(2):
        now = timezone.now()
        invite_member(member=member, email="a@example.org", language="en-gb", by=by, now=now)
        send_due(now=now)
    older, newer = [re.search(r"/staff/\S+", mail.body)[0] for mail in mailoutbox]

    assert unusable(invitation_page(client, older))
    assert invitation_page(client, newer).status_code == 200


def test_a_link_of_a_replaced_invitation_is_not_even_mailed(force, mailoutbox):
    member, now = MemberFactory(force=force), timezone.now()
    for _ in range(2):
        invite_member(member=member, email="a@example.org", language="cy", by=None, now=now)

    send_due(now=now)

    assert len(mailoutbox) == 1
    assert list(OutboxEntry.objects.order_by("pk").values_list("state", "to")) == [
        ("DROPPED", ""),
        ("SENT", ""),
    ]


def test_no_link_at_all(client):
    assert unusable(client.get("/staff/invitation/"))
    assert unusable(client.post("/staff/invitation/", {"password": PASSWORD}))
    assert unusable(invitation_page(client, "/staff/invitation/never-was-one/"))


# Signing in later


@pytest.fixture
def nesta():
    return UserFactory(email="nesta@example.org", with_password=True, enrolled=True)


def sign_in(client, password=PASSWORD, email="nesta@example.org"):
    return client.post(SIGN_IN, {"login": email, "password": password})


def test_sign_in_with_password_and_code(client, nesta):
    first = sign_in(client, email="Nesta@Example.org")
    assert (first.status_code, first["Location"]) == (302, CODE)
    assert client.get("/staff/").status_code == 302

    second = client.post(CODE, {"code": code(TOTP_SECRET)})

    assert (second.status_code, second["Location"]) == (302, "/staff/")
    assert client.get("/staff/").status_code == 200


def test_sign_in_goes_back_to_the_page_that_was_asked_for(client, nesta):
    response = client.post(
        f"{SIGN_IN}?next=/staff/recovery-codes/",
        {"login": "nesta@example.org", "password": PASSWORD, "next": "/staff/recovery-codes/"},
    )
    response = client.post(response["Location"], {"code": code(TOTP_SECRET)})

    assert response["Location"] == "/staff/recovery-codes/"


@pytest.mark.parametrize(
    "typed", [{"password": "wrong"}, {"email": "nobody@example.org"}, {"password": f"{PASSWORD} "}]
)
def test_a_wrong_password_and_an_unknown_address_answer_alike(client, nesta, typed):
    response = sign_in(client, **typed)

    assert response.status_code == 200
    assert errors_of(response) == {"__all__": ["The email address or the password is not right"]}


def test_a_wrong_code_says_what_to_do(client, nesta):
    sign_in(client)

    response = client.post(CODE, {"code": wrong_code(TOTP_SECRET)})

    says = "The code is not right. Use the newest one that your app shows"
    assert errors_of(response) == {"code": [says]}
    assert client.get("/staff/").status_code == 302


def test_a_code_works_once(client, nesta):
    shown = code(TOTP_SECRET)
    sign_in(client)
    client.post(CODE, {"code": shown})
    client.logout()
    sign_in(client)

    assert list(errors_of(client.post(CODE, {"code": shown}))) == ["code"]


def test_a_code_works_once_also_when_allauth_forgets_it_and_however_it_is_typed(client, nesta):
    shown = code(TOTP_SECRET)
    sign_in(client)
    client.post(CODE, {"code": shown})
    client.logout()
    cache.delete(f"allauth.mfa.totp.used?user={nesta.pk}&code={shown}")  # as half a minute does
    sign_in(client)

    for typed in (shown, f"{shown[:3]} {shown[3:]}", f" {shown}"):
        assert list(errors_of(client.post(CODE, {"code": typed}))) == ["code"]
        cache.delete(f"allauth.mfa.totp.used?user={nesta.pk}&code={shown}")


def test_too_many_tries_have_to_wait(client, nesta):
    for _ in range(5):
        sign_in(client, password="wrong")

    response = sign_in(client)

    assert errors_of(response) == {"__all__": ["Too many tries. Wait five minutes and try again"]}


def test_a_recovery_code_stands_in_for_the_app_once(client, nesta):
    recovery = RecoveryCodes.activate(nesta)
    [first, *_] = recovery.get_unused_codes()
    sign_in(client)

    assert client.post(CODE, {"code": first})["Location"] == "/staff/"
    client.logout()
    sign_in(client)
    assert list(errors_of(client.post(CODE, {"code": first}))) == ["code"]


def test_without_a_password_there_is_no_code_page(client):
    response = client.get(CODE)

    assert (response.status_code, response["Location"]) == (302, SIGN_IN)


def test_a_password_without_a_factor_opens_nothing_and_enrols_nobody(client):
    UserFactory(email="nesta@example.org", with_password=True)
    assert sign_in(client)["Location"] == "/staff/"

    ways = {path: client.get(path)["Location"] for path in ("/staff/", ENROL)}

    assert ways == dict.fromkeys(ways, "/staff/enrol/needed/")
    assert client.post(ENROL, {"code": "123456"})["Location"] == "/staff/enrol/needed/"
    assert "Ask your force administrator" in text_of(client.get("/staff/enrol/needed/"))
    assert Authenticator.objects.count() == 0


def test_an_enrolled_account_cannot_enrol_again(nesta):
    response = client_of(nesta).get(ENROL)

    assert (response.status_code, response["Location"]) == (302, "/staff/account/")


def test_who_has_left_does_not_sign_in(client):
    UserFactory(email="nesta@example.org", with_password=True, enrolled=True, left=True)

    assert errors_of(sign_in(client)) == {
        "__all__": ["The email address or the password is not right"]
    }


def test_who_leaves_is_out_at_the_next_click(nesta):
    client, member = client_of(nesta), MemberFactory(user=nesta)
    assert client.get("/staff/").status_code == 200

    end_member(member=member, last_on=today(-1), by=UserFactory(), today=today())

    response = client.get("/staff/")
    assert (response.status_code, response["Location"]) == (302, f"{SIGN_IN}?next=/staff/")


def test_a_new_invitation_ends_the_sessions_of_the_old_password(client, nesta, mailoutbox):
    elsewhere, member = client_of(nesta), MemberFactory(user=nesta)
    now = timezone.now()
    invite_member(member=member, email="n@example.org", language="en-gb", by=None, now=now)
    send_due(now=now)
    assert elsewhere.get("/staff/").status_code == 200

    client.get(re.search(r"/staff/\S+", mailoutbox[0].body)[0])
    client.post("/staff/invitation/", {"password": "brithell copper kettle"})

    assert elsewhere.get("/staff/")["Location"] == f"{SIGN_IN}?next=/staff/"
    assert Invitation.objects.get().accepted_at is not None


def test_signing_out_is_a_post_and_ends_the_session(nesta):
    client = client_of(nesta)
    assert "Sign out" in text_of(client.get("/staff/sign-out/"))
    assert client.get("/staff/").status_code == 200

    response = client.post("/staff/sign-out/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/staff/").status_code == 302


NEW_CODES = "/staff/recovery-codes/new/"


def test_new_recovery_codes_replace_the_old(nesta):
    old, client = set(RecoveryCodes.activate(nesta).get_unused_codes()), client_of(nesta)

    assert client.get(NEW_CODES).status_code == 200
    response = client.post(NEW_CODES)

    assert response["Location"] == "/staff/recovery-codes/"
    new = set(client.get("/staff/recovery-codes/").context["unused_codes"])
    assert (len(new), new & old) == (10, set())


@pytest.mark.parametrize(
    "path",
    [
        "/staff/sign-up/",
        "/staff/signup/",
        "/staff/password/reset/",
        "/staff/password/change/",
        "/staff/email/",
        "/staff/confirm/",
        "/accounts/signup/",
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/2fa/totp/deactivate/",
        "/admin/",
    ],
)
def test_addresses_that_do_not_exist(nesta, path):
    assert client_of(nesta).get(path).status_code == 404


def test_nobody_signs_up_and_people_are_shown_by_name(nesta):
    assert AccountAdapter().is_open_for_signup(None) is False
    assert user_display(nesta) == "Tamsin Quillow"


@pytest.mark.parametrize("path", ["/staff/invitation/a-link/", "/staff/enrol/needed/"])
def test_pages_that_are_only_read_refuse_a_post(client, path):
    assert client.post(path).status_code == 405
