"""Passkeys: allauth's forms in our words, and closed to what no browser would send."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django import forms
from django.utils.translation import gettext_lazy as _

NAME_MAX = 40
NOT_RIGHT = _("The passkey was not right. Try again, or use another way")
# What comes out of the parts of an answer that is no answer of a passkey.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, InvalidSignature)


class _PasskeyMixin:
    """A field that the browser fills in, with one sentence for whatever may be wrong with it."""

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        said = {"required": NOT_RIGHT, "invalid": NOT_RIGHT}
        self.fields["credential"].error_messages = said


class _ShownMixin(_PasskeyMixin):
    def clean_credential(self) -> Authenticator:
        """The passkey that answered. Not counted: nobody guesses one, and its owner gets in."""
        answer = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(answer)
            user = self.user or auth.extract_user_from_response(answer)
            return auth.complete_authentication(user, answer)
        except (*MALFORMED, forms.ValidationError) as exc:
            raise forms.ValidationError(NOT_RIGHT) from exc


class PasskeyForm(_ShownMixin, AuthenticateWebAuthnForm):
    """The second step of signing in."""


class PasskeySignInForm(_ShownMixin, LoginWebAuthnForm):
    """Signing in by a passkey alone: it asked for a finger, a face or a PIN."""


class PasskeyProofForm(_ShownMixin, ReauthenticateWebAuthnForm):
    """A passkey again, before what cannot be taken back."""


class PasskeyAddForm(_PasskeyMixin, AddWebAuthnForm):
    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]  # every passkey is one to sign in with
        self.fields["name"].max_length = NAME_MAX

    def clean_name(self) -> str:
        return super().clean_name()[:NAME_MAX]

    def clean(self) -> dict[str, object]:
        try:
            return super().clean()
        except (*MALFORMED, forms.ValidationError) as exc:
            raise forms.ValidationError(NOT_RIGHT) from exc
