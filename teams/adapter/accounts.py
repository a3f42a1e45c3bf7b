"""Accounts: nobody signs up, and whoever has left is let in by no way."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from neighbourhoods.clock import london_date
from teams.access import ENROLMENT_SESSION_KEY, came_from_issuer, may_sign_in
from teams.forms.tries import KNOWN_BROWSER, KNOWN_FOR_S, mark_of
from teams.models import User
from teams.models.session import FORCE_PHONE
from teams.sessions import WHOLE_SHIFT_KEY


def display_name(user: User) -> str:
    return user.name


class StaffBackend(AuthenticationBackend):
    """Finds the account of a session with each request, unless its member has left by now."""

    def user_can_authenticate(self, user: User) -> bool:
        return may_sign_in(user, on=london_date(timezone.now()))

    def get_user(self, user_id: str) -> User | None:
        user = User.objects.select_related("member").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class SecondStep(AuthenticateStage):
    """The code after a password. The issuer has asked for more than a password already."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if came_from_issuer(self.request, self.login.user):
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email address or the password is not right"),
        "too_many_login_attempts": _("Too many tries. Wait five minutes and try again"),
    }

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: our pages show by themselves what happened."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a force administrator's invitation alone."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: object) -> User | None:
        """Answer somebody who has left as a wrong password; allauth has a page of its own."""
        user = super().authenticate(request, **credentials)
        return user if user and may_sign_in(user, on=london_date(timezone.now())) else None

    def pre_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse | None:
        """Turn away somebody who has left, by whatever way they come."""
        if may_sign_in(user, on=london_date(timezone.now())):
            return None
        clear_login(request)
        return redirect("account_login")

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        if _has_force_phone(request, user):
            request.session[WHOLE_SHIFT_KEY] = True

    def get_login_stages(self) -> list[str]:
        return ["teams.adapter.accounts.SecondStep"]

    def post_login(
        self, request: HttpRequest, user: User, *, signal_kwargs: dict | None, **kwargs: object
    ) -> HttpResponse:
        """Lead whoever has just taken up an invitation at the issuer on to their second factor."""
        response = super().post_login(request, user, signal_kwargs=signal_kwargs, **kwargs)
        sociallogin = (signal_kwargs or {}).get("sociallogin")
        if getattr(sociallogin, "by_invitation", False):
            request.session[ENROLMENT_SESSION_KEY] = user.pk
            response = redirect("mfa_activate_totp")
        kept = {"max_age": KNOWN_FOR_S, "httponly": True, "samesite": "Lax"}
        response.set_cookie(
            KNOWN_BROWSER, mark_of(user), secure=settings.SESSION_COOKIE_SECURE, **kept
        )
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: object) -> str:
        """Count passwords by account and network: elsewhere its owner can still sign in."""
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{get_ip(request)}"

    def is_reauthentication_required(self, **kwargs: object) -> bool:
        """Leave it to ``teams.access``: allauth would keep a suspended form in the session."""
        return False


def _has_force_phone(request: HttpRequest, user: User) -> bool:
    """Whether the sign-in was made with a passkey on a phone that the force manages."""
    shown = {record.get("id") for record in get_authentication_records(request, user)}
    of_user = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return any(passkey.data.get(FORCE_PHONE) for passkey in of_user if passkey.pk in shown)
