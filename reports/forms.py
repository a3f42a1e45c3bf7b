"""The words of a bulletin, and the decision about it."""

from crispy_forms.layout import Field
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.bulletin import REASON_LENGTH, WORDS_LENGTH
from teams.forms.fields import ProseField, StaffForm

_TOO_LONG = _("The words must be %(limit_value)s characters or fewer")


class BulletinForm(StaffForm):
    """What the team says. Welsh can wait until it is submitted, so a draft is saved without."""

    button = _("Save and preview")
    words = ProseField(
        rows=12,
        label=_("What do you want residents to know about this quarter?"),
        max_length=WORDS_LENGTH,
        help_text=_(
            "Say what the figures cannot: what was hard, what changed, what comes next. "
            "Short sentences, no names of residents or suspects."
        ),
        error_messages={
            "required": _("Enter what residents should know about this quarter"),
            "max_length": _TOO_LONG,
        },
    )
    words_cy = ProseField(
        rows=12,
        label=_("The same in Welsh"),
        max_length=WORDS_LENGTH,
        required=False,
        error_messages={"max_length": _TOO_LONG},
    )

    def layout(self) -> list[object]:
        return [Field(name, data_module="character-count") for name in self.fields]


class ReviewForm(StaffForm):
    """Approve, or send back with a reason."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("Approve and publish it now")
        SEND_BACK = "send_back", _("Send it back to the team")

    button = _("Confirm")
    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select whether you approve it or send it back")},
    )
    reason = ProseField(
        rows=4,
        label=_("What has to change?"),
        max_length=REASON_LENGTH,
        required=False,
        help_text=_("Only if you send it back. The team reads this; residents do not."),
        error_messages={"max_length": _TOO_LONG},
    )

    def clean(self) -> dict[str, str]:
        answers = super().clean()
        sends_back = answers.get("decision") == self.Decision.SEND_BACK
        if sends_back and not answers.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Enter what has to change"))
        return answers
