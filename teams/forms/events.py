"""What residents are told of an event: words, place, day and times, and what was said there."""

from datetime import datetime
from functools import partial

from crispy_forms.layout import Field, Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from neighbourhoods.clock import LONDON, london_instant
from neighbourhoods.models import Neighbourhood, Place
from teams.forms.fields import (
    ClockField,
    DayField,
    PlaceField,
    ProseField,
    ReasonForm,
    StaffForm,
    line_field,
    reason_field,
)
from teams.models import Event, Promise, User

words_field = partial(line_field, Event)
WORDS = (
    "kind",
    "title",
    "description",
    "access",
    "title_cy",
    "description_cy",
    "access_cy",
)


def prose_field(name: str, too_long: str, *, rows: int = 4, **kwargs: object) -> ProseField:
    """Several lines, as many characters as the column takes."""
    missing = {"required": kwargs.pop("missing")} if "missing" in kwargs else {}
    return ProseField(
        rows=rows,
        required=bool(missing),
        max_length=Event._meta.get_field(name).max_length,
        error_messages={"max_length": too_long, **missing},
        **kwargs,
    )


class EventWordsForm(StaffForm):
    """The words of an event. ``event_fields()`` returns what the services take.

    Whoever fills it in is asked about their own name; an account without a member is not.
    """

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
    description = prose_field(
        "description",
        _("The text must be 2,000 characters or fewer"),
        label=_("What is it about?"),
        help_text=_("Residents see this. Leave it empty if the title says it all."),
    )
    access = words_field(
        "access",
        _("This must be 300 characters or fewer"),
        label=_("Who can get in, and what helps"),
        help_text=_("Step-free, hearing loop, interpreters, parking, toilets."),
    )
    with_name = forms.BooleanField(
        label=_("Tell residents that I will be there, by name"),
        required=False,
        help_text=_(
            "Otherwise they read: a member of the team. Nobody else can tick this for you."
        ),
    )
    title_cy = words_field(
        "title_cy", _("The title must be 120 characters or fewer"), label=_("Title in Welsh")
    )
    description_cy = prose_field(
        "description_cy",
        _("The text must be 2,000 characters or fewer"),
        label=_("What it is about, in Welsh"),
    )
    access_cy = words_field(
        "access_cy",
        _("This must be 300 characters or fewer"),
        label=_("Who can get in, and what helps, in Welsh"),
    )

    def __init__(self, *args: object, by: User, **kwargs: object):
        self.asks_for_name = hasattr(by, "member")
        super().__init__(*args, **kwargs)
        if not self.asks_for_name:
            del self.fields["with_name"]

    def layout(self) -> list[object]:
        ours = [*WORDS[:4], *(["with_name"] if self.asks_for_name else [])]
        welsh = [name for name in self.fields if name.endswith("_cy")]
        return [*(Field(name) for name in ours), Fieldset(_("In Welsh"), *welsh)]

    def event_fields(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in WORDS}

    def with_my_name(self) -> bool:
        return self.cleaned_data.get("with_name", False)


def typed_words(event: Event, by: User) -> dict[str, object]:
    """The words of the event as ``EventWordsForm`` shows them to ``by``."""
    named = event.hosts.filter(user=by).exists()
    return {name: getattr(event, name) for name in WORDS} | {"with_name": named}


class EventTimesForm(StaffForm):
    """Where and when. ``times_fields()`` returns what the services take."""

    button = _("Move this event")
    venue = PlaceField(
        queryset=Place.objects.none(),
        label=_("Is it in one of these places?"),
        required=False,
        empty_label=_("Somewhere else"),
        error_messages={"invalid_choice": _("Select a place from the list")},
    )
    place = words_field(
        "place",
        _("The place must be 200 characters or fewer"),
        label=_("Where is it, if it is somewhere else?"),
        help_text=_("The building and street."),
    )
    place_cy = words_field(
        "place_cy", _("The place must be 200 characters or fewer"), label=_("Place in Welsh")
    )
    day = DayField(label=_("Which day?"), missing=_("Enter the day of the event"))
    begins = ClockField(
        label=_("Begins at"),
        help_text=_("For example, 6:30pm or 18:30"),
        missing=_("Enter when it begins"),
    )
    ends = ClockField(label=_("Ends at"), missing=_("Enter when it ends"))

    def __init__(
        self, *args: object, neighbourhood: Neighbourhood, now: datetime, **kwargs: object
    ):
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["venue"].queryset = Place.objects.serving(neighbourhood)

    def layout(self) -> list[object]:
        ours = [Field(name) for name in ("day", "begins", "ends", "venue", "place")]
        return [*ours, Fieldset(_("In Welsh"), "place_cy")]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        if {"day", "begins", "ends"} <= found.keys():
            self._check_times(found)
        if {"venue", "place"} <= found.keys() and not found["venue"] and not found["place"]:
            self.add_error("place", _("Enter where it is"))
        return found

    def _check_times(self, found: dict[str, object]) -> None:
        starts, ends = (london_instant(found["day"], found[name]) for name in ("begins", "ends"))
        if ends <= starts:
            self.add_error("ends", _("The end must be after the beginning"))
        elif starts <= self.now:
            self.add_error("day", _("The event must be in the future"))

    def times_fields(self) -> dict[str, object]:
        found = self.cleaned_data
        return _where(found) | {
            "starts_at": london_instant(found["day"], found["begins"]),
            "ends_at": london_instant(found["day"], found["ends"]),
        }


def _where(found: dict[str, object]) -> dict[str, object]:
    """The place in words. Those about a venue are its own: residents were told them."""
    venue: Place | None = found["venue"]
    if venue is None:
        return {"venue": None, "place": found["place"], "place_cy": found["place_cy"]}
    address = ", ".join(filter(None, (venue.address, venue.postcode)))
    longest = Event._meta.get_field("place").max_length
    return {
        "venue": venue,
        "place": f"{venue.name}, {address}"[:longest],
        "place_cy": f"{venue.name_cy}, {address}"[:longest] if venue.name_cy else "",
    }


def typed_times(event: Event) -> dict[str, object]:
    """Where and when the event is, as ``EventTimesForm`` shows it."""
    starts, ends = event.starts_at.astimezone(LONDON), event.ends_at.astimezone(LONDON)
    times = {"day": starts.date(), "begins": starts.time(), "ends": ends.time()}
    if event.venue_id:
        return times | {"venue": event.venue_id}
    return times | {"place": event.place, "place_cy": event.place_cy}


class EventForm(EventWordsForm, EventTimesForm):
    """A whole event, on one day."""

    button = _("Save event")

    def layout(self) -> list[object]:
        words, times = EventWordsForm.layout(self), EventTimesForm.layout(self)
        return [*words[:2], *times[:-1], *words[2:]]

    def event_fields(self) -> dict[str, object]:
        return super().event_fields() | self.times_fields()


class CancelForm(ReasonForm):
    button = _("Cancel this event")
    reason = reason_field(
        label=_("Why is it cancelled?"),
        help_text=_("Residents see this reason, and followers are told."),
        missing=_("Enter why it is cancelled"),
    )


class LinesField(ProseField):
    """One line for each thing; the lines that say something, each once, in their order."""

    def clean(self, value: object) -> list[str]:
        lines = (line.strip() for line in super().clean(value).split("\n"))
        return list(dict.fromkeys(filter(None, lines)))


class NotesForm(StaffForm):
    """What was said and promised. ``notes()`` and ``promises()`` return what the services take."""

    button = _("Publish these notes")
    notes = prose_field(
        "notes",
        _("The notes must be 3,000 characters or fewer"),
        rows=8,
        label=_("What was said?"),
        help_text=_("What residents told you and what you answered. No names of residents."),
        missing=_("Enter what was said"),
    )
    attended = forms.IntegerField(
        label=_("How many residents came?"),
        required=False,
        min_value=0,
        max_value=9_999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Leave this empty if nobody counted."),
        error_messages={
            "invalid": _("Enter how many came as a number, like 22"),
            "min_value": _("Enter how many came as a number, like 22"),
            "max_value": _("Enter how many came as a number, like 22"),
        },
    )
    promised = LinesField(
        rows=5,
        label=_("What did you promise?"),
        required=False,
        help_text=_("One promise on each line. Each can be turned into an action."),
    )
    notes_cy = prose_field(
        "notes_cy",
        _("The notes must be 3,000 characters or fewer"),
        rows=8,
        label=_("What was said, in Welsh"),
    )
    promised_cy = LinesField(
        rows=5,
        label=_("What you promised, in Welsh"),
        required=False,
        help_text=_("The same lines in the same order, or none."),
    )

    def layout(self) -> list[object]:
        ours = [
            Field("notes", data_module="character-count"),
            Field("attended"),
            Field("promised"),
        ]
        welsh = (Field("notes_cy", data_module="character-count"), "promised_cy")
        return [*ours, Fieldset(_("In Welsh"), *welsh)]

    def clean(self) -> dict[str, object]:
        found = super().clean()
        longest = Promise._meta.get_field("what").max_length
        for name in ("promised", "promised_cy"):
            if any(len(line) > longest for line in found.get(name, ())):
                self.add_error(name, _("Each promise must be 200 characters or fewer"))
        if {"promised", "promised_cy"} <= found.keys() and found["promised_cy"]:
            self._check_as_many(found)
        return found

    def _check_as_many(self, found: dict[str, object]) -> None:
        if len(found["promised"]) != len(found["promised_cy"]):
            self.add_error("promised_cy", _("Enter as many lines in Welsh as in English, or none"))

    def notes_fields(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in ("notes", "notes_cy", "attended")}

    def promises(self) -> list[dict[str, str]]:
        found = self.cleaned_data
        welsh = found["promised_cy"] or [""] * len(found["promised"])
        pairs = zip(found["promised"], welsh, strict=True)
        return [{"what": what, "what_cy": what_cy} for what, what_cy in pairs]


def typed_notes(event: Event) -> dict[str, object]:
    """What was told of the event, as ``NotesForm`` shows it."""
    promises = list(event.promises.all())
    lines = {
        "promised": "\n".join(promise.what for promise in promises),
        "promised_cy": "\n".join(promise.what_cy for promise in promises),
    }
    return {name: getattr(event, name) for name in ("notes", "notes_cy", "attended")} | lines
