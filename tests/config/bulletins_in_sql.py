"""Every bulletin again, in plain SQL over the tables. Shares no code with the portal.

Answers like ``told``: by place and quarter the figures of each bulletin that has any, and
the document of each that was published.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

LONDON = ZoneInfo("Europe/London")
IN_TIME_S = 72 * 60 * 60
SECONDS = {
    "postgresql": "extract(epoch FROM {})",
    "sqlite": "CAST(strftime('%%s', {}) AS integer)",
}
BULLETINS = """
SELECT n.force_id, n.code, b.quarter, b.figures, b.document, b.neighbourhood_id,
       b.prepared_at, b.published_at, b.reviewed_by_id, b.words, b.words_cy
FROM reports_bulletin b JOIN neighbourhoods_neighbourhood n ON n.id = b.neighbourhood_id
WHERE b.figures IS NOT NULL ORDER BY b.id"""
OFFICER = """
WITH line AS (
    SELECT from_on, coalesce(posting_id, 0) AS posting FROM teams_namedcontact
    WHERE neighbourhood_id = %s AND from_on <= %s),
newest AS (SELECT posting FROM line ORDER BY from_on DESC LIMIT 1),
other AS (
    SELECT max(from_on) AS last_on FROM line WHERE posting <> (SELECT posting FROM newest))
SELECT (SELECT min(from_on) FROM line WHERE other.last_on IS NULL OR from_on > other.last_on),
       p.to_on, m.ended_on, m.id, m.role
FROM newest CROSS JOIN other
LEFT JOIN teams_posting p ON p.id = newest.posting LEFT JOIN teams_member m ON m.id = p.member_id"""
PRIORITIES = """
SELECT id, title, title_cy, adopted_on, closed_on, outcome, outcome_cy FROM priorities_priority
WHERE neighbourhood_id = %s AND adopted_on <= %s AND (closed_on IS NULL OR closed_on >= %s)
ORDER BY adopted_on, place, id"""
ACTIONS = """
SELECT what, what_cy, owner, owner_cy, done_on FROM priorities_action
WHERE priority_id = %s AND done_on >= %s AND done_on <= %s ORDER BY due_on, id"""
ANSWERS = """
WITH known AS (
    SELECT e.message_id, e.kind, {at} AS at,
           CASE e.kind WHEN 'RECEIVED' THEN 0 WHEN 'PAUSED' THEN 1 WHEN 'RESUMED' THEN 2 ELSE 3
           END AS turn
    FROM feedback_clockevent e JOIN feedback_message m ON m.id = e.message_id
    WHERE m.neighbourhood_id = %s AND m.received_at >= %s AND m.received_at < %s
      AND e.kind <> 'ESCALATED' AND e.at >= m.received_at AND e.at <= %s),
answered AS (
    SELECT message_id, min(at) AS at FROM known WHERE kind = 'ANSWERED' GROUP BY message_id),
stretches AS (
    SELECT known.message_id, kind, known.at, answered.at AS answered_at,
           lead(known.at) OVER (PARTITION BY known.message_id ORDER BY known.at, turn) AS until
    FROM known LEFT JOIN answered ON answered.message_id = known.message_id
    WHERE answered.at IS NULL OR known.at <= answered.at),
waited AS (
    SELECT answered_at, sum(CASE WHEN kind IN ('RECEIVED', 'RESUMED')
                            THEN coalesce(until, {now}) - at ELSE 0 END) AS seconds
    FROM stretches GROUP BY message_id, answered_at)
SELECT count(*), count(CASE WHEN answered_at IS NOT NULL AND seconds <= %s THEN 1 END)
FROM waited WHERE answered_at IS NOT NULL OR seconds > %s"""
CRIME = """
SELECT coalesce(sum(CASE WHEN crime_type <> 'Anti-social behaviour' THEN count END), 0),
       coalesce(sum(CASE WHEN crime_type = 'Anti-social behaviour' THEN count END), 0)
FROM reports_crimecount WHERE neighbourhood_id = %s AND month = %s"""
SUPPLIED = """
SELECT count(*) FROM reports_datamonth d JOIN neighbourhoods_neighbourhood n USING (force_id)
WHERE n.id = %s AND d.month = %s AND d.supplied"""
INSPECTOR = """
SELECT DISTINCT g.role FROM teams_rolegrant g JOIN neighbourhoods_neighbourhood n ON n.id = %s
WHERE g.user_id = %s AND g.role = 'inspector' AND g.from_on <= %s
  AND (g.to_on IS NULL OR g.to_on >= %s)
  AND (g.neighbourhood_id = n.id OR g.area_id = n.area_id OR g.force_id = n.force_id)"""


class Row(NamedTuple):
    """A bulletin as the tables hold it, under the names of the columns."""

    force: str
    code: str
    quarter: object
    figures: object
    document: str
    place: int
    prepared_at: object
    published_at: object
    reviewer: int | None
    words: str
    words_cy: str

    @property
    def months(self) -> list[date]:
        first = date.fromisoformat(str(self.quarter))
        return [first.replace(month=first.month + more) for more in range(3)]

    @property
    def after(self) -> date:
        """The first day after the quarter."""
        return (self.months[2] + timedelta(31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.after - timedelta(1)

    @property
    def name(self) -> str:
        first = self.months[0]
        return f"{first.year}-Q{first.month // 3 + 1}"


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(v) if isinstance(v, date) else v for v in values])
        return cursor.fetchall()


def told() -> dict[str, dict]:
    """What the bulletins say."""
    said = {}
    for row in bulletins():
        said[f"{row.code} {row.name}"] = {"figures": json.loads(row.figures)}
        if row.document:
            said[f"{row.code} {row.name}"]["document"] = json.loads(row.document)
    return said


def recomputed() -> dict[str, dict]:
    """What the tables say that the bulletins have to say."""
    said = {}
    for row in bulletins():
        said[f"{row.code} {row.name}"] = {"figures": figures(row)}
        if row.document:
            said[f"{row.code} {row.name}"]["document"] = document(row)
    return said


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value in ``value`` with the way to it; an empty list or table is one too."""
    if not isinstance(value, dict | list) or not value:
        yield path, value
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, f"{path}/{key}")


def bulletins() -> list[Row]:
    return [Row(*found) for found in rows(BULLETINS)]


def document(row: Row) -> dict[str, object]:
    on = instant(row.published_at).astimezone(LONDON).date()
    [(role,)] = rows(INSPECTOR, row.place, row.reviewer, on, on)
    return {
        "schema": 1,
        "force": row.force,
        "neighbourhood": row.code,
        "quarter": row.name,
        "made_at": f"{instant(row.prepared_at):%Y-%m-%dT%H:%M:%S}+00:00",
        "published_at": f"{instant(row.published_at):%Y-%m-%dT%H:%M:%S}+00:00",
        "approved_by": role,
        "words": {"en": row.words, "cy": row.words_cy},
        "figures": figures(row),
    }


def figures(row: Row) -> dict[str, object]:
    return {
        "officer": officer(row),
        "priorities": list(priorities(row)),
        "answers": answers(row),
        "crime": {"months": [crime(row, month) for month in row.months]},
    }


def officer(row: Row) -> dict[str, object]:
    """Whom the timeline names on the quarter's last day, unless the post has ended by then."""
    vacant = {"state": "vacant", "member": None, "police_officer": False}
    found = rows(OFFICER, row.place, row.last)
    if not found:
        return vacant | {"state": "none", "since": None}
    [(since, *ends, member, role)] = found
    ended = min((str(end) for end in ends if end), default=None)
    if member is None:
        return vacant | {"since": str(since)}
    if ended and ended < str(row.last):
        return vacant | {"since": str(date.fromisoformat(ended) + timedelta(1))}
    named = {"state": "named", "since": str(since), "member": member}
    return named | {"police_officer": role == "police_officer"}


def priorities(row: Row) -> Iterator[dict[str, object]]:
    """A priority that was closed after the quarter was live in it."""
    first, last = row.months[0], row.last
    for pk, title, title_cy, adopted, closed_on, *outcome in rows(
        PRIORITIES, row.place, last, first
    ):
        closed = bool(closed_on) and str(closed_on) <= str(last)
        done = rows(ACTIONS, pk, first, last)
        names = ("what", "what_cy", "owner", "owner_cy", "done_on")
        yield {
            "title": title,
            "title_cy": title_cy,
            "adopted_on": str(adopted),
            "state": "closed" if closed else "live",
            "closed_on": str(closed_on) if closed else None,
            "outcome": outcome[0] if closed else "",
            "outcome_cy": outcome[1] if closed else "",
            "actions": [dict(zip(names, [*what, str(on)], strict=True)) for *what, on in done],
        }


def answers(row: Row) -> dict[str, int]:
    """The quarter's messages whose clock hours were over, or stopped, when it was prepared."""
    at, prepared = SECONDS[connection.vendor].format("e.at"), instant(row.prepared_at)
    received = midnight(row.months[0]), midnight(row.after)
    sql = ANSWERS.format(at=at, now=f"{prepared.timestamp():.6f}")
    [(due, in_time)] = rows(sql, row.place, *received, written(prepared), IN_TIME_S, IN_TIME_S)
    return {"due": due, "in_time": in_time}


def crime(row: Row, month: date) -> dict[str, object]:
    """Of a month that was not supplied nothing is said."""
    [(supplied,)] = rows(SUPPLIED, row.place, month)
    [(crimes, asb)] = rows(CRIME, row.place, month) if supplied else [(0, 0)]
    counted = {"crime": int(crimes), "asb": int(asb)}
    return {"month": f"{month:%Y-%m}", "supplied": bool(supplied)} | counted


def midnight(day: date) -> str:
    """Midnight in London at which the day begins."""
    return written(datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC))


def written(at: datetime) -> str:
    """As SQLite stores it, so that its text compares, and as PostgreSQL reads it."""
    return at.replace(tzinfo=None).isoformat(" ")


def instant(value: object) -> datetime:
    """SQLite gives text without a zone, PostgreSQL an instant."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
