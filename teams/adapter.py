"""What sign-in does differently here: no sign-up, encrypted second-factor secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from teams.models import User


def display_name(user: User) -> str:
    return user.name


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email address or the password is not right"),
        "incorrect_password": _("The password is not right"),
        "too_many_login_attempts": _("Too many tries. Wait five minutes and try again"),
    }

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: our pages show by themselves what happened."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a force administrator's invitation alone."""
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
