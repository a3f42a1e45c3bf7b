"""Quarters of a year, in London's calendar, under names such as ``2021-Q4``."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from neighbourhoods.clock import LONDON

_NAME = re.compile(r"([0-9]{4})-Q([1-4])\Z")


class NotAQuarter(ValueError):
    """The text names no quarter; the message says how one is written."""


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return self.next.start - timedelta(days=1)

    @property
    def months(self) -> tuple[date, date, date]:
        """The first days of its three months."""
        first, year = 3 * self.number - 2, self.year
        return date(year, first, 1), date(year, first + 1, 1), date(year, first + 2, 1)

    @property
    def begins_at(self) -> datetime:
        """Midnight in London at which it begins, in UTC."""
        start = self.start
        return datetime(start.year, start.month, start.day, tzinfo=LONDON).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The instant, in UTC, from which on it is over."""
        return self.next.begins_at

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def in_words(self) -> str:
        """Its months and year in the active language. Whole sentences: Welsh mutates months."""
        label = {
            1: _("January to March %(year)s"),
            2: _("April to June %(year)s"),
            3: _("July to September %(year)s"),
            4: _("October to December %(year)s"),
        }[self.number]
        return label % {"year": self.year}


def parse_quarter(text: str) -> Quarter:
    """The quarter that ``text`` names. Raises NotAQuarter."""
    found = _NAME.match(text)
    if found is None or found[1] < "1900" or found[1] > "9998":
        raise NotAQuarter(f"{text!r} is no quarter: write it like 2021-Q4.")
    return Quarter(int(found[1]), int(found[2]))


def quarter_of(day: date) -> Quarter:
    """The quarter that the day belongs to."""
    return Quarter(day.year, (day.month + 2) // 3)
