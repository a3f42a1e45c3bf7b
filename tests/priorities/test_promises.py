"""What was promised at an event: its page, and the action that comes of it, once."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from priorities.models import Action
from priorities.queries import open_promises, promises_at
from priorities.services.adopting import keep_promise
from teams.models import AuditEvent, Event, TransitionNotAllowed
from tests.factories.neighbourhoods import NeighbourhoodFactory, PlaceFactory
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.teams import (
    EventFactory,
    EventMoveFactory,
    MemberFactory,
    PromiseFactory,
    UserFactory,
)
from tests.racing import on_postgresql, race
from tests.teams.acting import OFFICER, SERGEANT, acting, errors_of

pytestmark = pytest.mark.django_db
DUE = date(2056, 5, 1)
WORDS = {"what": "Ask for lamps", "what_cy": "", "owner": "Sgt Dalvari", "owner_cy": ""}
TYPED = WORDS | {"due_on": "1 5 2056"}


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow", in_welsh=True)


@pytest.fixture
def promise(place):
    return PromiseFactory(event__neighbourhood=place, what="Ask for lamps")


def url(name, place, **more):
    return reverse(f"priorities:{name}", kwargs={**place.url_kwargs, **more})


def page_of(event) -> str:
    return url("event_detail", event.neighbourhood, pk=event.pk)


def words(response) -> str:
    return " ".join(response.content.decode().split())


# The page of an event


def test_an_event_to_come_says_all_there_is_to_know(client, place):
    event = EventFactory(
        neighbourhood=place,
        description="Come & ask.",
        access="Hearing loop.",
        venue=PlaceFactory(force=place.force, access="Ring the bell."),
    )
    event.hosts.set([MemberFactory(), MemberFactory(name="Zeb Oakcanary", hidden=True)])
    EventMoveFactory(event=event, place="The hall")

    page = words(client.get(page_of(event)))

    assert "Thursday 2 March 2056, 18:30 to 19:30" in page
    assert "Thursday 24 February 2056, 18:30 to 19:30" in page
    assert "(The hall)" in page
    assert "Hearing loop. <br> Ring the bell." in page
    assert "<p>Come &amp; ask.</p>" in page
    assert ">PC Tamsin Quillow</dd>" in page
    assert "Oakcanary" not in page
    assert "Put this event into my calendar" in page


def test_nobody_is_named_who_did_not_choose_to_be(client, place):
    event = EventFactory(neighbourhood=place)

    assert ">A member of the team</dd>" in words(client.get(page_of(event)))


def test_a_cancelled_event_says_why_and_asks_for_nothing(client, place):
    page = words(client.get(page_of(EventFactory(neighbourhood=place, cancelled=True))))

    assert "The library is flooded." in page
    assert "Put this event into my calendar" not in page


@pytest.mark.parametrize(
    ("days", "text"), [(3, "The team tells here by"), (20, "The team has not told yet")]
)
def test_what_is_over_says_when_the_team_tells_what_was_said(client, place, days, text):
    event = EventFactory(neighbourhood=place, starts_at=timezone.now() - timedelta(days=days))

    assert text in words(client.get(page_of(event)))


def test_notes_say_what_was_promised_and_what_came_of_it(client, promise):
    priority = PriorityFactory(neighbourhood=promise.event.neighbourhood, title="Dark corners")
    kept = PromiseFactory(event=promise.event)
    ActionFactory(priority=priority, promise=kept, what="Walk past the lamps")

    page = words(client.get(page_of(promise.event)))

    assert "You asked about bikes." in page
    assert "22 residents came" in page
    assert "<li>Ask for lamps</li>" in page
    assert "<li> Walk past the lamps" in page
    list_url = reverse("feedback:priority_list", kwargs=promise.event.neighbourhood.url_kwargs)
    assert (
        f'<a class="govuk-link" href="{list_url}#priority-{priority.pk}">Dark corners</a>' in page
    )


def test_welsh_words_where_there_are_some_and_english_marked(client, place):
    event = EventFactory(neighbourhood=place, welsh=True, noted=True)

    page = words(client.get(f"/cy{page_of(event)}"))

    assert "Llyfrgell Harkstow" in page
    assert 'lang="en"><p>You asked about bikes.' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, place, rows, django_assert_num_queries):
    event = EventFactory(neighbourhood=place, noted=True)
    for row in range(rows):
        priority = PriorityFactory(neighbourhood=place, place=row + 1)
        ActionFactory(priority=priority, promise=PromiseFactory(event=event))
        event.hosts.add(MemberFactory())

    with django_assert_num_queries(6):
        client.get(page_of(event))


def test_an_event_is_found_in_its_own_neighbourhood_only(client, place):
    elsewhere = EventFactory()

    assert client.get(url("event_detail", place, pk=elsewhere.pk)).status_code == 404


def test_an_unchanged_page_is_not_sent_again(client, place, django_assert_num_queries):
    event = EventFactory(neighbourhood=place)
    first = client.get(page_of(event))

    with django_assert_num_queries(1):
        second = client.get(page_of(event), headers={"If-None-Match": first["ETag"]})

    assert second.status_code == 304


# A promise becomes an action


def test_keep_promise_makes_one_action_of_it(promise):
    sergeant = UserFactory(username="sgt.dalvari")
    priority = PriorityFactory(neighbourhood=promise.event.neighbourhood)

    action = keep_promise(promise=promise, priority=priority, words=WORDS, due_on=DUE, by=sergeant)

    action.refresh_from_db()
    assert (action.promise, action.priority, action.due_on) == (promise, priority, DUE)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "subject_id")) == [
        ("priority.action_added", str(priority.pk)),
        ("promise.kept", str(promise.pk)),
    ]
    assert list(open_promises([promise.event.neighbourhood])) == []
    assert [made.action for made in promises_at(promise.event)] == [action]


def test_a_promise_is_kept_once(promise):
    ActionFactory(promise=promise)
    priority = PriorityFactory(neighbourhood=promise.event.neighbourhood)

    with pytest.raises(TransitionNotAllowed, match="has become an action already"):
        keep_promise(promise=promise, priority=priority, words=WORDS, due_on=DUE, by=UserFactory())
    with pytest.raises(IntegrityError, match="promise"), transaction.atomic():
        ActionFactory(promise=promise)

    assert Action.objects.count() == 1


def test_for_a_closed_priority_no_promise_is_kept(promise):
    priority = PriorityFactory(neighbourhood=promise.event.neighbourhood, closed=True)

    with pytest.raises(TransitionNotAllowed):
        keep_promise(promise=promise, priority=priority, words=WORDS, due_on=DUE, by=UserFactory())

    assert (Action.objects.count(), AuditEvent.objects.count()) == (0, 0)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_keep_a_promise_at_once_one_does():
    promise = PromiseFactory()
    place = promise.event.neighbourhood
    priorities = [PriorityFactory(neighbourhood=place, place=number) for number in (1, 2)]
    keep = partial(keep_promise, promise=promise, words=WORDS, due_on=DUE, by=UserFactory())

    ends = race(
        *(partial(keep, priority=priority) for priority in priorities), at=Event.objects.all()
    )

    assert sorted(type(end).__name__ for end in ends) == ["Action", "TransitionNotAllowed"]
    assert Action.objects.count() == 1


def test_a_sergeant_turns_a_promise_into_an_action(promise):
    place = promise.event.neighbourhood
    priority, client = PriorityFactory(neighbourhood=place), acting(SERGEANT, place)
    keep_url = url("promise_keep", place, pk=promise.pk)
    assert keep_url in words(client.get(url("priority_board", place)))
    assert keep_url in words(client.get("/staff/"))
    assert 'value="Ask for lamps"' in words(client.get(keep_url))

    response = client.post(keep_url, TYPED | {"priority": priority.pk}, follow=True)

    assert Action.objects.get().promise == promise
    assert "This is an action now." in words(response)
    assert keep_url not in words(response)
    assert client.get(keep_url).status_code == 404


def test_a_priority_of_this_place_is_needed(promise):
    place = promise.event.neighbourhood
    elsewhere = PriorityFactory()
    client, keep_url = acting(SERGEANT, place), url("promise_keep", place, pk=promise.pk)

    for chosen in ("", elsewhere.pk):
        response = client.post(keep_url, TYPED | {"priority": chosen})
        assert errors_of(response) == {"priority": ["Choose a priority"]}
    assert Action.objects.count() == 0


def test_an_outsider_and_an_insider_without_the_role(promise):
    place = promise.event.neighbourhood
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=place.force))
    keep_url = url("promise_keep", place, pk=promise.pk)

    assert outsider.post(keep_url, TYPED).status_code == 404
    assert acting(OFFICER, place).post(keep_url, TYPED).status_code == 403
    assert acting(SERGEANT, place).put(keep_url).status_code == 405
    assert keep_url not in words(acting(OFFICER, place).get(url("priority_board", place)))
