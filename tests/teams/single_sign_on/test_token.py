"""An issuer whose ID tokens are wrong in every way we know of: nobody is let in."""

import hmac
import json
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.core.cache import cache
from django.utils import timezone

from tests.issuer import (
    CLIENT_ID,
    as_jwk,
    private_key,
    signed,
    unsigned,
)
from tests.teams.single_sign_on.acting import (
    is_refused,
    signed_in_by,
)

pytestmark = pytest.mark.django_db


def hs256_with_the_public_key(claims):
    public = private_key("first").public_key()
    secret = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "first"}, claims]
    body = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mac = urlsafe_b64encode(hmac.digest(secret, body, "sha256")).rstrip(b"=")
    return (body + b"." + mac).decode()


def with_other_payload(claims):
    """The signature of one token under the claims of another."""
    head, _, mac = signed({**claims, "sub": "somebody-else"}).split(".")
    return ".".join((head, signed(claims).split(".")[1], mac))


NOW = int(timezone.now().timestamp())
WRONG_CLAIMS = {
    "another issuer": ({"iss": "https://login.example.org"}, "issuer"),
    "an issuer that begins alike": ({"iss": "http://127.0.0.1"}, "issuer"),
    "no issuer": ({"iss": None}, "issuer"),
    "for another client": ({"aud": "another-portal"}, "audience"),
    "for us and another client": ({"aud": [CLIENT_ID, "another-portal"]}, "audience"),
    "for nobody": ({"aud": None}, "audience"),
    "an empty audience": ({"aud": []}, "audience"),
    "given to another client": ({"azp": "another-portal"}, "party"),
    "expired": ({"exp": NOW - 3600}, "expired"),
    "never expires": ({"exp": None}, "expired"),
    "expires in words": ({"exp": "tomorrow"}, "expired"),
    "expires at no number": ({"exp": float("nan")}, "expired"),
    "expires truly": ({"exp": True}, "expired"),
    "made in the future": ({"iat": NOW + 86_400, "exp": NOW + 90_000}, "early"),
    "made at no time": ({"iat": None}, "early"),
    "not valid yet": ({"nbf": NOW + 86_400}, "early"),
    "valid from no number": ({"nbf": "now"}, "early"),
    "made long ago": ({"iat": NOW - 86_400}, "old"),
    "another nonce": ({"nonce": "of another sign-in"}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "a nonce that is no text": ({"nonce": ["x"]}, "nonce"),
    "no subject": ({"sub": None}, "subject"),
    "an empty subject": ({"sub": ""}, "subject"),
    "a subject of any length": ({"sub": "s" * 256}, "subject"),
}


@pytest.mark.parametrize(("claims", "reason"), WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_with_wrong_claims_lets_nobody_in(client, issuer, nesta, claims, reason):
    issuer.claims = claims

    assert is_refused(signed_in_by(client, issuer), client, reason)


FORGED = {
    "alg none": (unsigned, "algorithm"),
    "HS256 with the public key": (hs256_with_the_public_key, "algorithm"),
    "a key that was never published": (lambda claims: signed(claims, key="second"), "key"),
    "another key under a known id": (
        lambda claims: signed(claims, key="second", kid="first"),
        "signature",
    ),
    "no key id": (
        lambda claims: jwt.encode(claims, private_key("first"), algorithm="RS256"),
        "key",
    ),
    "a key in the token itself": (
        lambda claims: signed(claims, key="second", jwk=as_jwk("second")),
        "key",
    ),
    "keys at an address in the token": (
        lambda claims: signed(claims, key="second", jku="http://127.0.0.1:1/keys"),
        "key",
    ),
    "something critical that we do not know": (
        lambda claims: signed(claims, crit=["exp"]),
        "token",
    ),
    "claims put under another signature": (with_other_payload, "signature"),
    "no token": (lambda claims: "", "token"),
    "no text": (lambda claims: None, "token"),
    "no JWT": (lambda claims: "a.b.c", "token"),
    "RS512, which we do not know": (
        lambda claims: jwt.encode(
            claims, private_key("first"), algorithm="RS512", headers={"kid": "first"}
        ),
        "algorithm",
    ),
}


@pytest.mark.parametrize(("sign", "reason"), FORGED.values(), ids=FORGED)
def test_a_forged_token_lets_nobody_in(client, issuer, nesta, sign, reason):
    issuer.sign = sign

    assert is_refused(signed_in_by(client, issuer), client, reason)


@pytest.mark.parametrize(
    "other", [{"use": "enc"}, {"alg": "PS256"}, {"kty": "oct", "k": "c2VjcmV0"}]
)
def test_a_key_that_was_published_for_something_else_counts_for_nothing(
    client, issuer, nesta, other
):
    issuer.keys = [as_jwk("first", **other)]

    assert is_refused(signed_in_by(client, issuer), client, "key")


def test_a_key_that_is_no_key(client, issuer, nesta):
    issuer.keys = [{"kid": "first", "kty": "RSA", "n": "", "e": "AQAB"}]

    assert is_refused(signed_in_by(client, issuer), client, "signature")


def test_an_answer_without_a_token(client, issuer, nesta):
    issuer.answer = lambda answer: {"access_token": answer["access_token"]}

    assert is_refused(signed_in_by(client, issuer), client, "token")


def test_times_may_differ_by_the_leeway_between_two_clocks(client, issuer, nesta):
    now = int(timezone.now().timestamp())
    issuer.claims = {"iat": now + 50, "nbf": now + 50, "exp": now - 40, "azp": CLIENT_ID}

    assert signed_in_by(client, issuer)["Location"] == "/staff/"


def test_a_key_that_is_new_is_looked_for_once(client, issuer, nesta):
    signed_in_by(client, issuer)
    client.post("/staff/sign-out/")
    issuer.keys = [as_jwk("second")]
    issuer.sign = lambda claims: signed(claims, key="second")

    assert signed_in_by(client, issuer)["Location"] == "/staff/"
    assert issuer.asked_for().count("/keys") == 2


def test_tokens_with_unknown_keys_do_not_make_us_ask_again_and_again(client, issuer, nesta):
    issuer.sign = lambda claims: signed(claims, key="second")
    for _ in range(4):
        signed_in_by(client, issuer)

    assert issuer.asked_for().count("/keys") == 2


def test_a_key_that_was_taken_back_counts_no_longer_than_an_hour(client, issuer, nesta):
    signed_in_by(client, issuer)
    client.post("/staff/sign-out/")
    issuer.keys = [as_jwk("second")]
    cache.clear()  # as an hour does

    assert is_refused(signed_in_by(client, issuer), client, "key")
