"""Months and quarters of the demonstration: counted back from what would be supplied at D."""

from datetime import date, datetime

from neighbourhoods.clock import london_date
from neighbourhoods.quarters import Quarter, quarter_of

LAG = 3  # a month's figures are there two whole months after it: in the third month on


def newest_month(*, now: datetime) -> date:
    """The first day of the newest month whose figures would be supplied at ``now``."""
    return months_before(london_date(now), LAG)


def newest_quarter(*, now: datetime) -> Quarter:
    """Q: the newest quarter whose three months would be supplied at ``now``."""
    newest = newest_month(now=now)
    quarter = quarter_of(newest)
    return quarter if newest == quarter.months[-1] else quarter.previous


def months_before(day: date, number: int) -> date:
    """The first day of the month so many months before that of ``day``."""
    ordinal = day.year * 12 + day.month - 1 - number
    return date(ordinal // 12, ordinal % 12 + 1, 1)
