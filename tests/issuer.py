"""An issuer of single sign-on on this machine, which can be told to lie."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from time import time
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "a-secret-of-both-of-them"
FORM = "application/x-www-form-urlencoded"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name, the same for all tests: one takes half a second to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def as_jwk(name: str, **more: object) -> dict[str, object]:
    """The public half as the issuer publishes it."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private_key(name).public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", "alg": "RS256", **more}


def unsigned(claims: dict[str, object]) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


@dataclass
class Asked:
    """What the portal asked a browser to ask the issuer."""

    nonce: str
    challenge: str
    redirect_uri: str
    subject: str


@dataclass
class Issuer:
    """Keeps to the rules until a test sets one of its parts otherwise."""

    url: str = ""
    keys: list[dict] = field(default_factory=lambda: [as_jwk("first")])
    configuration: dict[str, object] = field(default_factory=dict)  # what is said otherwise
    claims: dict[str, object] = field(default_factory=dict)  # None: left out
    sign: Callable[[dict], str] | None = None
    answer: Callable[[dict], dict] = dict
    userinfo: dict[str, object] = field(default_factory=dict)
    codes: dict[str, Asked] = field(default_factory=dict)
    requests: list[tuple[str, dict]] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)

    def authorise(self, location: str, subject: str) -> dict[str, str]:
        """Let ``subject`` sign in at the address that the portal led to; what it sends back."""
        query = dict(parse_qsl(urlsplit(location).query))
        assert location.startswith(f"{self.url}/authorize?")
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert query["code_challenge_method"] == "S256"
        code = token_urlsafe()
        self.codes[code] = Asked(
            query["nonce"], query["code_challenge"], query["redirect_uri"], subject
        )
        return {"code": code, "state": query["state"]}

    def token_for(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """What is given for a code, once, to whoever knows the verifier of its challenge."""
        asked = self.codes.pop(form.get("code"), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if not (asked and known) or (asked.challenge, asked.redirect_uri) != (
            challenge,
            form.get("redirect_uri"),
        ):
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": token_urlsafe(), "token_type": "Bearer", "expires_in": 300}
        return 200, self.answer({**answer, "id_token": self.id_token(asked)})

    def id_token(self, asked: Asked) -> str:
        now = int(time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": asked.subject,
            "nonce": asked.nonce,
            "iat": now,
            "exp": now + 300,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.sign(claims) if self.sign else signed(claims)

    def describe(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.configuration

    def asked_for(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _form in self.requests]


def signed(claims: dict, *, key: str = "first", kid: str | None = None, **header: object) -> str:
    headers = {"kid": kid or key, **header}
    return jwt.encode(claims, private_key(key), algorithm="RS256", headers=headers)


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        issuer, path = self.issuer, urlsplit(self.path).path
        issuer.requests.append((path, {}))
        if path in issuer.redirects:
            self.send_response(302)
            self.send_header("Location", issuer.redirects[path])
            self.end_headers()
            return
        pages = {
            "/.well-known/openid-configuration": issuer.describe(),
            "/keys": {"keys": issuer.keys},
            "/userinfo": issuer.userinfo,
        }
        self._say(200 if path in pages else 404, pages.get(path, {}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.issuer.requests.append((self.path, form))
        self._say(*self.issuer.token_for(form))

    def _say(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests do."""


@contextmanager
def issuing() -> Iterator[Issuer]:
    """A running issuer with an address of its own."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield issuer
        server.shutdown()
        thread.join()
