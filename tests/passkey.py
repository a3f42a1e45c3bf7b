"""A passkey made of software, which answers as a browser hands its answer on."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "https://testserver"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Passkey:
    """Keeps to the rules until a test sets one of its parts otherwise."""

    origin: str = ORIGIN
    verified: bool = True  # a finger, a face or a PIN was asked for
    id: bytes = field(default_factory=lambda: token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user: bytes = b""

    def make(self, options: dict) -> dict:
        """The answer to ``navigator.credentials.create``."""
        asked = options["publicKey"]
        self.user = decoded(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(
            self._of(asked["rp"]["id"]), self._flags | ATTESTED, 0, attested
        )
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
            "attestationObject": encoded(AttestationObject.create("none", data, {})),
        }
        return self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def show(self, options: dict) -> dict:
        """The answer to ``navigator.credentials.get``."""
        asked = options["publicKey"]
        client_data = self._client_data("webauthn.get", asked["challenge"])
        data = AuthenticatorData.create(self._of(asked["rpId"]), self._flags, 1)
        signed = bytes(data) + hashlib.sha256(decoded(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": encoded(bytes(data)),
            "signature": encoded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": encoded(self.user),
        }
        return self._answer(response)

    @property
    def _flags(self) -> int:
        return PRESENT | (VERIFIED if self.verified else 0)

    def _of(self, rp_id: str) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest()

    def _client_data(self, kind: str, challenge: str) -> str:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return encoded(json.dumps(told).encode())

    def _answer(self, response: dict[str, str]) -> dict:
        return {
            "id": encoded(self.id),
            "rawId": encoded(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
