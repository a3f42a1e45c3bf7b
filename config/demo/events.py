"""Rows of the ``teams`` app about meeting the team: events, cancelled ones too."""

from datetime import datetime

from config.demo.offsets import instant
from config.demo.places import Places
from teams.models import Event


def load_events(told: list[dict], places: Places, *, now: datetime) -> list[Event]:
    """Write the events, past and to come."""
    return Event.objects.bulk_create(_event(row, places, now=now) for row in told)


def _event(told: dict, places: Places, *, now: datetime) -> Event:
    event = Event(
        neighbourhood=places.neighbourhoods[told["place"]],
        kind=told["kind"],
        title=told["title"],
        title_cy=told["title_cy"],
        place=told["where"],
        place_cy=told["where_cy"],
        starts_at=instant(told["starts"], now=now),
        ends_at=instant(told["ends"], now=now),
    )
    if "cancelled" in told:
        event.cancel(
            at=instant(told["cancelled"], now=now),
            reason=told["reason"],
            reason_cy=told["reason_cy"],
        )
    return event
