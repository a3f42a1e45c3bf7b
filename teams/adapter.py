"""What sign-in does differently here: no sign-up, encrypted second-factor secrets."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from teams.models import User


def display_name(user: User) -> str:
    return user.name


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by a force administrator's invitation alone."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the shared secrets unreadable in a copy of the database."""

    def encrypt(self, text: str) -> str:
        return Fernet(settings.SECRETS_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return Fernet(settings.SECRETS_KEY).decrypt(encrypted_text.encode()).decode()
