"""The words of an update, and of taking it back."""

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import ProseField, ReasonForm, StaffForm, reason_field
from teams.models import PatrolUpdate


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


class WithdrawForm(ReasonForm):
    button = _("Withdraw this update")
    reason = reason_field(
        label=_("Why are you withdrawing it?"),
        help_text=_("Residents see this reason in place of the update."),
        missing=_("Enter why you are withdrawing it"),
    )
