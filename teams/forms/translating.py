"""The Welsh of what a team wrote in English, beside the English."""

from collections.abc import Iterable

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from teams.forms.fields import ProseField, StaffForm
from teams.forms.updates import IN_WELSH

LABELS = {
    "title": _("Title in Welsh"),
    "text": _("Text in Welsh"),
    "place": _("Place in Welsh"),
    "cancellation_reason": _("The reason in Welsh"),
    **IN_WELSH,
}
SHORT = 200  # longer ones are typed in several lines


class TranslateForm(StaffForm):
    """A field for each of the ``missing`` texts of a row, the English as its hint.

    ``marked``: the words may tell of a person, and somebody has to say that they are right.
    """

    button = _("Save the Welsh")

    def __init__(
        self,
        *args: object,
        row: Model,
        missing: Iterable[str],
        marked: bool = False,
        **kwargs: object,
    ):
        self.base_fields = {name: _field(row, name) for name in missing}
        if marked:
            self.base_fields["anyway"] = forms.BooleanField(
                label=_("These words are right as they are")
            )
        super().__init__(*args, **kwargs)

    def words(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "anyway"}


def _field(row: Model, name: str) -> forms.CharField:
    most = row._meta.get_field(f"{name}_cy").max_length
    errors = {
        "required": _("Enter the Welsh"),
        "max_length": _("The Welsh must be %(limit_value)d characters or fewer"),
    }
    said = {
        "label": LABELS.get(name, _("The Welsh")),
        "help_text": getattr(row, name),
        "max_length": most,
        "error_messages": errors,
    }
    if most <= SHORT:
        return forms.CharField(**said)
    return ProseField(rows=6, **said)
