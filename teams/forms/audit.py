"""Which part of the audit record somebody wants to read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.posts import PeriodForm
from teams.models import User
from teams.queries.audited import accounts_of, name_of
from teams.wording import KINDS


class AuditForm(PeriodForm):
    """A person, a kind of act and days; each may be left open. Sent by GET: it changes nothing."""

    button = _("Show")
    person = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Everybody"),
        error_messages={"invalid_choice": _("Choose a person from the list")},
    )
    kind = forms.ChoiceField(
        label=_("What"),
        choices=[("", _("Everything")), *KINDS.items()],
        required=False,
        error_messages={"invalid_choice": _("Choose a kind from the list")},
    )
    field_order = ("person", "kind", "from_on", "to_on")

    def __init__(self, *args: object, force: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = accounts_of(force)
        self.fields["person"].label_from_instance = name_of
        for name in ("from_on", "to_on"):
            self.fields[name].required = False
        self.helper.form_method = "get"
