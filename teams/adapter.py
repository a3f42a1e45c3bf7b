"""What sign-in does differently here: no sign-up, encrypted second-factor secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from neighbourhoods.clock import london_date
from teams.access import may_sign_in
from teams.models import User


def display_name(user: User) -> str:
    return user.name


class StaffBackend(AuthenticationBackend):
    """Finds the account of a session with each request, unless its member has left by now."""

    def user_can_authenticate(self, user: User) -> bool:
        return may_sign_in(user, on=london_date(timezone.now()))

    def get_user(self, user_id: str) -> User | None:
        user = User.objects.select_related("member").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


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

    def is_reauthentication_required(self, **kwargs: object) -> bool:
        """Leave it to ``teams.access``: allauth would keep a suspended form in the session."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the shared secrets unreadable in a copy of the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Use the newest one that your app shows"),
    }

    def encrypt(self, text: str) -> str:
        return Fernet(settings.SECRETS_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return Fernet(settings.SECRETS_KEY).decrypt(encrypted_text.encode()).decode()
