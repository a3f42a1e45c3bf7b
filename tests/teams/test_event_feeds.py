"""The feed and the calendars of events, as programs read them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import icalendar
import pytest
from django.conf import settings
from django.utils import timezone

from neighbourhoods.clock import LONDON, london_date
from teams.services.events import cancel_event, move_event
from teams.services.safety import hide_member
from tests.factories.neighbourhoods import NeighbourhoodFactory, PlaceFactory
from tests.factories.teams import EventFactory, MemberFactory, UserFactory
from tests.teams.test_events import TIMES

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
EVENTS = "/areas/casterwell/harkstow/events/"
FEED, CALENDAR = f"{EVENTS}feed.atom", f"{EVENTS}calendar.ics"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SUMMER = datetime(2056, 7, 1, 17, 30, tzinfo=UTC)
MONTHS = [
    datetime(year, month, 1, tzinfo=UTC) for year in range(1997, 2060) for month in range(1, 13)
]


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


@pytest.fixture
def event(place):
    return EventFactory(
        neighbourhood=place,
        title="Meeting; lamps, bikes",
        title_cy="Cyfarfod",
        description="Come & ask.",
        starts_at=SUMMER,
        added_at=AT,
        changed_at=AT,
        venue=PlaceFactory(force=place.force, lat=52.1, lng=-1.2, access="Ring the bell."),
    )


def read(response) -> icalendar.Calendar:
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(response.content)


def uid_of(event) -> str:
    return f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}"


def address(event) -> str:
    return f"{EVENTS}{event.pk}/event.ics"


def said(event) -> dict[str, object]:
    names = ("uid", "sequence", "status", "summary", "location", "description", "url")
    return {name: event[name] for name in names}


def test_an_event_in_a_calendar(client, event):
    (found,) = read(client.get(CALENDAR)).events

    assert said(found) == {
        "uid": uid_of(event),
        "sequence": 0,
        "status": "CONFIRMED",
        "summary": "Meeting; lamps, bikes",
        "location": "Harkstow library, step-free",
        "description": "Come & ask.\n\nFrom the team: a member of the team\n\nRing the bell.",
        "url": f"{settings.SITE_URL}{EVENTS}{event.pk}/",
    }
    assert (found.start, found.end) == (SUMMER, SUMMER + timedelta(hours=1))
    assert found["dtstart"].params["TZID"] == "Europe/London"
    assert [found[name].dt for name in ("dtstamp", "created", "last-modified")] == [AT] * 3
    assert found["geo"].to_ical() == "52.1;-1.2"
    assert [str(category) for category in found["categories"].cats] == ["Beat meeting"]


def test_the_calendar_is_named_and_has_london_s_time(client, event):
    calendar = read(client.get(CALENDAR))

    assert calendar["x-wr-calname"] == "Meet the team of Harkstow Estate"
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert calendar.get_missing_tzids() == set()
    (zone,) = calendar.timezones
    ours = zone.to_tz(lookup_tzid=False)
    # Naive on London's clocks, at noon: what the file says of each month is what London says.
    for month in MONTHS:
        noon = month.replace(tzinfo=None, hour=12)
        assert ours.utcoffset(noon) == LONDON.utcoffset(noon), month


def test_the_clocks_change_at_the_hour_that_london_s_do(client, event):
    (zone,) = read(client.get(CALENDAR)).timezones

    begins = {
        part["tzname"]: (part["dtstart"].dt, part["rrule"].to_ical().decode())
        for part in zone.subcomponents
    }
    assert begins == {
        "BST": (datetime(1996, 3, 31, 1), "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),  # noqa: DTZ001
        "GMT": (datetime(1996, 10, 27, 2), "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),  # noqa: DTZ001
    }


def test_in_welsh_it_is_the_same_event_in_welsh(client, event):
    (english,), (welsh,) = (
        read(client.get(f"{language}{CALENDAR}")).events for language in ("", "/cy")
    )

    assert (english["uid"], english["sequence"]) == (welsh["uid"], welsh["sequence"])
    assert (welsh["summary"], welsh["summary"].params["LANGUAGE"]) == ("Cyfarfod", "cy")
    assert english["summary"].params["LANGUAGE"] == "en"
    assert welsh["url"] == f"{settings.SITE_URL}/cy{EVENTS}{event.pk}/"


def test_a_calendar_hears_of_a_move_and_that_it_is_cancelled(client, event):
    by, uid = UserFactory(), uid_of(event)
    fields = TIMES | {"starts_at": SUMMER + timedelta(days=7), "ends_at": SUMMER + timedelta(8)}

    move_event(event=event, fields=fields, by=by, now=AT + timedelta(days=1))
    (moved,) = read(client.get(CALENDAR)).events
    cancel_event(event=event, reason="Flood.", reason_cy="", by=by, now=AT + timedelta(days=2))
    (cancelled,) = read(client.get(CALENDAR)).events

    assert [(e["uid"], e["sequence"], e["status"]) for e in (moved, cancelled)] == [
        (uid, 1, "CONFIRMED"),
        (uid, 2, "CANCELLED"),
    ]
    assert (moved.start, moved["location"]) == (SUMMER + timedelta(days=7), "Harkstow library")
    assert moved["description"].startswith(
        "Moved from Saturday 1 July 2056, 18:30 to 19:30, Harkstow library, step-free"
    )
    assert moved["last-modified"].dt == AT + timedelta(days=1)
    assert cancelled["summary"] == "Cancelled: Meeting; lamps, bikes"
    assert cancelled["description"].startswith("Flood.\n\nMoved from")
    assert "geo" not in cancelled


def test_a_calendar_keeps_what_is_over_for_ninety_days(client, place):
    now = timezone.now()
    kept = EventFactory(neighbourhood=place, starts_at=now - timedelta(days=89))
    EventFactory(neighbourhood=place, starts_at=now - timedelta(days=92))
    EventFactory()

    (found,) = read(client.get(CALENDAR)).events

    assert found["url"].endswith(f"/{kept.pk}/")


def test_one_event_is_a_file_to_keep(client, event):
    EventFactory(neighbourhood=event.neighbourhood)

    response = client.get(address(event))

    assert [said(found) for found in read(response).events] == [
        said(found)
        for found in read(client.get(CALENDAR)).events
        if found["url"].endswith(f"/{event.pk}/")
    ]
    assert response["Content-Disposition"] == f'attachment; filename="event-{event.pk}.ics"'


def test_an_event_is_found_in_its_own_neighbourhood_only(client, event):
    elsewhere = EventFactory()

    assert client.get(address(elsewhere)).status_code == 404


def test_the_feed_has_the_events_that_were_changed_last_first(client, event):
    EventFactory(
        neighbourhood=event.neighbourhood,
        cancelled=True,
        title="<b>",
        added_at=AT,
        changed_at=AT + timedelta(days=1),
    )

    response = client.get(FEED)

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)  # noqa: S314
    entries = [
        tuple(entry.find(f"{ATOM}{name}").text for name in ("title", "updated", "published"))
        for entry in root.iter(f"{ATOM}entry")
    ]
    assert entries == [
        ("Cancelled: <b>", "2026-03-02T09:00:00+00:00", "2026-03-01T09:00:00+00:00"),
        ("Meeting; lamps, bikes", "2026-03-01T09:00:00+00:00", "2026-03-01T09:00:00+00:00"),
    ]
    first, second = [entry.find(f"{ATOM}summary").text for entry in root.iter(f"{ATOM}entry")]
    assert "The library is flooded." in first
    assert second.startswith(
        "<p>Saturday 1 July 2056, 18:30 to 19:30<br>Harkstow library, step-free</p>"
    )
    assert "Come &amp; ask." in second


def test_whoever_is_hidden_is_in_neither(client, event, settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path)
    member = MemberFactory(force=event.neighbourhood.force)
    event.hosts.add(member)
    event.description = f"Ask [[member:{member.pk}]]."
    event.save()
    urls = (FEED, CALENDAR, address(event))
    before = [unfolded(client, url) for url in urls]
    assert all(text.count("Tamsin Quillow") == 2 for text in before)

    hide_member(member=member, by=UserFactory(), now=timezone.now())
    after = [unfolded(client, url) for url in urls]

    assert all("Quillow" not in text for text in after)
    assert all("Ask a member of the team." in text for text in after)


def unfolded(client, url) -> str:
    return client.get(url).content.decode().replace("\r\n ", "")


@pytest.mark.parametrize("url", [FEED, CALENDAR])
@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_for_one_as_for_three(
    client, place, url, rows, django_assert_num_queries
):
    EventFactory.create_batch(rows, neighbourhood=place)

    with django_assert_num_queries(4):
        client.get(url)


@pytest.mark.parametrize("make", [lambda _event: FEED, lambda _event: CALENDAR, address])
def test_a_reader_who_holds_it_is_told_so(client, event, make, django_assert_num_queries):
    held = client.get(make(event))
    assert held["Cache-Control"] == "no-cache"

    with django_assert_num_queries(1):
        again = client.get(make(event), headers={"If-None-Match": held["ETag"]})

    assert again.status_code == 304


def test_there_is_none_of_what_has_ended(client):
    NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", ended_on=london_date(timezone.now())
    )

    assert [client.get(url).status_code for url in (FEED, CALENDAR)] == [404, 404]
    assert client.post(CALENDAR).status_code == 405
