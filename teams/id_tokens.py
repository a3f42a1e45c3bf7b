"""What an issuer's ID token has to be before anybody is let in by it.

OpenID Connect Core 1.0 §3.1.3.7, and stricter where it leaves room: the signature is always
checked, three algorithms are known, and the token is for us and for nobody else.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime

import jwt
from allauth.socialaccount.providers.base import ProviderException

# Which kind of key belongs to an algorithm: "none" and whatever has a shared secret are not here.
KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
LEEWAY_S = 60  # between the clocks of the issuer and of us
OLDEST_S = 600  # a token is made when its code is redeemed
SUBJECT_MAX = 255

Key = dict[str, object]


class NotAccepted(ProviderException):
    """What came from the issuer is not what it has to be; ``reason`` is a code word."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def nonce_of(verifier: str) -> str:
    """The nonce that belongs to a PKCE verifier, which waits in the session and never leaves it."""
    digest = hashlib.sha256(f"nonce {verifier}".encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def verified_claims(
    token: object,
    *,
    key_of: Callable[[str], Key | None],
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
) -> dict[str, object]:
    """What the token says, once everything about it was found to be right.

    ``key_of`` gives the issuer's published key (a JWK) of that id. Raises NotAccepted.
    """
    claims = _signed(token, key_of)
    at = now.timestamp()
    right = {
        "issuer": claims.get("iss") == issuer,
        "audience": claims.get("aud") in (client_id, [client_id]),
        "party": claims.get("azp", client_id) == client_id,
        "expired": _instant(claims, "exp") > at - LEEWAY_S,
        "early": _is_past(_instant(claims, "iat"), at)
        and _is_past(_instant(claims, "nbf", at), at),
        "old": _instant(claims, "iat") >= at - OLDEST_S,
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "subject": _is_subject(claims.get("sub")),
    }
    if wrong := [reason for reason, holds in right.items() if not holds]:
        raise NotAccepted(wrong[0])
    return claims


def _signed(token: object, key_of: Callable[[str], Key | None]) -> dict[str, object]:
    """The claims of a token that one of the issuer's keys signed with the algorithm of that key."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as exc:
        raise NotAccepted("token") from exc
    algorithm = header.get("alg")
    if algorithm not in KEY_TYPES:
        raise NotAccepted("algorithm")
    key = key_of(header.get("kid", ""))
    if key is None or not _fits(key, algorithm):
        raise NotAccepted("key")
    try:
        secret = jwt.PyJWK(key, algorithm).key
        # Its times and names are checked above, with the instant passed in.
        unchecked = {f"verify_{name}": False for name in ("exp", "iat", "nbf", "aud", "iss", "sub")}
        return jwt.decode(token, secret, algorithms=[algorithm], options=unchecked)
    except jwt.PyJWTError as exc:
        raise NotAccepted("signature") from exc


def _fits(key: Key, algorithm: str) -> bool:
    """Whether the issuer published the key for signatures by that algorithm."""
    return (
        key.get("kty") == KEY_TYPES[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    )


def _instant(claims: dict[str, object], name: str, otherwise: float = float("nan")) -> float:
    """Seconds since 1970; not a number, which no comparison holds for, where there is none."""
    value = claims.get(name, otherwise)
    return float(value) if type(value) in (int, float) else float("nan")


def _is_past(instant: float, at: float) -> bool:
    return instant <= at + LEEWAY_S


def _is_subject(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= SUBJECT_MAX
