"""Events on the pages of residents and staff, and in the read API."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import Announcement
from teams.forms.events import EventForm
from teams.models import AuditEvent, Event
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import EventFactory
from tests.teams.acting import ADMINISTRATOR, OFFICER, SERGEANT, acting, errors_of

pytestmark = pytest.mark.django_db
EVENTS = "/areas/casterwell/harkstow/events/"
API = "/api/casterwell/harkstow/events"
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
VIEWS = ["event_add", "event_change", "event_cancel"]
TYPED = {
    "kind": "SURGERY",
    "title": "Surgery",
    "place": "Harkstow library",
    "day": "5 7 2056",
    "begins": "6:30pm",
    "ends": "20:00",
    "title_cy": "",
    "place_cy": "",
}


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


def words(response) -> str:
    return " ".join(response.content.decode().split())


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def address(name, event):
    more = {} if name == "event_add" else {"pk": event.pk}
    return url(name, event.neighbourhood, **more)


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

    with django_assert_num_queries(4):
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

    assert "<strong>Have a say</strong><br> <time" in page
    assert "Called off" not in page
    assert "Over," not in page


# The API


def test_api_events(client, place):
    EventFactory(
        neighbourhood=place,
        kind=Event.Kind.HAVE_A_SAY,
        title="Have a say",
        starts_at=datetime(2056, 7, 1, 9, tzinfo=UTC),
        ends_at=datetime(2056, 7, 1, 12, tzinfo=UTC),
        welsh=True,
    )
    EventFactory(neighbourhood=place, cancelled=True)
    past(neighbourhood=place)

    assert client.get(API).json() == [
        {
            "title": "Have a say",
            "welsh_title": "Cyfarfod",
            "type": "meeting",
            "kind": "have_a_say",
            "description": "",
            "address": "Harkstow library, step-free",
            "welsh_address": "Llyfrgell Harkstow",
            "start_date": "2056-07-01T10:00:00",
            "end_date": "2056-07-01T13:00:00",
            "contact_details": {},
        }
    ]


def test_api_without_events_and_without_neighbourhood(client, place):
    assert client.get(API).json() == []
    missing = client.get("/api/casterwell/nowhere/events")
    assert (missing.status_code, missing.content) == (404, b"Not Found")


@pytest.mark.parametrize("rows", [1, 3])
def test_api_query_count(client, place, rows, django_assert_num_queries):
    EventFactory.create_batch(rows, neighbourhood=place)

    with django_assert_num_queries(2):
        client.get(API)


# Staff


@pytest.mark.parametrize("name", VIEWS)
def test_an_outsider_is_told_nothing(name):
    event = EventFactory()
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=event.neighbourhood.force))

    assert outsider.get(address(name, event)).status_code == 404
    assert outsider.post(address(name, event), TYPED).status_code == 404


@pytest.mark.parametrize("name", VIEWS)
def test_an_insider_without_the_role_is_refused(name):
    event = EventFactory()
    insider = acting(ADMINISTRATOR, event.neighbourhood.force)

    assert insider.get(address(name, event)).status_code == 403
    assert insider.post(address(name, event), TYPED).status_code == 403
    assert (Event.objects.count(), AuditEvent.objects.count()) == (1, 0)


@pytest.mark.parametrize("name", VIEWS)
def test_other_methods_are_not_allowed(name):
    event = EventFactory()

    response = acting(OFFICER, event.neighbourhood).put(address(name, event))

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("name", VIEWS[1:])
def test_an_event_is_found_in_its_own_neighbourhood_only(name, place):
    client = acting(OFFICER, place)

    assert client.get(url(name, place, pk=EventFactory().pk)).status_code == 404


def test_an_officer_adds_an_event(place):
    client = acting(OFFICER, place)
    assert client.get(url("event_add", place)).status_code == 200

    response = client.post(url("event_add", place), TYPED, follow=True)

    event = Event.objects.get()
    assert (event.neighbourhood, event.kind, event.title) == (place, "SURGERY", "Surgery")
    assert event.starts_at == datetime(2056, 7, 5, 17, 30, tzinfo=UTC)
    assert event.ends_at == datetime(2056, 7, 5, 19, tzinfo=UTC)
    assert Announcement.objects.get().kind == "teams.event_added"
    assert "Event added. Residents can now see it." in words(response)
    assert "Surgery" in words(response)


def test_an_officer_changes_an_event(place):
    event = EventFactory(neighbourhood=place)
    client = acting(OFFICER, place)
    page = words(client.get(address("event_change", event)))
    assert 'value="02 03 2056"' in page
    assert 'value="18:30"' in page

    response = client.post(address("event_change", event), TYPED, follow=True)

    event.refresh_from_db()
    assert (event.title, event.place) == ("Surgery", "Harkstow library")
    assert "Event changed. Residents see it as it is now." in words(response)


def test_an_officer_cancels_an_event_once(place):
    event = EventFactory(neighbourhood=place)
    client = acting(OFFICER, place)
    assert client.get(address("event_cancel", event)).status_code == 200
    reasons = {"reason": "Flood.", "reason_cy": ""}

    first = client.post(address("event_cancel", event), reasons, follow=True)
    second = client.post(address("event_cancel", event), reasons, follow=True)

    event.refresh_from_db()
    assert event.cancellation_reason == "Flood."
    assert "Event cancelled. Residents see your reason." in words(first)
    assert "This event has been cancelled already." in words(second)


def test_a_reason_is_needed(place):
    event = EventFactory(neighbourhood=place)

    response = acting(OFFICER, place).post(address("event_cancel", event), {"reason": ""})

    assert errors_of(response) == {"reason": ["Enter why it is cancelled"]}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"kind": ""}, {"kind": ["Choose the kind of event"]}),
        ({"title": ""}, {"title": ["Enter a title"]}),
        ({"title": "x" * 121}, {"title": ["The title must be 120 characters or fewer"]}),
        ({"title_cy": "x" * 121}, {"title_cy": ["The title must be 120 characters or fewer"]}),
        ({"place": ""}, {"place": ["Enter where it is"]}),
        ({"place": "x" * 201}, {"place": ["The place must be 200 characters or fewer"]}),
        ({"day": ""}, {"day": ["Enter the day of the event"]}),
        ({"day": "31 2 2056"}, {"day": ["Enter a real day, like 27 11 2026"]}),
        ({"day": "4 7 2026"}, {"day": ["The event must be in the future"]}),
        ({"begins": ""}, {"begins": ["Enter when it begins"]}),
        ({"begins": "half six"}, {"begins": ["Enter a time, like 6:30pm or 18:30"]}),
        ({"ends": ""}, {"ends": ["Enter when it ends"]}),
        ({"ends": "6:30pm"}, {"ends": ["The end must be after the beginning"]}),
        # 01:30 does not exist that night, and the clocks show 02:15 before it would come.
        (
            {"day": "26 3 2056", "begins": "01:30", "ends": "02:15"},
            {"ends": ["The end must be after the beginning"]},
        ),
    ],
)
def test_what_is_wrong_is_named(change, errors):
    form = EventForm(TYPED | change, now=NOON + timedelta(hours=8))

    assert form.errors == errors


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("6:30pm", 18, 30),
        ("6.30pm", 18, 30),
        ("6:30 PM", 18, 30),
        ("18:30", 18, 30),
        ("18.30", 18, 30),
        ("6pm", 18, 0),
        ("6 pm", 18, 0),
        ("12am", 0, 0),
    ],
)
def test_times_as_people_write_them(typed, hour, minute):
    form = EventForm(TYPED | {"day": "1 2 2056", "begins": typed, "ends": "11:45pm"}, now=NOON)

    assert form.is_valid(), form.errors
    assert form.event_fields()["starts_at"] == datetime(2056, 2, 1, hour, minute, tzinfo=UTC)
    assert form.cleaned_data["day"] == date(2056, 2, 1)
