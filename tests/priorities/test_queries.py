from datetime import date

import pytest

from priorities.models import Vote
from priorities.queries import (
    adoptable_options,
    live_priorities,
    open_round,
    overview,
    priorities_of_quarter,
    results,
)
from priorities.tally import Count
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import (
    CLOSED,
    DURING,
    PUBLISHED,
    ActionFactory,
    PriorityFactory,
    PriorityUpdateFactory,
    RoundFactory,
    VoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def published(place, votes):
    round_ = RoundFactory(neighbourhood=place, published=True, options=3)
    first, second, _third = round_.options.all()
    VoteFactory.create_batch(votes, round=round_, counted=True, options=[second, first])
    return round_, first, second


def test_live_priorities_stand_in_order_of_place(place):
    second = PriorityFactory(neighbourhood=place, place=2)
    first = PriorityFactory(neighbourhood=place, place=1)
    PriorityFactory(neighbourhood=place, place=3, closed=True)
    PriorityFactory()

    assert live_priorities(place) == [first, second]


def test_open_round_is_the_one_that_takes_votes(place):
    RoundFactory(neighbourhood=place, published=True)
    assert open_round(place, DURING) is None

    round_ = RoundFactory(neighbourhood=place, opened=True)
    assert open_round(place, DURING) == round_
    assert open_round(place, CLOSED) is None


def test_results_count_the_votes_that_count(place):
    round_, first, second = published(place, votes=10)
    third = round_.options.last()
    for state in (Vote.State.EXPIRED, Vote.State.PENDING):
        VoteFactory(round=round_, state=state, options=[third])
    VoteFactory(round=round_, counted=True, state=Vote.State.REPLACED, options=[third])

    found = results(round_)

    assert (found.votes, found.broken_down) == (10, True)
    assert found.counts == [Count(first, 10, 100), Count(second, 10, 100), Count(third, 0, 0)]


def test_under_ten_votes_there_is_the_total_alone(place):
    round_, _first, _second = published(place, votes=9)

    found = results(round_)

    assert (found.votes, found.broken_down, found.counts) == (9, False, [])


def test_before_publication_there_are_no_results():
    round_ = RoundFactory(opened=True, options=2)
    VoteFactory.create_batch(12, round=round_, counted=True, options=[round_.options.first()])

    assert results(round_) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_overview_takes_eight_queries_however_much_there_is(place, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        for traits in ({}, {"closed": True}):
            priority = PriorityFactory(neighbourhood=place, place=number, **traits)
            ActionFactory.create_batch(rows, priority=priority)
            PriorityUpdateFactory.create_batch(rows, priority=priority)
    published(place, votes=10 * rows)
    RoundFactory(neighbourhood=place, opened=True)

    with django_assert_num_queries(8):
        found = overview(place, DURING)

    assert (len(found.live), len(found.closed)) == (rows, rows)
    assert found.open_round is not None
    assert found.results.votes == 10 * rows


def test_overview_of_a_place_of_which_nothing_is_known(place):
    found = overview(place, DURING)

    assert (found.open_round, found.live, found.closed, found.results) == (None, [], [], None)


def test_overview_shows_what_was_closed_last_first(place):
    old = PriorityFactory(neighbourhood=place, closed=True, closed_on=date(2026, 5, 1))
    new = PriorityFactory(neighbourhood=place, closed=True, closed_on=date(2026, 6, 1))

    assert overview(place, PUBLISHED).closed == [new, old]
    assert list(place.priorities.closed()) == [new, old]


def test_priorities_of_quarter_were_live_on_one_of_its_days(place):
    spring = (date(2026, 4, 1), date(2026, 7, 1))
    for on in (date(2026, 7, 1), date(2026, 8, 1)):  # adopted after it
        PriorityFactory(neighbourhood=place, adopted_on=on, closed=True, closed_on=on)
    PriorityFactory(neighbourhood=place, closed=True, closed_on=date(2026, 3, 31))
    inside = [
        PriorityFactory(neighbourhood=place, closed=True, closed_on=date(2026, 4, 1)),
        PriorityFactory(neighbourhood=place, adopted_on=date(2026, 6, 30)),
    ]

    assert list(priorities_of_quarter(place, *spring)) == inside


def test_adoptable_options_are_the_last_rounds_that_nobody_took_on(place):
    _round, first, second = published(place, votes=1)
    PriorityFactory(neighbourhood=place, round=first.round, option=first)
    PriorityFactory(neighbourhood=place, place=2)
    RoundFactory(neighbourhood=place, opened=True, options=2)

    assert list(adoptable_options(place)) == [second, second.round.options.last()]
