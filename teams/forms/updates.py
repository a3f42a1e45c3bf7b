"""The words of an update, and of taking it back."""

from copy import copy
from datetime import datetime

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from neighbourhoods.clock import LONDON, london_date, london_instant
from teams.forms.fields import (
    ClockField,
    DayField,
    ProseField,
    ReasonForm,
    StaffForm,
    reason_field,
)
from teams.models import PatrolUpdate
from teams.models.patrol_update import LONGEST_APPEAL

TOO_LONG = _("The text must be 1,000 characters or fewer")
BEFORE_THE_TEXT = ("told", "area")


def part_field(label: str, missing: str) -> ProseField:
    return ProseField(
        rows=4,
        label=label,
        max_length=1000,
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


def area_field(**kwargs: object) -> forms.CharField:
    too_long = _("The area must be 120 characters or fewer")
    missing = _("Enter the area of the patrol")
    errors = {"required": missing, "max_length": too_long}
    return forms.CharField(max_length=120, error_messages=errors, **kwargs)


LAST_DAY = DayField(label=_("Last day that residents see it"), missing=_("Enter the last day"))
# What an update of a kind has beside its title and text.
PARTS: dict[str, dict[str, forms.Field]] = {
    PatrolUpdate.Kind.RESULT: {
        "told": part_field(_("What did residents tell you?"), _("Enter what you were told")),
        "outcome": part_field(_("What came of it?"), _("Enter what came of it")),
        "advice": part_field(_("What do you advise?"), _("Enter what you advise")),
    },
    PatrolUpdate.Kind.PLANNED: {
        "area": area_field(
            label=_("In which area?"),
            help_text=_("An estate or a park. Never the way that you take."),
        ),
        "planned_on": DayField(label=_("Which day?"), missing=_("Enter the day of the patrol")),
        "half_day": forms.ChoiceField(
            label=_("Which half of the day?"),
            choices=PatrolUpdate.HalfDay.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose the half of the day")},
        ),
    },
    PatrolUpdate.Kind.APPEAL: {"ends_on": LAST_DAY},
    PatrolUpdate.Kind.EMERGENCY: {"ends_on": LAST_DAY},
}
IN_WELSH = {
    "told": _("What residents told you, in Welsh"),
    "outcome": _("What came of it, in Welsh"),
    "advice": _("What you advise, in Welsh"),
    "area": _("The area in Welsh"),
}


def _is_words(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField)


def _paired(parts: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """The fields of a kind, those of words a second time for Welsh."""
    paired = dict(parts)
    for name in filter(lambda name: _is_words(parts[name]), parts):
        paired[f"{name}_cy"] = copy(parts[name])
        paired[f"{name}_cy"].label = IN_WELSH[name]
        paired[f"{name}_cy"].required = False
        paired[f"{name}_cy"].help_text = ""
    return paired


class UpdateForm(StaffForm):
    """The words of an update of one kind. In Welsh all of them, or none."""

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

    publish_on = DayField(
        label=_("Publish later, on"),
        missing="",
        required=False,
        help_text=_("Leave this empty to publish at once. For example, 27 11 2026"),
    )
    publish_from = ClockField(label=_("At"), missing="", required=False)

    def __init__(
        self, *args: object, kind: str = PatrolUpdate.Kind.PATROL, now: datetime, **kwargs: object
    ):
        self.kind, self.now = PatrolUpdate.Kind(kind), now
        self.parts = PARTS.get(self.kind, {})
        self.base_fields = {**self.base_fields, **_paired(self.parts)}
        super().__init__(*args, **kwargs)

    def layout(self) -> list[object]:
        days = [Field(name) for name in self.parts if not _is_words(self.parts[name])]
        words = [name for name in self.parts if _is_words(self.parts[name])]
        return [
            Field("title"),
            *(Field(name) for name in words if name in BEFORE_THE_TEXT),
            Field("text", data_module="character-count"),
            *(Field(name) for name in words if name not in BEFORE_THE_TEXT),
            *days,
            Fieldset(
                _("In Welsh"),
                "title_cy",
                *(f"{name}_cy" for name in words if name in BEFORE_THE_TEXT),
                Field("text_cy", data_module="character-count"),
                *(f"{name}_cy" for name in words if name not in BEFORE_THE_TEXT),
            ),
            Fieldset(_("When"), "publish_on", "publish_from"),
        ]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if found.get("title_cy") and not found.get("text_cy"):
            self.add_error("text_cy", _("Enter the text in Welsh, or leave out the Welsh title"))
        if found.get("text_cy") and not found.get("title_cy"):
            self.add_error("title_cy", _("Enter the title in Welsh, or leave out the Welsh text"))
        self._check_parts_in_welsh(found)
        self._check_days(found)
        return found

    def _check_parts_in_welsh(self, found: dict[str, object]) -> None:
        for name in filter(lambda name: f"{name}_cy" in self.fields, self.parts):
            if found.get("title_cy") and not found.get(f"{name}_cy"):
                self.add_error(f"{name}_cy", _("Enter this in Welsh too, or leave out all Welsh"))
            if found.get(f"{name}_cy") and not (found.get("title_cy") or "title_cy" in self.errors):
                self.add_error("title_cy", _("Enter the title in Welsh, or leave out all Welsh"))

    def _check_days(self, found: dict[str, object]) -> None:
        on, at = found.get("publish_on"), found.get("publish_from")
        if on and not at and "publish_from" not in self.errors:
            self.add_error("publish_from", _("Enter the time to publish it at"))
        elif on and at and london_instant(on, at) <= self.now:
            self.add_error("publish_on", _("Enter a time that is still to come"))
        begins = on or london_date(self.now)
        ends = found.get("ends_on")
        if ends and not begins <= ends < begins + LONGEST_APPEAL:
            self.add_error("ends_on", _("The last day must be within 14 days of publishing"))
        if found.get("planned_on") and found["planned_on"] < begins:
            self.add_error("planned_on", _("The day of the patrol must not be over"))

    def words(self) -> dict[str, object]:
        """What the services take: the kind, the words and days that belong to it."""
        found = dict(self.cleaned_data)
        on, at = found.pop("publish_on"), found.pop("publish_from")
        publish_at = london_instant(on, at) if on else None
        return {**found, "kind": self.kind, "publish_at": publish_at}


def typed_words(update: PatrolUpdate) -> dict[str, object]:
    """The update as the fields of a form show it."""
    names = [*UpdateForm.base_fields, *_paired(PARTS.get(update.kind, {}))]
    words = {name: getattr(update, name) for name in names if not name.startswith("publish_")}
    if update.publish_at:
        at = update.publish_at.astimezone(LONDON)
        words |= {"publish_on": at.date(), "publish_from": at.time()}
    return words


class WithdrawForm(ReasonForm):
    button = _("Withdraw this update")
    reason = reason_field(
        label=_("Why are you withdrawing it?"),
        help_text=_("Residents see this reason in place of the update."),
        missing=_("Enter why you are withdrawing it"),
    )
