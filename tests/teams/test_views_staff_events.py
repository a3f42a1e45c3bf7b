"""Events on the pages of staff."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import Announcement
from teams.forms.events import EventForm, NotesForm
from teams.models import AuditEvent, Event
from tests.factories.neighbourhoods import NeighbourhoodFactory, PlaceFactory
from tests.factories.priorities import ActionFactory
from tests.factories.teams import EventFactory, MemberFactory, PromiseFactory, UserFactory
from tests.teams.acting import (
    ADMINISTRATOR,
    OFFICER,
    SERGEANT,
    acting,
    client_of,
    errors_of,
    grant,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
VIEWS = ["event_add", "event_change", "event_move", "event_cancel", "event_note"]
WORDS = {
    "kind": "SURGERY",
    "title": "Surgery",
    "description": "About lamps.",
    "access": "Step-free.",
    "title_cy": "",
    "description_cy": "",
    "access_cy": "",
}
TIMES = {
    "venue": "",
    "place": "Harkstow library",
    "place_cy": "",
    "day": "5 7 2056",
    "begins": "6:30pm",
    "ends": "20:00",
}
TYPED = WORDS | TIMES
NOTES = {
    "notes": "You asked about lamps.",
    "notes_cy": "",
    "attended": "22",
    "promised": "Ask for lamps\n\nCome again\nAsk for lamps",
    "promised_cy": "",
}


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


def words(response) -> str:
    return " ".join(response.content.decode().split())


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def address(name, event):
    more = {} if name == "event_add" else {"pk": event.pk}
    return url(name, event.neighbourhood, **more)


def member_at(place):
    """An officer of the place, with an account and a client of it."""
    member = MemberFactory(force=place.force, user=UserFactory(enrolled=True))
    grant(member.user, OFFICER, place)
    return member, client_of(member.user)


def form_of(typed, *, now=NOON, by=None, place=None):
    place = place or NeighbourhoodFactory()
    return EventForm(typed, by=by or UserFactory(), neighbourhood=place, now=now)


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
    page = words(client.get(url("event_add", place)))
    assert "Tell residents that I will be there" not in page  # the account is nobody's

    response = client.post(url("event_add", place), TYPED, follow=True)

    event = Event.objects.get()
    assert (event.neighbourhood, event.kind, event.title) == (place, "SURGERY", "Surgery")
    assert (event.place, event.venue) == ("Harkstow library", None)
    assert (event.description, event.access) == ("About lamps.", "Step-free.")
    assert event.starts_at == datetime(2056, 7, 5, 17, 30, tzinfo=UTC)
    assert event.ends_at == datetime(2056, 7, 5, 19, tzinfo=UTC)
    assert Announcement.objects.get().kind == "teams.event_added"
    assert "Event added. Residents can now see it." in words(response)
    assert "Surgery" in words(response)


def test_an_event_in_a_place_of_the_area_has_its_words(place):
    here = PlaceFactory(
        force=place.force,
        serves=[place],
        name="Harkstow library",
        name_cy="Llyfrgell Harkstow",
        address="Tern Court",
        postcode="WQ2 5HD",
    )
    only_english = PlaceFactory(force=place.force, name="Seafarers’ Hall", address="Old Quay")
    elsewhere = PlaceFactory(force=place.force, serves=[NeighbourhoodFactory(force=place.force)])
    client = acting(OFFICER, place)

    for venue in (here, only_english):
        client.post(url("event_add", place), TYPED | {"venue": venue.pk, "place": ""})
    refused = client.post(url("event_add", place), TYPED | {"venue": elsewhere.pk})

    assert list(Event.objects.order_by("pk").values_list("venue", "place", "place_cy")) == [
        (
            here.pk,
            "Harkstow library, Tern Court, WQ2 5HD",
            "Llyfrgell Harkstow, Tern Court, WQ2 5HD",
        ),
        (only_english.pk, "Seafarers’ Hall, Old Quay, WQ1 1AA", ""),
    ]
    assert errors_of(refused) == {"venue": ["Select a place from the list"]}


def test_an_officer_ticks_their_own_name_and_takes_it_off_again(place):
    member, client = member_at(place)
    assert "Tell residents that I will be there" in words(client.get(url("event_add", place)))

    client.post(url("event_add", place), TYPED | {"with_name": "on"})
    event = Event.objects.get()
    assert list(event.hosts.all()) == [member]

    page = words(client.get(address("event_change", event)))
    assert 'id="id_with_name" checked' in page or 'checked id="id_with_name"' in page
    client.post(address("event_change", event), WORDS)
    assert list(event.hosts.all()) == []


def test_an_officer_changes_the_words_of_an_event(place):
    event = EventFactory(neighbourhood=place)
    client = acting(OFFICER, place)
    page = words(client.get(address("event_change", event)))
    assert f'value="{event.title}"' in page
    assert "Which day?" not in page

    response = client.post(address("event_change", event), WORDS, follow=True)

    event.refresh_from_db()
    assert (event.title, event.place) == ("Surgery", "Harkstow library, step-free")
    assert "Event changed. Residents see it as it is now." in words(response)
    assert Announcement.objects.count() == 0


def test_an_officer_moves_an_event_and_followers_are_told(place):
    event = EventFactory(neighbourhood=place)
    client = acting(OFFICER, place)
    page = words(client.get(address("event_move", event)))
    assert 'value="02 03 2056"' in page
    assert 'value="18:30"' in page

    first = client.post(address("event_move", event), TIMES, follow=True)
    again = client.post(address("event_move", event), TIMES, follow=True)

    event.refresh_from_db()
    assert (event.place, event.former.place) == ("Harkstow library", "Harkstow library, step-free")
    assert "Event moved. Residents see when and where it was to be" in words(first)
    assert "It begins then and there already." in words(again)
    assert [told.kind for told in Announcement.objects.all()] == ["teams.event_moved"]


def test_a_venue_stands_in_the_form_and_its_words_do_not(place):
    venue = PlaceFactory(force=place.force, serves=[place])
    event = EventFactory(neighbourhood=place, venue=venue, place="As it was told")

    page = words(acting(OFFICER, place).get(address("event_move", event)))

    assert f'<option value="{venue.pk}" selected>' in page
    assert "As it was told" not in page


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


def test_an_officer_tells_what_was_said_and_promised(place):
    event = EventFactory(neighbourhood=place, starts_at=timezone.now() - timedelta(days=1))
    client = acting(OFFICER, place)
    assert "Tell what was said" in words(client.get(url("neighbourhood_manage", place)))

    response = client.post(address("event_note", event), NOTES, follow=True)

    event.refresh_from_db()
    assert (event.notes, event.attended) == ("You asked about lamps.", 22)
    assert [p.what for p in event.promises.all()] == ["Ask for lamps", "Come again"]
    assert "Published. Residents read what was said and promised." in words(response)
    assert "Change the notes" in words(response)
    page = client.get(address("event_note", event)).content.decode()
    assert "Ask for lamps\nCome again</textarea>" in page


def test_a_promise_that_became_an_action_cannot_be_left_out(place):
    promise = PromiseFactory(event__neighbourhood=place)
    ActionFactory(promise=promise)

    response = acting(OFFICER, place).post(
        address("event_note", promise.event), NOTES | {"promised": ""}, follow=True
    )

    assert "One of the promises that you left out has become an action." in words(response)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"notes": ""}, {"notes": ["Enter what was said"]}),
        ({"notes": "x" * 3001}, {"notes": ["The notes must be 3,000 characters or fewer"]}),
        ({"attended": "many"}, {"attended": ["Enter how many came as a number, like 22"]}),
        ({"attended": "-1"}, {"attended": ["Enter how many came as a number, like 22"]}),
        (
            {"promised": "x" * 201},
            {"promised": ["Each promise must be 200 characters or fewer"]},
        ),
        (
            {"promised_cy": "Gofyn"},
            {"promised_cy": ["Enter as many lines in Welsh as in English, or none"]},
        ),
    ],
)
def test_what_is_wrong_with_notes_is_named(change, errors):
    assert NotesForm(NOTES | change).errors == errors


def test_promises_are_paired_line_by_line():
    form = NotesForm(NOTES | {"promised_cy": "Gofyn\nDod eto", "attended": ""})

    assert form.is_valid(), form.errors
    assert form.notes_fields()["attended"] is None
    assert form.promises() == [
        {"what": "Ask for lamps", "what_cy": "Gofyn"},
        {"what": "Come again", "what_cy": "Dod eto"},
    ]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"kind": ""}, {"kind": ["Choose the kind of event"]}),
        ({"title": ""}, {"title": ["Enter a title"]}),
        ({"title": "x" * 121}, {"title": ["The title must be 120 characters or fewer"]}),
        ({"title_cy": "x" * 121}, {"title_cy": ["The title must be 120 characters or fewer"]}),
        (
            {"description": "x" * 2001},
            {"description": ["The text must be 2,000 characters or fewer"]},
        ),
        ({"access": "x" * 301}, {"access": ["This must be 300 characters or fewer"]}),
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
    form = form_of(TYPED | change, now=NOON + timedelta(hours=8))

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
    form = form_of(TYPED | {"day": "1 2 2056", "begins": typed, "ends": "11:45pm"})

    assert form.is_valid(), form.errors
    assert form.event_fields()["starts_at"] == datetime(2056, 2, 1, hour, minute, tzinfo=UTC)
    assert form.cleaned_data["day"] == date(2056, 2, 1)
