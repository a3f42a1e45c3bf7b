from datetime import date
from functools import partial

import pytest

from neighbourhoods.models import Announcement, Neighbourhood
from priorities.models import Action, Priority, PriorityUpdate
from priorities.services.adopting import (
    ReasonMissing,
    TooManyLivePriorities,
    add_action,
    adopt_priority,
    close_priority,
    finish_action,
    update_priority,
)
from teams.models import AuditEvent, TransitionNotAllowed
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory, RoundFactory, VoteFactory
from tests.factories.teams import UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 1)
OWN_WORDS = {"title": "Quad-bike theft", "title_cy": "", "why": "", "why_cy": ""}
NO_WORDS = {"title": "", "title_cy": "", "why": "", "why_cy": ""}
ACTION = {"what": "Patrol", "what_cy": "", "owner": "PC Quillow", "owner_cy": ""}
UPDATE = {"text": "Eleven riders stopped.", "text_cy": ""}
OUTCOME = {"outcome": "Reports fell.", "outcome_cy": ""}


@pytest.fixture
def sergeant():
    return UserFactory(username="imran.dalvari")


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def stamp_of(place):
    return Neighbourhood.objects.get(pk=place.pk).stamp


def voted(place, *, votes=10, published=True):
    """Options of a round in which the first three were named by all and the fourth by none."""
    round_ = RoundFactory(neighbourhood=place, published=published, opened=True, options=4)
    options = list(round_.options.all())
    VoteFactory.create_batch(votes, round=round_, counted=True, options=options[:3])
    return options


def adopt(place, by, **changes):
    said = {"words": OWN_WORDS, "option": None, "on": ON}
    return adopt_priority(neighbourhood=place, by=by, **{**said, **changes})


def test_adopt_priority_in_words_of_our_own(place, sergeant):
    priority = adopt(place, sergeant)

    priority.refresh_from_db()
    assert (priority.title, priority.place, priority.state, priority.adopted_on) == (
        "Quad-bike theft",
        1,
        Priority.State.LIVE,
        ON,
    )
    assert (priority.option, priority.round) == (None, None)
    assert acts() == [("imran.dalvari", "priority.adopted", str(priority.pk))]
    assert stamp_of(place) == 2


def test_adopt_an_option_brings_its_title_and_round(place, sergeant):
    option = voted(place)[0]

    priority = adopt(place, sergeant, option=option, words=NO_WORDS)

    priority.refresh_from_db()
    assert (priority.title, priority.option, priority.round) == (
        "Issue 1",
        option,
        option.round,
    )


def test_passing_over_what_residents_named_needs_a_reason(place, sergeant):
    fourth = voted(place)[3]

    with pytest.raises(ReasonMissing):
        adopt(place, sergeant, option=fourth, words=NO_WORDS)
    priority = adopt(place, sergeant, option=fourth, words={**NO_WORDS, "why": "Hurt children."})

    assert priority.why == "Hurt children."
    assert len(acts()) == 1


def test_where_few_answered_no_order_is_shown_and_no_reason_asked(place, sergeant):
    fourth = voted(place, votes=9)[3]

    assert adopt(place, sergeant, option=fourth, words=NO_WORDS).title == "Issue 4"


def test_options_are_adopted_after_publication(place, sergeant):
    option = voted(place, published=False)[0]

    with pytest.raises(TransitionNotAllowed, match="Publish the results"):
        adopt(place, sergeant, option=option, words=NO_WORDS)


def test_at_most_three_are_live_and_a_free_place_is_taken_again(place, sergeant):
    priorities = [adopt(place, sergeant) for _ in range(3)]
    assert [priority.place for priority in priorities] == [1, 2, 3]

    with pytest.raises(TooManyLivePriorities):
        adopt(place, sergeant)
    close_priority(priority=priorities[1], words=OUTCOME, on=ON, by=sergeant)

    assert adopt(place, sergeant).place == 2


def test_add_and_finish_an_action(place, sergeant):
    priority = PriorityFactory(neighbourhood=place)

    action = add_action(priority=priority, words=ACTION, due_on=date(2026, 5, 1), by=sergeant)
    finish_action(action=action, on=ON, by=sergeant)

    assert list(Action.objects.values_list("what", "owner", "due_on", "done_on")) == [
        ("Patrol", "PC Quillow", date(2026, 5, 1), ON)
    ]
    assert acts() == [
        ("imran.dalvari", "priority.action_added", str(priority.pk)),
        ("imran.dalvari", "priority.action_done", str(priority.pk)),
    ]
    assert stamp_of(place) == 3
    with pytest.raises(TransitionNotAllowed, match="already"):
        finish_action(action=action, on=ON, by=sergeant)


def test_update_priority_announces_it_once(place, sergeant):
    priority = PriorityFactory(neighbourhood=place)

    update = update_priority(priority=priority, words=UPDATE, on=ON, by=sergeant)

    assert list(PriorityUpdate.objects.values_list("text", "made_on")) == [
        ("Eleven riders stopped.", ON)
    ]
    assert list(Announcement.objects.values_list("kind", "object_id", "topic")) == [
        ("priorities.priority_updated", update.pk, "priorities")
    ]
    assert acts() == [("imran.dalvari", "priority.updated", str(priority.pk))]
    assert stamp_of(place) == 2


def test_close_priority_says_what_came_of_it(place, sergeant):
    priority = PriorityFactory(neighbourhood=place)

    close_priority(priority=priority, words=OUTCOME, on=ON, by=sergeant)

    priority.refresh_from_db()
    assert (priority.state, priority.closed_on, priority.outcome) == (
        Priority.State.CLOSED,
        ON,
        "Reports fell.",
    )
    assert acts() == [("imran.dalvari", "priority.closed", str(priority.pk))]
    assert stamp_of(place) == 2


@pytest.mark.parametrize(
    "service",
    [
        partial(add_action, words=ACTION, due_on=ON),
        partial(update_priority, words=UPDATE, on=ON),
        partial(close_priority, words=OUTCOME, on=ON),
    ],
)
def test_what_is_closed_stays_as_it_is(sergeant, service):
    priority = PriorityFactory(closed=True)

    with pytest.raises(TransitionNotAllowed, match="closed"):
        service(priority=priority, by=sergeant)

    assert acts() == []


def test_an_action_of_what_is_closed_stays_as_it_is(sergeant):
    action = ActionFactory(priority=PriorityFactory(closed=True))

    with pytest.raises(TransitionNotAllowed, match="closed"):
        finish_action(action=action, on=ON, by=sergeant)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_place_at_once_one_is_told():
    place, sergeant = NeighbourhoodFactory(), UserFactory()
    for number in (1, 2):
        PriorityFactory(neighbourhood=place, place=number)
    press = partial(adopt, place, sergeant)

    found = race(press, press, at=Neighbourhood.objects.filter(pk=place.pk))

    assert sorted(type(answer).__name__ for answer in found) == [
        "Priority",
        "TooManyLivePriorities",
    ]
    assert place.priorities.live().count() == 3
