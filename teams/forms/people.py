"""A force administrator's forms about a member."""

from datetime import date

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Force, Neighbourhood
from teams.forms.fields import (
    DayField,
    PlaceField,
    ProseField,
    StaffForm,
    one_button,
)
from teams.models import Member, RoleGrant, User
from teams.permissions import OF_A_WHOLE_FORCE


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
    employer_kind = forms.ChoiceField(
        label=_("Who employs them?"),
        choices=Member.Employer,
        initial=Member.Employer.FORCE,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose who employs them from the list")},
    )
    employer = forms.CharField(
        label=_("Name of the employer"),
        max_length=150,
        required=False,
        help_text=_("Leave empty for the force. Residents read that others are not police."),
        error_messages={"max_length": _("The employer must be 150 characters or fewer")},
    )
    visible_from = DayField(
        label=_("Show the name from (optional)"),
        missing="",
        required=False,
        help_text=_("For somebody who has just arrived. Until then residents reach the team."),
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
        self._check_employer(details)
        return details

    def clean_employer_kind(self) -> str:
        """The force, where nothing was chosen."""
        return self.cleaned_data["employer_kind"] or Member.Employer.FORCE

    def _check_employer(self, details: dict[str, object]) -> None:
        role, kind = details.get("role"), details.get("employer_kind")
        by_force = kind == Member.Employer.FORCE
        if kind and not by_force and role and role not in Member.OF_OTHERS:
            self.add_error("employer_kind", _("People in this role work for the force alone"))
        elif by_force and role in Member.NOT_POLICE:
            self.add_error("employer_kind", _("Wardens and accredited people work for others"))
        if by_force and details.get("employer"):
            self.add_error("employer", _("Leave this empty for the force"))
        elif kind and not by_force and not details.get("employer"):
            self.add_error("employer", _("Enter who employs them"))


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


class LastDayForm(StaffForm):
    button = _("Save last day")
    last_on = DayField(label=_("Last day"), missing=_("Enter the last day"))


class _PlaceForm(StaffForm):
    """A form about one of the force's neighbourhoods."""

    neighbourhood = PlaceField(
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
        self.fields["area"] = PlaceField(
            label=_("Or a whole policing area"),
            queryset=force.areas.current(on=on),
            required=False,
            empty_label=_("No policing area"),
            error_messages={"invalid_choice": _("Choose a policing area from the list")},
        )
        self.helper = one_button(self.button, "role", "neighbourhood", "area")

    def clean(self) -> dict[str, object]:
        data = super().clean()
        given = [place for place in (data.get("neighbourhood"), data.get("area")) if place]
        if data.get("role") in OF_A_WHOLE_FORCE:
            if given:
                self.add_error("neighbourhood", _("This role is over the whole force"))
            data["scope"] = self.force
        elif len(given) != 1 and not self.has_error("neighbourhood") and not self.has_error("area"):
            self.add_error("neighbourhood", _("Choose a neighbourhood or a policing area"))
        elif given:
            data["scope"] = given[0]
        return data


class LendForm(StaffForm):
    """To whom the sergeant's role is lent, and its last day."""

    button = _("Lend the sergeant’s role")
    user = forms.ModelChoiceField(
        label=_("Who acts as sergeant?"),
        queryset=User.objects.none(),
        empty_label=_("Choose a person"),
        error_messages={
            "required": _("Choose who acts as sergeant"),
            "invalid_choice": _("Choose a person from the list"),
        },
    )
    to_on = DayField(
        label=_("Last day"),
        help_text=_("Within 14 days, today among them. It ends by itself."),
        missing=_("Enter the last day"),
    )

    def __init__(self, *args: object, users: QuerySet, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users
        self.fields["user"].label_from_instance = lambda user: user.name
