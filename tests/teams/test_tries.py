"""Whoever guesses is slowed down, and keeps nobody out who has a right to come in."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import signing
from django.core.cache import cache
from django.test import Client

from teams.forms.tries import KNOWN_BROWSER, SALT, mark_of
from teams.models import User
from tests.factories.teams import PASSWORD, TOTP_SECRET, UserFactory
from tests.passkey import Passkey
from tests.teams.acting import client_of, errors_of
from tests.teams.test_passkeys import add, shown
from tests.teams.test_sign_in import CODE, SIGN_IN, code, sign_in, wrong_code

pytestmark = pytest.mark.django_db
WAIT = "Too many tries. Wait five minutes and try again"


@pytest.fixture(autouse=True)
def quick_and_forgotten(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def nesta(quick_and_forgotten) -> User:
    user = UserFactory(email="nesta@example.org", enrolled=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def network(number: int) -> Client:
    """A browser of a network of its own."""
    return Client(REMOTE_ADDR=f"192.0.2.{number}")


def is_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


def signs_in(client: Client, typed: str) -> bool:
    sign_in(client)
    client.post(CODE, {"code": typed})
    return is_in(client)


def guess_codes(client: Client, times: int) -> list[str]:
    """What the last of so many wrong codes was answered."""
    sign_in(client)
    for _ in range(times):
        response = client.post(CODE, {"code": wrong_code(TOTP_SECRET)})
    return errors_of(response)["code"]


def test_wrong_passwords_of_one_network_do_not_keep_the_owner_out_of_another(nesta):
    for _ in range(6):
        response = sign_in(network(1), password="wrong")

    assert errors_of(response) == {"__all__": [WAIT]}
    assert errors_of(sign_in(network(1))) == {"__all__": [WAIT]}
    assert signs_in(network(2), code(TOTP_SECRET))


def test_wrong_passwords_for_many_accounts_slow_their_network_down(nesta):
    for number in range(10):
        sign_in(network(1), password="wrong", email=f"nobody.{number}@example.org")

    assert errors_of(sign_in(network(1))) == {"__all__": [WAIT]}
    assert signs_in(network(2), code(TOTP_SECRET))


def test_a_station_signs_in_from_one_address(nesta):
    for _ in range(12):
        assert sign_in(network(1))["Location"] == CODE


def test_more_than_a_station_is_told_to_wait_in_words(nesta, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}
    for _ in range(4):
        response = network(1).post(SIGN_IN, {})

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Too many tries" in response.content.decode()


def test_wrong_codes_of_one_network_do_not_keep_the_owner_out_of_another(nesta):
    assert guess_codes(network(1), 6) == [WAIT]

    assert not signs_in(network(1), code(TOTP_SECRET))
    assert signs_in(network(2), code(TOTP_SECRET))


def test_codes_cannot_be_guessed_from_very_many_networks(nesta, settings):
    settings.CODE_RATE_LIMITS = {**settings.CODE_RATE_LIMITS, "code_anywhere": "12/d/key"}
    answers = [guess_codes(network(number), 4) for number in range(1, 6)]

    assert answers[:3] == [["The code is not right. Use the newest one that your app shows"]] * 3
    assert answers[3:] == [[WAIT]] * 2


def test_many_guesses_from_many_networks_do_not_stop_a_known_browser_or_a_passkey(nesta, settings):
    settings.CODE_RATE_LIMITS = {**settings.CODE_RATE_LIMITS, "code_anywhere": "12/d/key"}
    passkey, known = Passkey(), network(200)
    add(client_of(nesta), passkey)
    [recovery, *_] = RecoveryCodes.activate(nesta).get_unused_codes()
    assert signs_in(known, recovery)
    known.post("/staff/sign-out/")
    for number in range(1, 7):
        sign_in(network(number), password="wrong")
        guess_codes(network(number), 5)

    unknown, with_passkey = network(201), network(202)
    assert not signs_in(unknown, code(TOTP_SECRET))
    assert signs_in(known, code(TOTP_SECRET))
    with_passkey.post("/staff/sign-in/passkey/", shown(with_passkey, passkey))
    assert is_in(with_passkey)


def test_wrong_passkeys_are_not_counted(nesta):
    client, passkey = network(1), Passkey()
    add(client_of(nesta), passkey)
    sign_in(client)
    for _ in range(7):
        client.post(CODE, {"credential": json.dumps({"id": "x"})})

    assert signs_in(network(1), code(TOTP_SECRET))


def test_a_right_code_is_no_try(nesta):
    client = network(1)
    codes = RecoveryCodes.activate(nesta).get_unused_codes()
    for each in codes[:6]:
        assert signs_in(client, each)
        client.post("/staff/sign-out/")


@pytest.mark.parametrize(
    "mark",
    ["", "forged", signing.dumps(1, salt="of another purpose"), signing.dumps(4711, salt=SALT)],
    ids=["none", "forged", "of another purpose", "of another account"],
)
def test_the_mark_of_another_account_or_purpose_is_none(nesta, settings, mark):
    settings.CODE_RATE_LIMITS = {**settings.CODE_RATE_LIMITS, "code_anywhere": "4/d/key"}
    guess_codes(network(1), 5)
    client = network(2)
    client.cookies[KNOWN_BROWSER] = mark

    assert not signs_in(client, code(TOTP_SECRET))


def test_a_mark_says_nothing_but_the_number_of_the_account_and_is_kept_from_scripts(nesta):
    client = network(1)
    signs_in(client, code(TOTP_SECRET))

    kept = client.cookies[KNOWN_BROWSER]

    assert (
        signing.loads(kept.value, salt=SALT) == nesta.pk == signing.loads(mark_of(nesta), salt=SALT)
    )
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 7_776_000)
    assert KNOWN_BROWSER in client.get("/cookies/").content.decode()
    assert Authenticator.objects.filter(user=nesta, type="totp").count() == 1
