"""What pages and other apps read of rounds and priorities."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from priorities.models import Option, Priority, Round, VoteChoice
from priorities.suppression import votes_are_broken_down
from priorities.tally import Count, tally
from teams.models import Event, Promise


@dataclass(frozen=True)
class Results:
    """What came of a round that was published."""

    round: Round
    votes: int
    counts: list[Count]  # of Option, most named first; empty where too few answered
    broken_down: bool


@dataclass(frozen=True)
class Overview:
    """All that the page of a neighbourhood's priorities shows."""

    open_round: Round | None
    live: list[Priority]
    closed: list[Priority]
    results: Results | None


def live_priorities(neighbourhood: Neighbourhood) -> list[Priority]:
    """What the team works on, in order of place. One query."""
    return _live_priorities(neighbourhood=neighbourhood.pk)


def open_round(neighbourhood: Neighbourhood, now: datetime) -> Round | None:
    """The round in which residents can vote at ``now``. One query."""
    return next(iter(_open_rounds(neighbourhood=neighbourhood.pk, now=now)), None)


def asked_of_priorities(neighbourhood: Neighbourhood, now: datetime) -> list[Question]:
    """What ``live_priorities`` and ``open_round`` ask, for ``asked_ahead``."""
    here = neighbourhood.pk
    return [_live_priorities.of(neighbourhood=here), _open_rounds.of(neighbourhood=here, now=now)]


def results(round_: Round) -> Results | None:
    """What came of a round; None before it was published. Three queries.

    Under ten votes there is the total alone: single people could be recognised.
    """
    if round_.published_at is None:
        return None
    options = list(round_.options.all())
    votes = round_.votes.counted().count()
    broken_down = votes_are_broken_down(votes)
    counts = _counts(round_, options) if broken_down else []
    return Results(round_, votes, counts, broken_down)


def overview(neighbourhood: Neighbourhood, now: datetime) -> Overview:
    """The page of a neighbourhood's priorities at ``now``. Eight queries."""
    known = list(neighbourhood.priorities.order_by("place", "pk").with_work())
    newest = neighbourhood.rounds.published().first()
    closed = [priority for priority in known if priority.state == Priority.State.CLOSED]
    return Overview(
        open_round=open_round(neighbourhood, now),
        live=[priority for priority in known if priority.state == Priority.State.LIVE],
        closed=sorted(closed, key=lambda priority: (priority.closed_on, priority.pk), reverse=True),
        results=newest and results(newest),
    )


def priorities_of_quarter(neighbourhood: Neighbourhood, start: date, end: date) -> QuerySet:
    """Priorities that were live on a day from ``start`` up to, not including, ``end``.

    With their actions and updates, in the order in which they were adopted.
    """
    touched = neighbourhood.priorities.touched_between(start, end)
    return touched.order_by("adopted_on", "place", "pk").with_work()


def adoptable_options(neighbourhood: Neighbourhood) -> QuerySet:
    """What residents chose from in the last published round and the team has not taken on."""
    newest = neighbourhood.rounds.published()[:1]
    options = Option.objects.filter(round__in=newest.values("pk"))
    return options.exclude(pk__in=neighbourhood.priorities.exclude(option=None).values("option"))


def promises_at(event: Event) -> list[Promise]:
    """What was promised at an event, with the action that came of each. One query."""
    return list(event.promises.select_related("action__priority"))


def open_promises(neighbourhoods: QuerySet | list[Neighbourhood]) -> QuerySet:
    """Promises that are no action yet, of the oldest event first."""
    waiting = Promise.objects.filter(event__neighbourhood__in=neighbourhoods, action__isnull=True)
    return waiting.select_related("event__neighbourhood").order_by("event__starts_at", "pk")


@prepared(neighbourhood=BigIntegerField())
def _live_priorities(*, neighbourhood) -> QuerySet[Priority]:
    return Priority.objects.filter(neighbourhood=neighbourhood).live()


@prepared(neighbourhood=BigIntegerField(), now=DateTimeField())
def _open_rounds(*, neighbourhood, now) -> QuerySet[Round]:
    return Round.objects.filter(neighbourhood=neighbourhood).open(now=now)


def _counts(round_: Round, options: list[Option]) -> list[Count]:
    by_pk = {option.pk: option for option in options}
    named = VoteChoice.objects.filter(vote__in=round_.votes.counted())
    ballots = defaultdict(list)
    for vote, option in named.values_list("vote", "option"):
        ballots[vote].append(by_pk[option])
    return tally(ballots, options)
