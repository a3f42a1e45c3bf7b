"""Who covers, who is named, and how people are reached."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Neighbourhood
from teams.forms.fields import (
    DayField,
    StaffForm,
    WebField,
    telephone_field,
)
from teams.models import ContactRoute, Member, Posting


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
        self.fields["posting"].label_from_instance = lambda posting: posting.member.full_title


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
    telephone = telephone_field(ContactRoute.Kind.TELEPHONE)
    mobile = telephone_field(ContactRoute.Kind.MOBILE)
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
