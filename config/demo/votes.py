"""Rows of the ``priorities`` app about voting: rounds, their options, and votes by rule."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from config.demo.offsets import day, instant
from config.demo.places import Places
from priorities.mailboxes import mailbox_key
from priorities.models import Option, Round, Vote, VoteChoice
from priorities.round_keys import make_round_key, read_round_key
from priorities.services.rounds import end_of_day

CONFIRMED_AFTER = timedelta(minutes=7)

Options = dict[tuple[str, str], Option]  # by place and title


def load_rounds(told: list[dict], places: Places, *, now: datetime) -> Options:
    """Write the rounds with their votes; return the options that residents chose from."""
    found: Options = {}
    for row in told:
        round_ = _round(row, places, now=now)
        options = _options(row["options"], round_)
        found.update({(row["place"], option.title): option for option in options})
        if not round_.is_draft:
            _load_votes(row, round_, options, now=now)
    return found


def _round(told: dict, places: Places, *, now: datetime) -> Round:
    return Round.objects.create(
        neighbourhood=places.neighbourhoods[told["place"]],
        title=told["title"],
        title_cy=told["title_cy"],
        opens_at=instant(told["opens"], now=now) if "opens" in told else None,
        closes_at=end_of_day(day(told["closes"], now=now)),
        published_at=instant(told["published"], now=now) if "published" in told else None,
    )


def _options(told: list[dict], round_: Round) -> list[Option]:
    return Option.objects.bulk_create(
        Option(round=round_, position=position, title=row["title"], title_cy=row["title_cy"])
        for position, row in enumerate(told, start=1)
    )


def _load_votes(told: dict, round_: Round, options: list[Option], *, now: datetime) -> None:
    """Write the counted votes, and after them those that nobody has confirmed yet."""
    connections = [kind for kind, count in told["connections"].items() for _ in range(count)]
    ballots = dealt(told["options"], options, len(connections))
    pending = told.get("pending", 0)
    connections += [Vote.Connection.LIVES] * pending
    ballots += [[options[number % len(options)]] for number in range(pending)]
    moments = _spread(round_.opens_at, min(now, round_.closes_at), len(ballots))
    votes = Vote.objects.bulk_create(_votes(round_, connections, moments, pending))
    VoteChoice.objects.bulk_create(
        VoteChoice(vote=vote, option=option, place=place)
        for vote, ballot in zip(votes, ballots, strict=True)
        for place, option in enumerate(ballot, start=1)
    )


def dealt(told: list[dict], options: list[Option], voters: int) -> list[list[Option]]:
    """What each voter named, so that every option comes to exactly its number of votes.

    Dealt like cards, one option after the other: nobody is dealt the same one twice, since
    none has more votes than there are voters.
    """
    ballots: list[list[Option]] = [[] for _ in range(voters)]
    cards = (option for row, option in zip(told, options, strict=True) for _ in range(row["votes"]))
    for number, option in enumerate(cards):
        ballots[number % voters].append(option)
    return ballots


def _spread(start: datetime, end: datetime, number: int) -> list[datetime]:
    """So many moments between the two, evenly."""
    return [start + (end - start) * place / (number + 1) for place in range(1, number + 1)]


def _votes(
    round_: Round, connections: list[str], moments: Iterable[datetime], pending: int
) -> Iterator[Vote]:
    make_round_key(round_.pk)
    key = read_round_key(round_.pk)
    counted = len(connections) - pending
    for number, (connection, asked_at) in enumerate(zip(connections, moments, strict=True)):
        is_counted = number < counted
        yield Vote(
            round=round_,
            mailbox_key=mailbox_key(key, f"resident.{number}@example.org"),
            connection=connection,
            state=Vote.State.COUNTED if is_counted else Vote.State.PENDING,
            asked_at=asked_at,
            confirmed_at=asked_at + CONFIRMED_AFTER if is_counted else None,
        )
