"""The sergeant's grid: a row for each person, filled in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.models import Member
from teams.models.duty import Kind, Reason
from teams.queries.roll_call import Roll

# So that a team fits a phone; what a thumb can press stays as large.
CLOSE_TOGETHER = "govuk-radios--small portal-radios--close"


class RollCallForm(forms.Form):
    """One choice a person; ``reason`` is asked for where somebody helps elsewhere."""

    reason = forms.ChoiceField(
        label=_("Why are they helping elsewhere?"),
        choices=Reason,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose a reason from the list")},
    )

    def __init__(self, *args: object, roll: Roll, **kwargs: object):
        super().__init__(*args, **kwargs, initial={"reason": roll.reason})
        self.use_required_attribute = False
        self._members = {f"member_{member.pk}": member for member in roll.to_call}
        for entry in roll.entries:
            if not entry.is_imported:
                self.fields[f"member_{entry.member.pk}"] = _choice(entry.member, entry.kind)

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self._members]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not said.get("reason") and Kind.ELSEWHERE in self.kinds.values():
            self.add_error("reason", _("Choose why they are helping elsewhere"))
        return said

    @property
    def kinds(self) -> dict[Member, str]:
        """What each person does, as far as the form says it."""
        said = self.cleaned_data
        return {member: said[name] for name, member in self._members.items() if name in said}


def _choice(member: Member, kind: Kind) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=member.full_title,
        choices=Kind,
        initial=kind,
        widget=forms.RadioSelect(attrs={"class": CLOSE_TOGETHER}),
        error_messages={
            "required": _("Choose where %(name)s is") % {"name": member.full_title},
            "invalid_choice": _("Choose where %(name)s is") % {"name": member.full_title},
        },
    )
