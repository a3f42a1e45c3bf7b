"""Events on the pages of residents, and in the read API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from teams.models import Event
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import EventFactory, EventMoveFactory, MemberFactory

pytestmark = pytest.mark.django_db
EVENTS = "/areas/casterwell/harkstow/events/"
API = "/api/casterwell/harkstow/events"


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


def words(response) -> str:
    return " ".join(response.content.decode().split())


def past(**fields):
    return EventFactory(starts_at=timezone.now() - timedelta(days=3), **fields)


# Residents


def test_coming_events_come_first_and_five_past_ones_follow(client, place):
    later = EventFactory(neighbourhood=place, starts_at=datetime(2057, 7, 1, 18, tzinfo=UTC))
    soon = EventFactory(neighbourhood=place, starts_at=datetime(2056, 7, 1, 18, tzinfo=UTC))
    over = [past(neighbourhood=place, title=f"Past {n}") for n in range(6)]
    EventFactory(title="Elsewhere")

    response = client.get(EVENTS)

    assert list(response.context["coming"]) == [soon, later]
    assert list(response.context["past"]) == over[:0:-1]
    assert "Saturday 1 July 2056, 19:00 to 20:00" in words(response)
    assert "Elsewhere" not in words(response)


def test_a_cancelled_event_says_why(client, place):
    EventFactory(neighbourhood=place, cancelled=True)

    page = words(client.get(EVENTS))

    assert "Cancelled" in page
    assert "The library is flooded." in page


def test_a_moved_event_says_when_it_was_to_be_and_who_comes(client, place):
    event = EventFactory(neighbourhood=place)
    event.hosts.add(MemberFactory(name="Tamsin Quillow"))
    EventMoveFactory(event=event)
    EventFactory(neighbourhood=place).hosts.add(MemberFactory(name="Zeb Oakcanary", hidden=True))

    page = words(client.get(EVENTS))

    assert 'Moved</strong> from <s> <time datetime="2056-02-24T18:30:00+00:00">' in page
    assert "Beat meeting, PC Tamsin Quillow" in page
    assert "Beat meeting, a member of the team" in page
    assert "Oakcanary" not in page


def test_without_events_the_page_says_what_to_do(client, place):
    page = words(client.get(EVENTS))

    assert "No event is planned yet." in page
    assert "Past events" not in page


def test_welsh_words_where_there_are_some_and_english_marked(client, place):
    EventFactory(neighbourhood=place, welsh=True)
    EventFactory(neighbourhood=place, title="Only English")

    page = words(client.get(f"/cy{EVENTS}"))

    assert "Cyfarfod" in page
    assert '<span lang="en">Only English</span>' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, place, rows, django_assert_num_queries):
    for _ in range(rows):
        EventFactory(neighbourhood=place)
        past(neighbourhood=place)

    with django_assert_num_queries(8):
        client.get(EVENTS)


def test_an_unchanged_page_is_not_sent_again(client, place, django_assert_num_queries):
    first = client.get(EVENTS)

    with django_assert_num_queries(1):
        second = client.get(EVENTS, headers={"If-None-Match": first["ETag"]})

    assert second.status_code == 304


def test_unknown_and_ended_neighbourhoods(client, place):
    assert client.get("/areas/casterwell/Harkstow/events/").status_code == 404
    assert client.post(EVENTS).status_code == 405
    NeighbourhoodFactory(force=place.force, code="old", ended=True, ended_on="2020-01-01")
    ended = client.get("/areas/casterwell/old/events/")
    assert ended["Location"] == "/areas/casterwell/old/"


def test_the_home_names_the_next_event_that_takes_place(client, place):
    EventFactory(neighbourhood=place, cancelled=True, title="Called off")
    EventFactory(
        neighbourhood=place,
        title="Have a say",
        starts_at="2056-07-01T18:00Z",
        ends_at="2056-07-01T19:00Z",
    )
    past(neighbourhood=place, title="Over")

    page = words(client.get("/areas/casterwell/harkstow/"))

    assert ">Have a say</a><br> <time" in page
    assert "Called off" not in page
    assert "Over," not in page


# The API


def test_api_events(client, place):
    event = EventFactory(
        neighbourhood=place,
        kind=Event.Kind.HAVE_A_SAY,
        title="Have a say",
        starts_at=datetime(2056, 7, 1, 9, tzinfo=UTC),
        ends_at=datetime(2056, 7, 1, 12, tzinfo=UTC),
        description="Lamps & <b>bikes</b>",
        access="Hearing loop",
        welsh=True,
    )
    event.hosts.set([MemberFactory(), MemberFactory(hidden=True)])
    EventMoveFactory(event=event, starts_at=datetime(2056, 6, 1, 9, tzinfo=UTC))
    EventFactory(neighbourhood=place, cancelled=True)
    past(neighbourhood=place)

    assert client.get(API).json() == [
        {
            "title": "Have a say",
            "welsh_title": "Cyfarfod",
            "type": "meeting",
            "kind": "have_a_say",
            "description": "<p>Lamps &amp; &lt;b&gt;bikes&lt;/b&gt;</p>",
            "welsh_description": "",
            "address": "Harkstow library, step-free",
            "welsh_address": "Llyfrgell Harkstow",
            "access": "Hearing loop",
            "welsh_access": "",
            "people": ["PC Tamsin Quillow"],
            "start_date": "2056-07-01T10:00:00",
            "end_date": "2056-07-01T13:00:00",
            "moved_from": "2056-06-01T10:00:00",
            "contact_details": {},
            "url": f"{settings.SITE_URL}{EVENTS}{event.pk}/",
        }
    ]


def test_api_without_events_and_without_neighbourhood(client, place):
    assert client.get(API).json() == []
    missing = client.get("/api/casterwell/nowhere/events")
    assert (missing.status_code, missing.content) == (404, b"Not Found")


@pytest.mark.parametrize("rows", [1, 3])
def test_api_query_count(client, place, rows, django_assert_num_queries):
    EventFactory.create_batch(rows, neighbourhood=place)

    with django_assert_num_queries(4):
        client.get(API)
