"""Counting votes: nothing but arithmetic, so that anybody can count again and compare."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

CHOICES = 3  # how many options one vote may name, each with the same weight


@dataclass(frozen=True)
class Count:
    """How many of the votes named one option."""

    option: Hashable
    votes: int
    percent: int  # of the votes counted, rounded half up; several choices add up to over 100


def tally(ballots: Mapping[Hashable, Iterable], options: Sequence) -> list[Count]:
    """Count what ``ballots`` (vote -> options that it names) say, the most named first.

    A vote counts once for an option however often it names it. Equal options stand in
    the order of ``options``, as residents saw them. Raises ValueError for a vote that
    names more than ``CHOICES`` options, or one that was not on offer.
    """
    votes = dict.fromkeys(options, 0)
    for named in map(frozenset, ballots.values()):
        if len(named) > CHOICES or not named <= votes.keys():
            raise ValueError("A vote names too many options, or one that was not on offer.")
        for option in named:
            votes[option] += 1
    ranked = sorted(votes.items(), key=lambda entry: -entry[1])
    return [Count(option, number, percent(number, len(ballots))) for option, number in ranked]


def percent(part: int, whole: int) -> int:
    """``part`` of ``whole`` in whole per cent, halves rounded up; 0 of nothing is 0."""
    return (200 * part + whole) // (2 * whole) if whole else 0
