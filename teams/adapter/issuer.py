"""Single sign-on: one issuer, pinned by the settings, whose word is checked before it counts.

allauth keys an account on the subject, but would take any issuer's for the same, skips the
signature of a token that it fetched itself, knows no nonce, and makes accounts.
"""

import hashlib
import logging
from urllib.parse import urlsplit

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.clock import london_date
from teams.access import ISSUER, may_sign_in
from teams.id_tokens import Key, NotAccepted, nonce_of, verified_claims
from teams.models import User
from teams.services.invitations import (
    InvitationNotUsable,
    SubjectTaken,
    accept_invitation_by_issuer,
)

logger = logging.getLogger(__name__)
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_S = 3600  # what the issuer says of itself
LOOK_AGAIN_S = 60  # for a key that was not among those kept


class IssuerOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """The conversation with the issuer, from our question to an ID token that was checked."""

    @property
    def openid_config(self) -> dict[str, object]:
        """What the issuer says of itself, if it is the one that the settings name."""
        found = _kept("configuration", settings.OIDC_ISSUER.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != settings.OIDC_ISSUER:
            raise NotAccepted("issuer")
        if not all(_is_safe(found.get(name)) for name in ENDPOINTS):
            raise NotAccepted("endpoint")
        # The policy of our pages lets a form lead to the issuer's own host alone.
        if (
            urlsplit(found["authorization_endpoint"]).netloc
            != urlsplit(settings.OIDC_ISSUER).netloc
        ):
            raise NotAccepted("endpoint")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The address that the issuer knows: that of the settings, whatever host was asked."""
        return settings.SITE_URL + reverse("teams:issuer_return")

    def get_access_token_data(self, request: HttpRequest, app, client, pkce_code_verifier=None):
        said = request.GET.get("iss")
        known = self.openid_config.get("authorization_response_iss_parameter_supported")
        if (said or known) and said != settings.OIDC_ISSUER:
            raise NotAccepted("issuer")
        if not pkce_code_verifier:
            raise NotAccepted("state")
        self.nonce = nonce_of(pkce_code_verifier)
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token, **kwargs) -> SocialLogin:
        claims = verified_claims(
            kwargs["response"].get("id_token"),
            key_of=self._key_of,
            issuer=settings.OIDC_ISSUER,
            client_id=app.client_id,
            nonce=self.nonce,
            now=timezone.now(),
        )
        return self.get_provider().sociallogin_from_response(request, claims)

    def _key_of(self, kid: str) -> Key | None:
        """The issuer's key of that id; one that is new is looked for, but not with every try."""
        url = self.openid_config["jwks_uri"]
        found = _among(_kept("keys", url), kid)
        if found is None and cache.add("teams.issuer.looked", True, timeout=LOOK_AGAIN_S):
            found = _among(_kept("keys", url, afresh=True), kid)
        return found


def _kept(name: str, url: str, *, afresh: bool = False) -> dict[str, object]:
    """The JSON object at ``url``, kept for a while. Raises NotAccepted."""
    key = f"teams.issuer.{name}:{hashlib.sha256(url.encode()).hexdigest()}"
    found = None if afresh else cache.get(key)
    if found is None:
        with get_adapter().get_requests_session() as asked:
            response = asked.get(url)
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise NotAccepted("configuration")
        cache.set(key, found, timeout=KEPT_S)
    return found


def _among(keys: dict[str, object], kid: str) -> Key | None:
    return next((key for key in keys.get("keys", []) if key.get("kid") == kid), None)


def _is_safe(url: object) -> bool:
    """Whether the issuer speaks TLS there, as it does at its own address (config.E004)."""
    return isinstance(url, str) and urlsplit(url).scheme == urlsplit(settings.OIDC_ISSUER).scheme


class IssuerProvider(OpenIDConnectProvider):
    """Asks for nothing but who somebody is, and keeps nothing but that."""

    oauth2_adapter_class = IssuerOAuth2Adapter

    def get_pkce_params(self) -> dict[str, object]:
        params = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}

    def get_scope(self) -> list[str]:
        return ["openid"]

    def extract_uid(self, data: dict[str, object]) -> str:
        """Issuer and subject together: no e-mail address, no name, no other issuer's number."""
        return hashlib.sha256(f"{data['iss']}\n{data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, object]) -> dict[str, object]:
        return {"iss": data["iss"], "sub": data["sub"]}

    def extract_common_fields(self, data: dict[str, object]) -> dict[str, object]:
        return {}

    def extract_email_addresses(self, data: dict[str, object]) -> list:
        return []


class IssuerAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> requests.Session:
        """Asks the issuer and is led nowhere else."""
        asked = super().get_requests_session()
        asked.max_redirects = 0
        return asked

    def list_apps(self, request: HttpRequest, provider=None, client_id=None) -> list[SocialApp]:
        """The issuer of the settings alone: no row of the database adds another."""
        if not settings.OIDC_ISSUER:
            return []
        of_settings = SocialApp(
            provider=IssuerProvider.id,
            provider_id=ISSUER,
            name=ISSUER,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"oauth_pkce_enabled": True},
        )
        return [of_settings]

    def get_provider(self, request: HttpRequest, provider: str, client_id=None) -> IssuerProvider:
        apps = self.list_apps(request)
        if not apps:
            raise Http404
        return IssuerProvider(request, app=apps[0])

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider, error=None, exception=None, extra_context=None
    ) -> None:
        raise refusal(request, _reason(error, exception, known="state" in (extra_context or {})))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whose account it is; link one to whoever came by an invitation."""
        if link := (sociallogin.state.get("data") or {}).get("invitation"):
            self._accept_invitation(request, sociallogin, link)
        elif not sociallogin.is_existing or not _may_sign_in(sociallogin.user):
            raise refusal(request, "unknown")

    def _accept_invitation(self, request: HttpRequest, sociallogin: SocialLogin, link: str) -> None:
        try:
            sociallogin.user = accept_invitation_by_issuer(
                token=link, account=sociallogin.account, now=timezone.now()
            )
            sociallogin.by_invitation = True
        except SubjectTaken as exc:
            raise refusal(request, "taken") from exc
        except InvitationNotUsable as exc:
            raise refusal(request, "invitation") from exc


def _may_sign_in(user: User) -> bool:
    return may_sign_in(user, on=london_date(timezone.now()))


def _reason(error: str | None, exception: Exception | None, *, known: bool) -> str:
    """A code word for why nobody was let in; ``known``: this session had asked the issuer."""
    if isinstance(exception, NotAccepted):
        return exception.reason
    if error == AuthError.CANCELLED:
        return "cancelled"
    if isinstance(exception, requests.RequestException):
        return "unreachable"
    if exception is not None:
        return "code"
    return "answer" if known else "state"


def refusal(request: HttpRequest, reason: str) -> ImmediateHttpResponse:
    """A page that says what to do now; the log gets the reason and nothing of the person."""
    logger.warning("Single sign-on refused: %s", reason)
    context = {"reason": reason}
    page = render(request, "teams/staff/issuer_refused.html", context, status=403)
    return ImmediateHttpResponse(page)
