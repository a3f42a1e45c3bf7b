"""An officer asks residents to a meeting, moves it, and calls it off; calendars hear of it all."""

from datetime import timedelta

import icalendar
import pytest
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import Announcement
from teams.models import Event
from tests.journeys.staff import Taps, give_way_in, sign_in

pytestmark = pytest.mark.journey
HARKSTOW = "/areas/casterwell/harkstow/"
TITLE = "Lamps by the garages"


def in_calendar(visitor, event: Event) -> dict[str, object]:
    """The event in the calendar of its neighbourhood, as a program fetches it."""
    path = f"{visitor.site}{visitor.way.prefix}{HARKSTOW}events/calendar.ics"
    calendar = icalendar.Calendar.from_ical(visitor.page.request.get(path).body())
    (found,) = [e for e in calendar.events if e["url"].endswith(f"/events/{event.pk}/")]
    return {"start": found.start, "sequence": found["sequence"], "status": found["status"]}


def link(visitor, english: str):
    """What can be done with the event, on the page of its neighbourhood."""
    links = visitor.page.get_by_role("link").filter(has_text=visitor.text(english))
    return links.filter(has_text=TITLE)


def fill_times(visitor, *, days: int) -> None:
    day = london_date(timezone.now()) + timedelta(days=days)
    visitor.fill("Which day?", f"{day:%d %m %Y}")
    visitor.fill("Begins at", "6:30pm")
    visitor.fill("Ends at", "8pm")


def add_event(visitor, count: Taps) -> None:
    """From the staff home: taps count, typing does not."""
    count.follow(visitor.place("Harkstow Estate"))
    count.press("Add an event")
    visitor.page.get_by_label(visitor.text("Beat meeting"), exact=True).check()
    visitor.fill("Title", TITLE)
    fill_times(visitor, days=20)
    visitor.fill("Where is it, if it is somewhere else?", "Seafarers’ Hall")
    visitor.page.get_by_label(visitor.text("Tell residents that I will be there, by name")).check()
    count.taps += 2
    count.press("Save event")


def test_an_event_is_written_moved_and_cancelled_and_calendars_hear_of_it(visitor):
    user = give_way_in("dee.ferncastle")
    sign_in(visitor, user)
    count = Taps(visitor)

    add_event(visitor, count)
    event = Event.objects.get(title=TITLE)
    assert count.taps == 5
    first = in_calendar(visitor, event)
    assert (first["sequence"], first["status"]) == (0, "CONFIRMED")
    visitor.go(f"{HARKSTOW}events/{event.pk}/")
    assert visitor.sees(user.member.name)

    visitor.go("/staff/areas/casterwell/harkstow/")
    count = Taps(visitor)
    count.tap(link(visitor, "Move it"))
    fill_times(visitor, days=27)
    count.press("Move this event")
    assert count.taps == 2
    moved = in_calendar(visitor, event)
    assert moved == first | {"start": first["start"] + timedelta(days=7), "sequence": 1}
    visitor.go(f"{HARKSTOW}events/")
    assert visitor.main().locator("s").count() == 1

    visitor.go("/staff/areas/casterwell/harkstow/")
    link(visitor, "Cancel it").click()
    visitor.fill("Why is it cancelled?", "The hall is flooded.")
    visitor.press("Cancel this event")
    assert in_calendar(visitor, event) == moved | {"sequence": 2, "status": "CANCELLED"}
    visitor.go(f"{HARKSTOW}events/{event.pk}/")
    assert visitor.sees("The hall is flooded.")
    told = Announcement.objects.filter(neighbourhood=event.neighbourhood, topic="events")
    assert list(told.order_by("pk").values_list("kind", flat=True)) == [
        "teams.event_added",
        "teams.event_moved",
        "teams.event_cancelled",
    ]
