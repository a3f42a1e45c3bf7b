"""Second factors: their secrets are encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _


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
