"""Signing in and setting it up: allauth's forms in our words."""

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from crispy_forms.layout import Field
from django import forms
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import (
    StaffForm,
    one_button,
)
from teams.forms.tries import counted_try
from teams.models import User

CODE_COUNTS_S = 90  # its own half minute, and MFA_TOTP_TOLERANCE before and after
WEAK = {
    "password_too_short": _("The password must have at least 12 characters"),
    "password_too_common": _("Many people use this password. Choose another"),
    "password_too_similar": _("The password is too much like your name or email address"),
}


class PasswordForm(StaffForm):
    """A new password, typed once: people see what they type, and paste from a manager."""

    button = _("Save password and continue")
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        help_text=_("At least 12 characters. Three random words make a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a password")},
    )

    def __init__(self, *args: object, user: User, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Say what is wrong in our words: Django has no Welsh for some of its own."""
        password = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password, self.user)
        except forms.ValidationError as exc:
            raise forms.ValidationError([WEAK[error.code] for error in exc.error_list]) from exc
        return password


class SignInForm(LoginForm):
    """allauth's sign-in, in our words and without its placeholders."""

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("Email address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username"}),
            error_messages={
                "required": _("Enter your email address"),
                "invalid": _("Enter an email address like name@example.com"),
            },
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": _("Enter your password")},
        )
        self.helper = one_button(_("Sign in"), *self.fields)


class _CodeMixin:
    """A field for a code: digits from an app, or one of the recovery codes."""

    button = _("Continue")

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            max_length=40,
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
            error_messages={"required": _("Enter the code")},
        )
        self.helper = one_button(self.button, Field("code", css_class="govuk-input--width-10"))


class _ShownCodeForm(_CodeMixin, forms.Form):
    """A code of the account, of one of the ``kinds``, counted and taken once."""

    kinds = (Authenticator.Type.TOTP,)

    def __init__(self, *args: object, user: User, **kwargs: object):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        forget_try = counted_try(self.user)
        code = self.cleaned_data["code"]
        factors = Authenticator.objects.filter(user=self.user, type__in=self.kinds)
        right = (factor for factor in factors if factor.wrap().validate_code(code))
        self.authenticator = next(right, None)
        if self.authenticator is None or not self._is_new(code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        forget_try()
        return code

    def _is_new(self, code: str) -> bool:
        """Refuse a code for as long as it would count: allauth forgets it after half a minute."""
        typed = normalize_user_code(code)  # "123 456" is the code that "123456" is
        return cache.add(f"teams.code:{self.user.pk}:{typed}", True, timeout=CODE_COUNTS_S)

    def save(self) -> None:
        post_authentication(context.request, self.authenticator)


class CodeForm(_ShownCodeForm):
    """The second step of signing in."""

    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class ProofForm(_ShownCodeForm):
    """A code of the app again, before what cannot be taken back; recovery codes stay unused."""


class EnrolForm(_CodeMixin, ActivateTOTPForm):
    button = _("Check the code and finish")
