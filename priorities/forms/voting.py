"""What a resident tells when voting."""

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from priorities.forms.fields import MailboxField
from priorities.models import Option, Round, Vote
from priorities.tally import CHOICES
from teams.forms.fields import PairedCheckboxes, PairedLabel, StaffForm


class OptionsField(forms.ModelMultipleChoiceField):
    """The options of one round, under their names in the language of the page."""

    widget = PairedCheckboxes

    def label_from_instance(self, obj: Option) -> str:
        return PairedLabel.of(obj, "title")

    def clean(self, value: object) -> list[Option]:
        found = list(super().clean(value))
        if len(found) > CHOICES:
            raise forms.ValidationError(_("Select no more than 3"))
        return found


class VoteForm(StaffForm):
    button = _("Send your vote")
    options = OptionsField(
        queryset=Option.objects.none(),
        label=_("Which issues matter most? Select up to 3"),
        help_text=_("They stand in the same order for everybody, and each counts the same."),
        error_messages={
            "required": _("Select at least 1 issue"),
            "invalid_choice": _("Select issues from the list"),
            "invalid_pk_value": _("Select issues from the list"),
        },
    )
    connection = forms.ChoiceField(
        label=_("What connects you with this area?"),
        choices=Vote.Connection,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Select what connects you with this area"),
            "invalid_choice": _("Select what connects you with this area"),
        },
    )
    email = MailboxField(
        label=_("Email address"),
        help_text=_(
            "We send you a link to confirm your vote. We do not keep the address, and nobody "
            "can see how you voted."
        ),
        error_messages={
            "required": _("Enter your email address"),
            "invalid": _("Enter an email address like name@example.com"),
            "max_length": _("Enter an email address like name@example.com"),
        },
    )

    def __init__(self, *args: object, round_: Round, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["options"].queryset = round_.options.all()

    def layout(self) -> list[object]:
        return [Field("options"), Field("connection"), Field("email")]
