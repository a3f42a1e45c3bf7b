from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from teams.feeds.calendars import as_calendar
from teams.feeds.framing import ENTRIES, Entry, address_of, as_atom, neighbourhood_feed
from teams.models import Event
from teams.queries import event_told_in

# So long a calendar that somebody subscribed to keeps what is over.
KEPT = timedelta(days=90)
CALENDAR = "text/calendar; charset=utf-8"


@neighbourhood_feed
def event_feed(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    """The events that were changed last, cancelled ones too."""
    events = neighbourhood.events.with_details(on=london_date(now))
    latest = events.order_by("-changed_at", "-pk")[:ENTRIES]
    return as_atom(
        _title(neighbourhood),
        address_of("teams:event_list", neighbourhood),
        address_of("teams:event_feed", neighbourhood),
        [_entry(event, neighbourhood) for event in latest],
    )


@neighbourhood_feed
def event_calendar(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    """What is to come and what was lately, cancelled events too: a calendar has to hear of it."""
    on = london_date(now)
    events = neighbourhood.events.with_details(on=on).not_over(at=london_instant(on) - KEPT)
    content = as_calendar(_title(neighbourhood), _with_addresses(events, neighbourhood))
    return HttpResponse(content, content_type=CALENDAR)


@neighbourhood_feed
def event_file(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, pk: int
) -> HttpResponse:
    """One event, to put into a calendar by hand."""
    event = get_object_or_404(neighbourhood.events.with_details(on=london_date(now)), pk=pk)
    content = as_calendar(_title(neighbourhood), _with_addresses([event], neighbourhood))
    named = {"Content-Disposition": f'attachment; filename="event-{pk}.ics"'}
    return HttpResponse(content, content_type=CALENDAR, headers=named)


def _title(neighbourhood: Neighbourhood) -> str:
    name, _language = text_in(get_language(), neighbourhood, "name")
    return _("Meet the team of %(place)s") % {"place": name}


def _with_addresses(events, neighbourhood: Neighbourhood) -> list[tuple[Event, str]]:
    return [
        (event, address_of("priorities:event_detail", neighbourhood, pk=event.pk))
        for event in events
    ]


def _entry(event: Event, neighbourhood: Neighbourhood) -> Entry:
    told = event_told_in(get_language(), event)
    return Entry(
        title=told.title,
        text=f"{told.when}\n{told.place}\n\n{told.about}",
        address=address_of("priorities:event_detail", neighbourhood, pk=event.pk),
        published_at=event.added_at,
        changed_at=event.changed_at,
    )
