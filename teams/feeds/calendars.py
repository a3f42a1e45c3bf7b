"""Events as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import get_language

from neighbourhoods.clock import LONDON
from neighbourhoods.languages import HTML_LANGUAGES
from teams.models import Event
from teams.queries import EventTold, event_told_in, with_names

MAKER = "-//Neighbourhood Policing Portal//Events//EN"
ASKED_AGAIN = timedelta(hours=1)
HOUR = timedelta(hours=1)
# The last Sunday of the month, at one in the morning GMT, since 1996.
SUMMER, WINTER = datetime(1996, 3, 31, 1), datetime(1996, 10, 27, 2)  # noqa: DTZ001


def as_calendar(title: str, events: Iterable[tuple[Event, str]]) -> bytes:
    """A calendar of ``events``, each with the address of its page, in the active language."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", ASKED_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add_component(_london())
    for event, address in events:
        calendar.add_component(_component(event, address))
    return calendar.to_ical()


def _component(event: Event, address: str) -> icalendar.Event:
    told = event_told_in(get_language(), event)
    found = icalendar.Event()
    # The same in both languages and for ever: by it a calendar knows what has changed.
    found.add("uid", f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}")
    found.add("sequence", event.sequence)
    found.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    found.add("dtstart", event.starts_at.astimezone(LONDON))
    found.add("dtend", event.ends_at.astimezone(LONDON))
    for name, instant in _instants(event).items():
        found.add(name, instant.astimezone(UTC).replace(microsecond=0))
    for name, text in _words(told).items():
        found.add(name, with_names(text), parameters={"LANGUAGE": HTML_LANGUAGES[told.language]})
    found.add("categories", [event.get_kind_display()])
    found.add("url", address)
    if event.venue and event.venue.lat is not None:
        found.add("geo", (event.venue.lat, event.venue.lng))
    return found


def _instants(event: Event) -> dict[str, datetime]:
    return {
        "dtstamp": event.changed_at,
        "created": event.added_at,
        "last-modified": event.changed_at,
    }


def _words(told: EventTold) -> dict[str, str]:
    return {"summary": told.title, "location": told.place, "description": told.about}


def _london() -> icalendar.Timezone:
    """London's time by its rule; the library's own is a list of days, forty times as long."""
    zone = icalendar.Timezone()
    zone.add("tzid", LONDON.key)
    no_offset = timedelta(0)
    for part, name, begins, month, before, after in (
        (icalendar.TimezoneDaylight(), "BST", SUMMER, 3, no_offset, HOUR),
        (icalendar.TimezoneStandard(), "GMT", WINTER, 10, HOUR, no_offset),
    ):
        part.add("tzname", name)
        part.add("dtstart", begins)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone
