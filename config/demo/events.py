"""Rows of the ``teams`` app about meeting the team: events, moved and cancelled ones too."""

from datetime import datetime

from config.demo.offsets import instant
from config.demo.people import People
from config.demo.places import Places
from teams.models import Event, Promise
from teams.queries import refer_in

WORDS = ("title", "description", "access")
PAIRED = (*WORDS, *(f"{field}_cy" for field in WORDS))


def load_events(told: list[dict], places: Places, people: People, *, now: datetime) -> list[Event]:
    """Write the events, past and to come, with what became of them."""
    return [_load(row, places, people, now=now) for row in told]


def _load(told: dict, places: Places, people: People, *, now: datetime) -> Event:
    added_at, place = instant(told["added"], now=now), places.neighbourhoods[told["place"]]
    words = {field: told[field] for field in PAIRED if field in told}
    event = Event(
        neighbourhood=place,
        kind=told["kind"],
        added_at=added_at,
        changed_at=added_at,
        **_times_and_place(told, places, now=now),
        **refer_in(words, place),
    )
    if "cancelled" in told:
        reasons = {name: told[name] for name in ("reason", "reason_cy")}
        event.cancel(at=instant(told["cancelled"], now=now), **refer_in(reasons, place))
    event.save()
    event.hosts.set(people.members[reference] for reference in told.get("hosts", ()))
    _move(event, told.get("moved"), places, now=now)
    _note(event, told.get("noted"), now=now)
    return event


def _times_and_place(told: dict, places: Places, *, now: datetime) -> dict[str, object]:
    venue = told.get("venue")
    return {
        "venue": places.force.places.get(name=venue) if venue else None,
        "place": told["where"],
        "place_cy": told["where_cy"],
        "starts_at": instant(told["starts"], now=now),
        "ends_at": instant(told["ends"], now=now),
    }


def _move(event: Event, told: dict | None, places: Places, *, now: datetime) -> None:
    if told:
        at = instant(told["at"], now=now)
        event.move(_times_and_place(told, places, now=now), at=at).save()
        event.save()


def _note(event: Event, told: dict | None, *, now: datetime) -> None:
    if told:
        fields = {name: told[name] for name in ("notes", "notes_cy", "attended")}
        event.note(refer_in(fields, event.neighbourhood), at=instant(told["at"], now=now))
        event.save()
        Promise.objects.bulk_create(Promise(event=event, **row) for row in told["promises"])
