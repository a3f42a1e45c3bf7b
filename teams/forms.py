"""What staff type. Shape and wording only: nothing here writes."""

from datetime import date

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Force, Neighbourhood
from teams.models import ContactRoute, Member, PatrolUpdate, Posting, RoleGrant, User

CODE_COUNTS_S = 90  # its own half minute, and MFA_TOTP_TOLERANCE before and after
DAY_FORMATS = ["%d %m %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y"]
telephone_validator = RegexValidator(
    r"^[0-9 +()]{3,}\Z", _("Enter a telephone number, like 01632 960 001")
)


class DayField(forms.DateField):
    """A day in one text input: people type it faster than they pick it."""

    def __init__(self, *, missing: str, **kwargs: object):
        kwargs.setdefault("help_text", _("For example, 27 11 2026"))
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d %m %Y"),
            error_messages={
                "required": missing,
                "invalid": _("Enter a real day, like 27 11 2026"),
            },
            **kwargs,
        )


class ProseField(forms.CharField):
    """Several lines of text, counted as the reader counts them: a line end is one character."""

    def __init__(self, *, rows: int, **kwargs: object):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: object) -> str:
        return super().to_python(value).replace("\r\n", "\n")


def one_button(button: str, *fields: object) -> FormHelper:
    """The layout of a form that posts back to its own page with one button."""
    helper = FormHelper()
    helper.layout = Layout(*fields, Submit("submit", button))
    return helper


class StaffForm(forms.Form):
    """A form that posts back to its own page, with one button."""

    button = _("Save")

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.helper = one_button(self.button, *self.layout())

    def layout(self) -> list[object]:
        return [Field(name) for name in self.fields]


class UpdateForm(StaffForm):
    """The words of an update. In Welsh both the title and the text, or neither."""

    button = _("Save and preview")
    title = forms.CharField(
        label=_("Title"),
        max_length=PatrolUpdate._meta.get_field("title").max_length,
        help_text=_("What happened, in one line"),
        error_messages={
            "required": _("Enter a title"),
            "max_length": _("The title must be 120 characters or fewer"),
        },
    )
    text = ProseField(
        rows=8,
        label=_("What do you want residents to know?"),
        max_length=PatrolUpdate._meta.get_field("text").max_length,
        help_text=_("No names, addresses or number plates of members of the public."),
        error_messages={
            "required": _("Enter what you want residents to know"),
            "max_length": _("The text must be 2,000 characters or fewer"),
        },
    )
    title_cy = forms.CharField(
        label=_("Title in Welsh"),
        max_length=PatrolUpdate._meta.get_field("title_cy").max_length,
        required=False,
        error_messages={"max_length": _("The title must be 120 characters or fewer")},
    )
    text_cy = ProseField(
        rows=8,
        label=_("Text in Welsh"),
        max_length=PatrolUpdate._meta.get_field("text_cy").max_length,
        required=False,
        error_messages={"max_length": _("The text must be 2,000 characters or fewer")},
    )

    def layout(self) -> list[object]:
        return [
            Field("title"),
            Field("text", data_module="character-count"),
            Fieldset(_("In Welsh"), "title_cy", Field("text_cy", data_module="character-count")),
        ]

    def clean(self) -> dict[str, str]:
        words = super().clean()
        if words.get("title_cy") and not words.get("text_cy"):
            self.add_error("text_cy", _("Enter the text in Welsh, or leave out the Welsh title"))
        if words.get("text_cy") and not words.get("title_cy"):
            self.add_error("title_cy", _("Enter the title in Welsh, or leave out the Welsh text"))
        return words


class WithdrawForm(StaffForm):
    button = _("Withdraw this update")
    reason = ProseField(
        rows=3,
        label=_("Why are you withdrawing it?"),
        max_length=300,
        help_text=_("Residents see this reason in place of the update."),
        error_messages={
            "required": _("Enter why you are withdrawing it"),
            "max_length": _("The reason must be 300 characters or fewer"),
        },
    )
    reason_cy = ProseField(
        rows=3,
        label=_("The reason in Welsh"),
        max_length=300,
        required=False,
        error_messages={"max_length": _("The reason must be 300 characters or fewer")},
    )


class PeriodForm(StaffForm):
    """A first and a last day, in that order."""

    from_on = DayField(label=_("First day"), missing=_("Enter the first day"))
    to_on = DayField(label=_("Last day"), missing=_("Enter the last day"))

    def clean(self) -> dict[str, object]:
        period = super().clean()
        begin, end = period.get("from_on"), period.get("to_on")
        if begin and end and end < begin:
            self.add_error("to_on", _("The last day must not be before the first day"))
        return period


class CoverForm(PeriodForm):
    button = _("Save cover")
    member = forms.ModelChoiceField(
        label=_("Who covers?"),
        queryset=Member.objects.none(),
        empty_label=_("Choose a person"),
        error_messages={
            "required": _("Choose who covers"),
            "invalid_choice": _("Choose a person from the list"),
        },
    )
    field_order = ("member", "from_on", "to_on")

    def __init__(self, *args: object, neighbourhood: Neighbourhood, on: date, **kwargs: object):
        super().__init__(*args, **kwargs)
        police = neighbourhood.force.members.serving(on=on).exclude(role__in=Member.NOT_POLICE)
        self.fields["member"].queryset = police


class LastDayForm(StaffForm):
    button = _("Save last day")
    last_on = DayField(label=_("Last day"), missing=_("Enter the last day"))


class NamedContactForm(StaffForm):
    button = _("Save named officer")
    posting = forms.ModelChoiceField(
        label=_("Who is the named officer?"),
        queryset=Posting.objects.none(),
        required=False,
        empty_label=_("Nobody: the post is vacant"),
        error_messages={"invalid_choice": _("Choose a person from the list")},
    )
    from_on = DayField(label=_("From which day?"), missing=_("Enter the day it begins"))

    def __init__(self, *args: object, neighbourhood: Neighbourhood, on: date, **kwargs: object):
        super().__init__(*args, **kwargs)
        choices = Posting.objects.filter(
            neighbourhood=neighbourhood, member__role__in=[Member.Role.POLICE_OFFICER, "pcso"]
        )
        self.fields["posting"].queryset = choices.serving(on=on).select_related("member")
        self.fields["posting"].label_from_instance = lambda posting: posting.member.title


class MemberForm(StaffForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        help_text=_("First name and family name, without a rank"),
        error_messages={
            "required": _("Enter a name"),
            "max_length": _("The name must be 150 characters or fewer"),
        },
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        help_text=_("Your force's own number for this person. Residents never see it."),
        error_messages={
            "required": _("Enter a reference"),
            "max_length": _("The reference must be 40 characters or fewer"),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Member.Role,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role"),
            "invalid_choice": _("Choose a role from the list"),
        },
    )
    rank = forms.ChoiceField(
        label=_("Rank"),
        choices=[("", _("No rank")), *Member.Rank.choices],
        required=False,
        help_text=_("For police officers, and for special constables who have one"),
        error_messages={"invalid_choice": _("Choose a rank from the list")},
    )
    acting = forms.BooleanField(label=_("Acting in this rank"), required=False)
    employer = forms.CharField(
        label=_("Employer"),
        max_length=150,
        required=False,
        help_text=_("For wardens and accredited people. Leave empty for the force."),
        error_messages={"max_length": _("The employer must be 150 characters or fewer")},
    )
    speaks_welsh = forms.BooleanField(label=_("Speaks Welsh"), required=False)
    bio = ProseField(
        rows=4,
        label=_("About this person"),
        required=False,
        help_text=_("A few lines for residents. Nothing about home or family."),
    )
    bio_cy = ProseField(
        rows=4,
        label=_("About this person, in Welsh"),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        details = super().clean()
        role, rank = details.get("role"), details.get("rank")
        if role == Member.Role.POLICE_OFFICER and not rank:
            self.add_error("rank", _("Choose the officer's rank"))
        if role and role not in Member.RANKED and rank:
            self.add_error("rank", _("Only police officers and special constables hold a rank"))
        if details.get("acting") and not rank:
            self.add_error("acting", _("Choose the rank they are acting in"))
        if role in Member.NOT_POLICE and not details.get("employer"):
            self.add_error("employer", _("Enter who employs them"))
        return details


class InviteForm(StaffForm):
    button = _("Send invitation")
    email = forms.EmailField(
        label=_("Email address"),
        max_length=User._meta.get_field("email").max_length,
        help_text=_("The link to set up their sign-in goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter an email address"),
            "invalid": _("Enter an email address like name@example.com"),
            "max_length": _("The email address must be 254 characters or fewer"),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language"),
            "invalid_choice": _("Choose a language from the list"),
        },
    )


class _PlaceForm(StaffForm):
    """A form about one of the force's neighbourhoods."""

    neighbourhood = forms.ModelChoiceField(
        label=_("Neighbourhood"),
        queryset=Neighbourhood.objects.none(),
        empty_label=_("Choose a neighbourhood"),
        error_messages={
            "required": _("Choose a neighbourhood"),
            "invalid_choice": _("Choose a neighbourhood from the list"),
        },
    )

    def __init__(self, *args: object, force: Force, on: date, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["neighbourhood"].queryset = force.neighbourhoods.current(on=on)


class PostingForm(_PlaceForm):
    button = _("Add to the team")
    from_on = DayField(label=_("First day"), missing=_("Enter the first day"))
    lead = forms.BooleanField(label=_("Leads the team"), required=False)


class RoleForm(_PlaceForm):
    """A role and what it is over: one choice, so that exactly one scope comes out."""

    button = _("Give this role")
    role = forms.ChoiceField(
        label=_("Role"),
        choices=RoleGrant.Role,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role"),
            "invalid_choice": _("Choose a role from the list"),
        },
    )
    field_order = ("role", "neighbourhood", "area")

    def __init__(self, *args: object, force: Force, on: date, **kwargs: object):
        super().__init__(*args, force=force, on=on, **kwargs)
        self.force = force
        self.fields["neighbourhood"].required = False
        self.fields["area"] = forms.ModelChoiceField(
            label=_("Or a whole policing area"),
            queryset=force.areas.all(),
            required=False,
            empty_label=_("No policing area"),
            error_messages={"invalid_choice": _("Choose a policing area from the list")},
        )
        self.helper = one_button(self.button, "role", "neighbourhood", "area")

    def clean(self) -> dict[str, object]:
        data = super().clean()
        given = [place for place in (data.get("neighbourhood"), data.get("area")) if place]
        if data.get("role") == RoleGrant.Role.FORCE_ADMINISTRATOR:
            if given:
                self.add_error(
                    "neighbourhood", _("A force administrator's role is over the whole force")
                )
            data["scope"] = self.force
        elif len(given) != 1 and not self.has_error("neighbourhood") and not self.has_error("area"):
            self.add_error("neighbourhood", _("Choose a neighbourhood or a policing area"))
        elif given:
            data["scope"] = given[0]
        return data


def _telephone_field(kind: ContactRoute.Kind) -> forms.CharField:
    return forms.CharField(
        label=kind.label,
        required=False,
        max_length=20,
        validators=[telephone_validator],
        error_messages={"max_length": _("The number must be 20 characters or fewer")},
    )


class WebField(forms.URLField):
    default_validators = [URLValidator(schemes=["https"])]


class RoutesForm(StaffForm):
    """The ways to reach a team or a member; an empty one is taken away."""

    button = _("Save contact details")
    email = forms.EmailField(
        label=ContactRoute.Kind.EMAIL.label,
        required=False,
        max_length=ContactRoute._meta.get_field("value").max_length,
        error_messages={
            "invalid": _("Enter an email address like name@example.com"),
            "max_length": _("The email address must be 254 characters or fewer"),
        },
    )
    telephone = _telephone_field(ContactRoute.Kind.TELEPHONE)
    mobile = _telephone_field(ContactRoute.Kind.MOBILE)
    web = WebField(
        label=ContactRoute.Kind.WEB.label,
        required=False,
        assume_scheme="https",
        max_length=ContactRoute._meta.get_field("value").max_length,
        help_text=_("The address of a page, like https://www.example.org/contact"),
        error_messages={
            "invalid": _("Enter a web address that begins with https://"),
            "max_length": _("The web address must be 254 characters or fewer"),
        },
    )
    address = forms.CharField(
        label=ContactRoute.Kind.ADDRESS.label,
        required=False,
        max_length=ContactRoute._meta.get_field("value").max_length,
        error_messages={"max_length": _("The address must be 254 characters or fewer")},
    )


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
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
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

    def clean(self) -> dict[str, object]:
        """Answer somebody who has left as a wrong password; allauth has a page of its own."""
        data = super().clean()
        if self.user and not self.user.is_active:
            raise get_adapter().validation_error("email_password_mismatch")
        return data


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.helper = one_button(_("Continue"), "password")


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


class _OnceMixin(_CodeMixin):
    def clean_code(self) -> str:
        """Refuse a code for as long as it would count: allauth forgets it after half a minute."""
        code = super().clean_code()
        if not cache.add(f"teams.code:{self.user.pk}:{code}", True, timeout=CODE_COUNTS_S):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceMixin, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_OnceMixin, MFAReauthenticateForm):
    """The same code before a page that is protected further."""


class EnrolForm(_CodeMixin, ActivateTOTPForm):
    button = _("Check the code and finish")
