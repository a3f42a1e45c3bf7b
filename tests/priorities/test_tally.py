from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorities.suppression import votes_are_broken_down
from priorities.tally import Count, percent, tally

OPTIONS = "ABCDEF"
BALLOTS = st.dictionaries(
    st.integers(), st.lists(st.sampled_from(OPTIONS), max_size=3, unique=True), max_size=60
)


def test_the_most_named_comes_first_and_equals_stand_as_offered():
    ballots = {1: "BC", 2: "B", 3: "CA"}

    assert tally(ballots, "ABCD") == [
        Count("B", 2, 67),
        Count("C", 2, 67),
        Count("A", 1, 33),
        Count("D", 0, 0),
    ]


def test_nobody_voted():
    assert tally({}, "AB") == [Count("A", 0, 0), Count("B", 0, 0)]


@pytest.mark.parametrize("named", ["ABCD", "X"])
def test_a_vote_that_cannot_be_is_refused(named):
    with pytest.raises(ValueError, match="names too many"):
        tally({1: named}, "ABCD")


@given(BALLOTS)
def test_every_choice_is_counted_once(ballots):
    counts = tally(ballots, OPTIONS)

    named = Counter(option for choices in ballots.values() for option in choices)
    assert {count.option: count.votes for count in counts} == {o: named[o] for o in OPTIONS}
    assert [c.votes for c in counts] == sorted((c.votes for c in counts), reverse=True)
    assert all(0 <= count.votes <= len(ballots) and 0 <= count.percent <= 100 for count in counts)


@given(BALLOTS, st.randoms())
def test_the_order_of_votes_does_not_matter(ballots, random):
    shuffled = list(ballots.items())
    random.shuffle(shuffled)

    assert tally(dict(shuffled), OPTIONS) == tally(ballots, OPTIONS)


@given(BALLOTS)
def test_naming_an_option_twice_counts_once(ballots):
    twice = {vote: choices * 2 for vote, choices in ballots.items()}

    assert tally(twice, OPTIONS) == tally(ballots, OPTIONS)


@pytest.mark.parametrize(
    ("part", "whole", "found"), [(1, 8, 13), (0, 0, 0), (1, 3, 33), (3, 3, 100)]
)
def test_percent_rounds_halves_up(part, whole, found):
    assert percent(part, whole) == found


def test_from_ten_votes_on_they_are_broken_down():
    assert [votes_are_broken_down(votes) for votes in (0, 9, 10)] == [False, False, True]
