"""What residents are told of an event: kind, words, place, day and times."""

from datetime import datetime

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from neighbourhoods.clock import LONDON, london_instant
from teams.forms.fields import ClockField, DayField, ReasonForm, StaffForm, reason_field
from teams.models import Event

WORDS = ("kind", "title", "title_cy", "place", "place_cy")


def words_field(name: str, too_long: str, **kwargs: object) -> forms.CharField:
    """One line of an event, as long as its column."""
    missing = {"required": kwargs.pop("missing")} if "missing" in kwargs else {}
    return forms.CharField(
        max_length=Event._meta.get_field(name).max_length,
        error_messages={"max_length": too_long, **missing},
        required=bool(missing),
        **kwargs,
    )


class EventForm(StaffForm):
    """An event on one day. ``event_fields()`` returns what the services take."""

    button = _("Save event")
    kind = forms.ChoiceField(
        label=_("What kind of event is it?"),
        choices=Event.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of event")},
    )
    title = words_field(
        "title",
        _("The title must be 120 characters or fewer"),
        label=_("Title"),
        missing=_("Enter a title"),
    )
    place = words_field(
        "place",
        _("The place must be 200 characters or fewer"),
        label=_("Where is it?"),
        help_text=_("The building and street, and whether there are steps."),
        missing=_("Enter where it is"),
    )
    day = DayField(label=_("Which day?"), missing=_("Enter the day of the event"))
    begins = ClockField(
        label=_("Begins at"),
        help_text=_("For example, 6:30pm or 18:30"),
        missing=_("Enter when it begins"),
    )
    ends = ClockField(label=_("Ends at"), missing=_("Enter when it ends"))
    title_cy = words_field(
        "title_cy", _("The title must be 120 characters or fewer"), label=_("Title in Welsh")
    )
    place_cy = words_field(
        "place_cy", _("The place must be 200 characters or fewer"), label=_("Place in Welsh")
    )

    def __init__(self, *args: object, now: datetime, event: Event | None = None, **kwargs: object):
        super().__init__(*args, initial=_as_typed(event) if event else None, **kwargs)
        self.now = now

    def layout(self) -> list[object]:
        ours = [Field(name) for name in ("kind", "title", "place", "day", "begins", "ends")]
        return [*ours, Fieldset(_("In Welsh"), "title_cy", "place_cy")]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if {"day", "begins", "ends"} <= found.keys():
            self._check_times(found)
        return found

    def _check_times(self, found: dict[str, object]) -> None:
        starts, ends = (london_instant(found["day"], found[name]) for name in ("begins", "ends"))
        if ends <= starts:
            self.add_error("ends", _("The end must be after the beginning"))
        elif starts <= self.now:
            self.add_error("day", _("The event must be in the future"))

    def event_fields(self) -> dict[str, object]:
        found = self.cleaned_data
        return {name: found[name] for name in WORDS} | {
            "starts_at": london_instant(found["day"], found["begins"]),
            "ends_at": london_instant(found["day"], found["ends"]),
        }


def _as_typed(event: Event) -> dict[str, object]:
    starts, ends = event.starts_at.astimezone(LONDON), event.ends_at.astimezone(LONDON)
    times = {"day": starts.date(), "begins": starts.time(), "ends": ends.time()}
    return {name: getattr(event, name) for name in WORDS} | times


class CancelForm(ReasonForm):
    button = _("Cancel this event")
    reason = reason_field(
        label=_("Why is it cancelled?"),
        help_text=_("Residents see this reason, and followers are told."),
        missing=_("Enter why it is cancelled"),
    )
