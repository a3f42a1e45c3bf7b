"""What staff say of a priority: why, what is done, how it goes, what came of it."""

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from priorities.forms.rounds import TOO_LONG, line
from priorities.models import Option, Priority
from teams.forms.fields import DayField, PairedLabel, PairedSelect, ProseField, StaffForm


def prose(label: str, *, length: int, missing: str = "", help_text: str = "") -> ProseField:
    return ProseField(
        rows=4,
        label=label,
        required=bool(missing),
        max_length=length,
        help_text=help_text,
        error_messages={"required": missing, "max_length": _("The text is too long")},
    )


class OptionField(forms.ModelChoiceField):
    """One option of a vote, under its name in the language of the page."""

    widget = PairedSelect

    def label_from_instance(self, obj: Option) -> str:
        return PairedLabel.of(obj, "title")


class AdoptForm(StaffForm):
    """An option of the last vote, or a title of the team's own."""

    button = _("Adopt this priority")
    option = OptionField(
        queryset=Option.objects.none(),
        label=_("From the last vote"),
        required=False,
        empty_label=_("None of these"),
        error_messages={"invalid_choice": _("Select an issue from the list")},
    )
    title = line(_("Or in your own words"))
    title_cy = line(_("Your own words in Welsh"))
    why = prose(
        _("Why this one?"),
        length=500,
        help_text=_("Residents read it. Needed where it differs from what they voted for."),
    )
    why_cy = prose(_("The reason in Welsh"), length=500)

    def __init__(self, *args: object, options: QuerySet, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["option"].queryset = options

    def layout(self) -> list[object]:
        return [
            Field("option"),
            Fieldset(_("Not from the vote"), "title", "title_cy"),
            Field("why"),
            Field("why_cy"),
        ]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if not self.errors and bool(found.get("option")) == bool(found.get("title")):
            self.add_error("option", _("Select an issue from the vote, or enter your own words"))
        option = found.pop("option", None)
        return {"option": option, "words": found}


class WordsForm(StaffForm):
    """A form all of whose fields but a day are words."""

    def clean(self) -> dict[str, object]:
        found = super().clean()
        days = {name: found.pop(name) for name in ("due_on",) if name in found}
        return {"words": found, **days}


class ActionForm(WordsForm):
    button = _("Add this action")
    what = forms.CharField(
        label=_("What will be done?"),
        max_length=200,
        error_messages={"required": _("Enter what will be done"), "max_length": TOO_LONG},
    )
    what_cy = forms.CharField(
        label=_("What will be done, in Welsh"),
        max_length=200,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    owner = line(_("Who does it?"), missing=_("Enter who does it"))
    owner_cy = line(_("Who does it, in Welsh"))
    due_on = DayField(label=_("By when?"), missing=_("Enter by when it is done"))


class PriorityField(forms.ModelChoiceField):
    """One of a team's live priorities, under its title in the language of the page."""

    widget = PairedSelect

    def label_from_instance(self, obj: Priority) -> str:
        return PairedLabel.of(obj, "title")


class PromiseForm(ActionForm):
    """What was promised, as an action for one of ``priorities``."""

    button = _("Turn into an action")
    field_order = ("priority",)
    priority = PriorityField(
        queryset=Priority.objects.none(),
        label=_("Which priority is it for?"),
        empty_label=_("Choose a priority"),
        error_messages={
            "required": _("Choose a priority"),
            "invalid_choice": _("Choose a priority"),
        },
    )

    def __init__(self, *args: object, priorities: QuerySet, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = priorities

    def clean(self) -> dict[str, object]:
        priority = self.cleaned_data.pop("priority", None)
        return {**super().clean(), "priority": priority}


class PriorityUpdateForm(WordsForm):
    button = _("Publish")
    text = prose(
        _("What has happened?"),
        length=1000,
        missing=_("Enter what has happened"),
        help_text=_("No names, addresses or number plates of members of the public."),
    )
    text_cy = prose(_("Text in Welsh"), length=1000)


class CloseForm(WordsForm):
    button = _("Close this priority")
    outcome = prose(
        _("What came of it?"),
        length=1000,
        missing=_("Enter what came of it"),
        help_text=_("Residents read it, also where it did not work."),
    )
    outcome_cy = prose(_("What came of it, in Welsh"), length=1000)
