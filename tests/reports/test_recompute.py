"""Every figure of every bulletin again, in plain SQL that shares no code with the portal.

Asks the tables themselves: a mistake in a query set, a clock or a date helper shows here.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from neighbourhoods.quarters import Quarter
from reports.models import Bulletin
from reports.snapshots import prepare_quarter
from tests.factories.feedback import ClockEventFactory, MessageFactory, ReplyFactory
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.reports import CrimeCountFactory, DataMonthFactory
from tests.factories.teams import MemberFactory, NamedContactFactory, PostingFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 20, 12, tzinfo=UTC)
FIRST, LAST, AFTER = "2030-10-01", "2030-12-31", "2031-01-01"
# London's midnights: summer time ends inside this quarter.
FROM, UNTIL = datetime(2030, 9, 30, 23, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
KINDS = ["Burglary", "Anti-social behaviour", "Drugs", "A category of the future"]


@pytest.fixture
def world() -> None:
    """Eight neighbourhoods of two forces with random people, priorities, messages and crime."""
    chance = Random(20301)
    for _force in range(2):
        force = ForceFactory()
        for month in (9, 10, 11, 12):
            if chance.random() < 0.8:
                DataMonthFactory(force=force, month=date(2030, month, 1))
        for _place in range(4):
            _invent(NeighbourhoodFactory(force=force), chance)


def _invent(place, chance: Random) -> None:
    _invent_people(place, chance)
    _invent_priorities(place, chance)
    for _message in range(chance.randrange(30)):
        _invent_message(place, chance)
    for month in (9, 10, 11, 12):
        for kind in chance.sample(KINDS, chance.randrange(len(KINDS))):
            CrimeCountFactory(
                neighbourhood=place,
                month=date(2030, month, 1),
                crime_type=kind,
                count=chance.randrange(1, 90),
            )


def _invent_people(place, chance: Random) -> None:
    day = date(2030, 8, 1)
    for _change in range(chance.randrange(4)):
        day += timedelta(days=chance.randrange(1, 80))
        if chance.random() < 0.3:
            NamedContactFactory(neighbourhood=place, from_on=day, vacant=True)
            continue
        member = MemberFactory(force=place.force, pcso=chance.random() < 0.3)
        posting = PostingFactory(neighbourhood=place, member=member, from_on=day)
        NamedContactFactory(neighbourhood=place, posting=posting, from_on=day)


def _invent_priorities(place, chance: Random) -> None:
    for _priority in range(chance.randrange(5)):
        adopted = date(2030, 7, 1) + timedelta(days=chance.randrange(220))
        closed = {
            "state": "CLOSED",
            "closed_on": adopted + timedelta(days=chance.randrange(120)),
            "outcome": "It is quiet.",
        }
        priority = PriorityFactory(neighbourhood=place, adopted_on=adopted, **closed)
        for _action in range(chance.randrange(3)):
            done = date(2030, 9, 1) + timedelta(days=chance.randrange(150))
            ActionFactory(priority=priority, done_on=done)


def _invent_message(place, chance: Random) -> None:
    received = FROM + timedelta(hours=chance.randrange(-200, 24 * 115))
    message = MessageFactory(neighbourhood=place, received_at=received)
    if chance.random() < 0.7:
        at = received + timedelta(hours=chance.randrange(1, 120))
        ReplyFactory(message=message)
        ClockEventFactory(message=message, kind="ANSWERED", at=at)


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def recomputed(place: int) -> dict[str, object]:
    return {
        "officer": _officer(place),
        "priorities": list(_priorities(place)),
        "answers": _answers(place),
        "crime": list(_crime(place)),
    }


def _officer(place: int) -> tuple[object, bool]:
    """Whom the newest entry of the timeline names on the last day, and whether an officer."""
    found = rows(
        "SELECT m.id, m.role FROM teams_namedcontact c"
        " LEFT JOIN teams_posting p ON p.id = c.posting_id"
        " LEFT JOIN teams_member m ON m.id = p.member_id"
        " WHERE c.neighbourhood_id = %s AND c.from_on <= %s ORDER BY c.from_on DESC LIMIT 1",
        place,
        LAST,
    )
    member, role = found[0] if found else (None, None)
    return member, role == "police_officer"


def _priorities(place: int) -> Iterator[tuple[str, str, int]]:
    """Title, state at the quarter's end, and how many actions were done within it."""
    yield from rows(
        "SELECT title, CASE WHEN closed_on <= %s THEN 'closed' ELSE 'live' END,"
        " (SELECT count(*) FROM priorities_action a WHERE a.priority_id = p.id"
        "  AND a.done_on >= %s AND a.done_on <= %s)"
        " FROM priorities_priority p WHERE neighbourhood_id = %s AND adopted_on < %s"
        " AND (closed_on IS NULL OR closed_on >= %s) ORDER BY title",
        LAST,
        FIRST,
        LAST,
        place,
        AFTER,
        FIRST,
    )


def _answers(place: int) -> tuple[int, int]:
    """How many of the quarter's messages are due, and how many were answered in 72 hours."""
    received = rows(
        "SELECT m.received_at, (SELECT min(e.at) FROM feedback_clockevent e"
        "  WHERE e.message_id = m.id AND e.kind = 'ANSWERED')"
        " FROM feedback_message m WHERE m.neighbourhood_id = %s"
        " AND m.received_at >= %s AND m.received_at < %s",
        place,
        f"{FROM:%Y-%m-%d %H:%M:%S}",
        f"{UNTIL:%Y-%m-%d %H:%M:%S}",
    )
    waited = [(_instant(at), _instant(answered)) for at, answered in received]
    limit = timedelta(hours=72)
    due = sum(answered is not None or at + limit < NOW for at, answered in waited)
    return due, sum(answered is not None and answered - at <= limit for at, answered in waited)


def _instant(value: object) -> datetime | None:
    """SQLite gives text without a zone, PostgreSQL an instant."""
    if value is None or isinstance(value, datetime):
        return value and value.replace(tzinfo=value.tzinfo or UTC)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _crime(place: int) -> Iterator[tuple[str, bool, int, int]]:
    for month in (10, 11, 12):
        [(supplied, crime, asb)] = rows(
            "SELECT (SELECT count(*) FROM reports_datamonth d WHERE d.force_id = n.force_id"
            "  AND d.month = %s AND d.supplied),"
            " (SELECT coalesce(sum(count), 0) FROM reports_crimecount c"
            "  WHERE c.neighbourhood_id = n.id AND c.month = %s AND c.crime_type <> %s),"
            " (SELECT coalesce(sum(count), 0) FROM reports_crimecount c"
            "  WHERE c.neighbourhood_id = n.id AND c.month = %s AND c.crime_type = %s)"
            " FROM neighbourhoods_neighbourhood n WHERE n.id = %s",
            f"2030-{month}-01",
            f"2030-{month}-01",
            "Anti-social behaviour",
            f"2030-{month}-01",
            "Anti-social behaviour",
            place,
        )
        known = (int(crime), int(asb)) if supplied else (0, 0)
        yield f"2030-{month}", bool(supplied), *known


def told(figures: dict) -> dict[str, object]:
    """A bulletin's figures in the shape of ``recomputed``."""
    return {
        "officer": (figures["officer"]["member"], figures["officer"]["police_officer"]),
        "priorities": sorted(
            (priority["title"], priority["state"], len(priority["actions"]))
            for priority in figures["priorities"]
        ),
        "answers": (figures["answers"]["due"], figures["answers"]["in_time"]),
        "crime": [
            tuple(month[key] for key in ("month", "supplied", "crime", "asb"))
            for month in figures["crime"]["months"]
        ],
    }


def test_every_figure_is_what_the_tables_say(world):
    prepare_quarter(Quarter(2030, 4), now=NOW)

    found = rows("SELECT neighbourhood_id, figures FROM reports_bulletin ORDER BY id")
    bulletins = {place: json.loads(text) for place, text in found}

    assert len(bulletins) == Bulletin.objects.count() == 8
    for place, figures in bulletins.items():
        again = recomputed(place)
        assert told(figures) == again | {"priorities": sorted(again["priorities"])}
    # The invented world has something of everything, or this would compare nothing.
    whole = [told(figures) for figures in bulletins.values()]
    assert {len({repr(told[key]) for told in whole}) > 1 for key in whole[0]} == {True}
    assert {month[1] for told in whole for month in told["crime"]} == {True, False}
