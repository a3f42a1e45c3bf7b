"""Dates of the content files: written as distances from D, the minute of loading."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from neighbourhoods.clock import LONDON, london_date

OFFSET = re.compile(
    r"D(?:(?P<sign>[+-])(?=\d)(?:(?P<years>\d+)y)?(?:(?P<months>\d+)m)?(?P<days>\d+)?)?"
    r"(?: (?P<clock>\d\d:\d\d))?"
)


class NoOffset(ValueError):
    """The text is no distance from D; the message shows it."""


def day(text: str, *, now: datetime) -> date:
    """The London date that ``text`` means at ``now``: "D-24", "D+5", "D-3y2m"."""
    return _day(_parts(text), london_date(now))


def day_or_none(text: str | None, *, now: datetime) -> date | None:
    return day(text, now=now) if text else None


def instant(text: str, *, now: datetime) -> datetime:
    """The instant that ``text`` means at ``now``: a date and London's clock, "D-2 16:40"."""
    parts = _parts(text)
    if not parts["clock"]:
        raise NoOffset(f"{text!r} lacks a time, as in 'D-2 16:40'")
    clock = time.fromisoformat(parts["clock"])
    return datetime.combine(_day(parts, london_date(now)), clock, tzinfo=LONDON)


def instant_or_none(text: str | None, *, now: datetime) -> datetime | None:
    return instant(text, now=now) if text else None


def _parts(text: str) -> dict[str, str | None]:
    if not (found := OFFSET.fullmatch(text)):
        raise NoOffset(f"{text!r} is no date like 'D-24', 'D-3y2m' or 'D-2 16:40'")
    return found.groupdict()


def _day(parts: dict[str, str | None], today: date) -> date:
    sign = -1 if parts["sign"] == "-" else 1
    months = 12 * int(parts["years"] or 0) + int(parts["months"] or 0)
    return _months_later(today, sign * months) + timedelta(days=sign * int(parts["days"] or 0))


def _months_later(start: date, months: int) -> date:
    """The same day of another month; its last day where that month is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
