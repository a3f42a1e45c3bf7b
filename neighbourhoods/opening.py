"""When a place is open: hours of the week and of single days, on London's clock."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from neighbourhoods.clock import LONDON, london_date, london_instant

MIDNIGHT = time.min  # as an end: of the day
DAYS_AHEAD = 28  # further than that nobody plans a visit to a counter
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?")
UNTIL = re.compile(r" ?(?:-|–|to) ?")


class Span(NamedTuple):
    """From when until when on one day; until midnight is until its end."""

    opens: time
    closes: time


class NoHours(ValueError):
    """The text is no hours; the argument is the part that cannot be read."""


@dataclass(frozen=True)
class Opening:
    """Whether a place is open at a moment, and the instant at which that changes.

    ``changes_at`` is None where it does not within four weeks.
    """

    open: bool
    changes_at: datetime | None


def opening_at(
    week: Mapping[int, Iterable[Span]], exceptions: Mapping[date, Iterable[Span]], now: datetime
) -> Opening:
    """Whether a place is open at ``now``.

    ``week`` has the spans of each weekday, Monday being 0, and ``exceptions`` those of
    single days, which count instead: none where it is closed all day. A span that ends
    at midnight goes on with one that begins then.
    """
    today = london_date(now)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    stretches = _stretches(
        instants
        for day in days
        for span in sorted(exceptions.get(day, week.get(day.weekday(), ())))
        if (instants := _instants(day, span))
    )
    until = london_instant(today + timedelta(days=DAYS_AHEAD))
    for opens, closes in stretches:
        if now < opens:
            return Opening(False, opens)
        if now < closes:
            return Opening(True, closes if closes < until else None)
    return Opening(False, None)


def parse_spans(text: str) -> list[Span]:
    """The spans in ``text`` as people write them: "9am to 12:30pm, 13:00-17:00".

    Empty for an empty text. Raises NoHours for what is no time, a span that does not
    end after it begins, and spans that overlap.
    """
    spans = sorted(_parsed_span(part) for part in re.split(r"[,;]", text) if part.strip())
    for one, after in pairwise(spans):
        if one.closes == MIDNIGHT or one.closes > after.opens:
            raise NoHours(text.strip())
    return spans


def spans_text(spans: Iterable[Span]) -> str:
    """Spans as ``parse_spans`` reads them, on the 24-hour clock."""
    return ", ".join(f"{opens:%H:%M} to {closes:%H:%M}" for opens, closes in spans)


def _instants(day: date, span: Span) -> tuple[datetime, datetime] | None:
    """When the clocks show it; None for a span that they leave out in March."""
    last = day + timedelta(days=1) if span.closes == MIDNIGHT else day
    opens, closes = _instant(day, span.opens), _instant(last, span.closes)
    return (opens, closes) if opens < closes else None


def _instant(day: date, clock: time) -> datetime:
    """When London's clocks show it; a time that they skip is the full hour at which they do."""
    found = london_instant(day, clock)
    skipped = found.astimezone(LONDON).time() != clock
    return found.replace(minute=0, second=0, microsecond=0) if skipped else found


def _stretches(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Spans in time order with those that touch made one."""
    held = None
    for opens, closes in spans:
        if held and opens <= held[1]:
            held = (held[0], max(held[1], closes))
            continue
        if held:
            yield held
        held = (opens, closes)
    if held:
        yield held


def _parsed_span(text: str) -> Span:
    ends = UNTIL.split(text.strip().lower())
    if len(ends) != 2:
        raise NoHours(text.strip())
    opens, closes = map(_parsed_time, ends)
    if opens >= closes and closes != MIDNIGHT:
        raise NoHours(text.strip())
    return Span(opens, closes)


def _parsed_time(text: str) -> time:
    if text in ("midnight", "24:00"):
        return MIDNIGHT
    found = CLOCK.fullmatch(text.replace("noon", "12pm"))
    if not found:
        raise NoHours(text)
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            raise NoHours(text)
        hour = hour % 12 + 12 * (half == "pm")
    if hour > 23 or minute > 59 or not (half or found[2]):
        raise NoHours(text)
    return time(hour, minute)
