"""The sentences of a bulletin, from its figures, in the active language. Plain counts only:
nothing here says that a number is better, worse or usual.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from neighbourhoods.quarters import Quarter

PERCENT_FROM = 20  # fewer tell nothing as a percentage


@dataclass(frozen=True)
class MonthRow:
    """One month of a quarter. Its numbers mean nothing where ``supplied`` is false."""

    month: date
    supplied: bool
    crimes: int
    asb: int

    @property
    def count(self) -> int:
        return self.crimes + self.asb


def month_rows(months: list[dict]) -> list[MonthRow]:
    """The months as a document holds them, for a table."""
    return [
        MonthRow(
            month=date.fromisoformat(f"{month['month']}-01"),
            supplied=month["supplied"],
            crimes=month["crime"],
            asb=month["asb"],
        )
        for month in months
    ]


def crime_sentence(rows: list[MonthRow], quarter: Quarter) -> str:
    """How many incidents were recorded; where a month is not supplied, that and nothing else."""
    missing = [row.month for row in rows if not row.supplied]
    if missing:
        return " ".join([*map(_not_supplied, missing), _silence()])
    total = sum(row.count for row in rows)
    said = ngettext(
        "%(number)s crime or incident was recorded from %(quarter)s.",
        "%(number)s crimes and incidents were recorded from %(quarter)s.",
        total,
    )
    return said % {"number": total, "quarter": quarter.in_words}


def _not_supplied(month: date) -> str:
    return _("%(month)s has not been supplied.") % {"month": date_format(month, "F Y")}


def _silence() -> str:
    return _("We say nothing about crime this quarter until it is.")


def asb_sentence(rows: list[MonthRow]) -> str:
    """How many of them were anti-social behaviour; empty where nothing may be said."""
    if not all(row.supplied for row in rows):
        return ""
    number = sum(row.asb for row in rows)
    said = ngettext(
        "%(number)s of them was anti-social behaviour.",
        "%(number)s of them were anti-social behaviour.",
        number,
    )
    return said % {"number": number}


def answers_sentence(due: int, in_time: int) -> str:
    """How many messages had an answer within 72 hours, of those whose time is over."""
    if not due:
        return _("No message of this quarter had to be answered.")
    said = ngettext(
        "We answered %(in_time)s of %(due)s message within 72 hours.",
        "We answered %(in_time)s of %(due)s messages within 72 hours.",
        due,
    )
    return said % {"in_time": in_time, "due": due}


def percent(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in per cent, or None where ``whole`` is too small for one.

    Rounded half up, but never up to all or down to none where it is not.
    """
    if whole < PERCENT_FROM:
        return None
    rounded = (200 * part + whole) // (2 * whole)
    if 0 < part < whole:
        return min(99, max(1, rounded))
    return rounded
