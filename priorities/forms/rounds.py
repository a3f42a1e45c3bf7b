"""The words of a vote: what residents are asked, and what they choose from."""

from datetime import date

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from priorities.models import Round
from priorities.models.round import FEWEST_OPTIONS
from teams.forms.fields import DayField, StaffForm

OPTIONS = 8
TOO_LONG = _("It must be 120 characters or fewer")


def line(label: str, *, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=Round._meta.get_field("title").max_length,
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


class RoundForm(StaffForm):
    """A question, the last day for an answer, and two to eight options."""

    button = _("Save and preview")
    title = line(
        _("What do you ask residents?"),
        missing=_("Enter what you ask residents"),
    )
    title_cy = line(_("The question in Welsh"))
    closes_on = DayField(
        label=_("Last day of the vote"), missing=_("Enter the last day of the vote")
    )

    def __init__(self, *args: object, on: date, **kwargs: object):
        self.on = on
        super().__init__(*args, **kwargs)

    def layout(self) -> list[object]:
        """One pair of fields for each option; made here, so that the layout knows them."""
        names = []
        for number in range(1, OPTIONS + 1):
            self.fields[f"option_{number}"] = line(_option_label(number))
            self.fields[f"option_{number}_cy"] = line(_welsh_label(number))
            names += [f"option_{number}", f"option_{number}_cy"]
        return [
            Field("title"),
            Field("title_cy"),
            Field("closes_on"),
            Fieldset(_("What can residents choose from?"), *names),
        ]

    def clean_closes_on(self) -> date:
        day = self.cleaned_data["closes_on"]
        if day < self.on:
            raise forms.ValidationError(_("The last day must be today or later"))
        return day

    def clean(self) -> dict[str, object]:
        found = super().clean()
        options = [option for option in map(self._option, range(1, OPTIONS + 1)) if any(option)]
        self._refuse(options)
        return {
            "words": {name: found.get(name, "") for name in ("title", "title_cy")},
            "options": [{"title": title, "title_cy": welsh} for title, welsh in options],
            "closes_on": found.get("closes_on"),
        }

    def _option(self, number: int) -> tuple[str, str]:
        name = f"option_{number}"
        return self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_cy", "")

    def _refuse(self, options: list[tuple[str, str]]) -> None:
        titles = [title for title, _welsh in options]
        if len(titles) < FEWEST_OPTIONS:
            self.add_error("option_1", _("Enter at least 2 issues to choose from"))
        elif not all(titles):
            self.add_error("option_1", _("Enter each issue in English as well"))
        elif len(set(titles)) < len(titles):
            self.add_error("option_1", _("Enter each issue once"))


def initial_of(round_: Round) -> dict[str, object]:
    """What the form shows of a draft."""
    initial = {"title": round_.title, "title_cy": round_.title_cy, "closes_on": round_.last_on}
    for number, option in enumerate(round_.options.all(), start=1):
        initial[f"option_{number}"] = option.title
        initial[f"option_{number}_cy"] = option.title_cy
    return initial


def _option_label(number: int) -> str:
    return _("Issue %(number)s") % {"number": number}


def _welsh_label(number: int) -> str:
    return _("Issue %(number)s in Welsh") % {"number": number}
