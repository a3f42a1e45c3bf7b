"""Links that carry a secret: made from what is already stored, kept only as a digest."""

import base64
import hashlib
import hmac


def make_token(secret: str, purpose: str, entry_id: int) -> str:
    """The token of one outbox entry for one purpose: 43 URL-safe characters, 256 bits.

    It is derived, not stored, so that no secret waits in the queue and an entry
    that is sent a second time carries the same link.
    """
    message = f"{purpose}:{entry_id}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_digest(token: str) -> str:
    """What the database keeps of a token: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
