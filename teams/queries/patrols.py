"""How long a team was on patrol, and how much of it when most is going on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from neighbourhoods.models import Neighbourhood, PolicingArea
from teams.models import PatrolTotal
from teams.queries.duty import FEWEST, strength_on

FEWEST_HOURS = 20  # of fewer no share is told: it would say more than they do
MINUTES = 60


@dataclass(frozen=True)
class PatrolTime:
    """The hours on patrol in a period, first and last day included.

    ``area`` is the policing area that they are counted for, where a team is so small that
    they would be those of one or two people. ``hours`` is None where nothing was supplied.
    """

    first: date
    last: date
    area: PolicingArea | None
    hours: float | None
    peak_hours: float

    @property
    def percent_at_peak(self) -> float | None:
        if self.hours is None or self.hours < FEWEST_HOURS:
            return None
        return 100 * self.peak_hours / self.hours


def patrol_last_month(neighbourhood: Neighbourhood, on: date) -> PatrolTime | None:
    """The hours of the calendar month before that of ``on``; None where nobody may read them.

    That is a small team in no policing area. Three queries at most.
    """
    last = on.replace(day=1) - timedelta(days=1)
    return patrol_time(neighbourhood, last.replace(day=1), last)


def patrol_time(neighbourhood: Neighbourhood, first: date, last: date) -> PatrolTime | None:
    """The hours from ``first`` to ``last``, as ``patrol_last_month`` has them."""
    area, places = None, [neighbourhood.pk]
    if strength_on(neighbourhood, last) < FEWEST:
        area = neighbourhood.area
        if area is None:
            return None
        places = list(area.neighbourhoods.values_list("pk", flat=True))
    totals = _counted(places, first, last)
    if not totals:
        return PatrolTime(first, last, area, None, 0)
    peak = sum(total.minutes for total in totals if total.half.is_peak)
    hours = sum(total.minutes for total in totals) / MINUTES
    return PatrolTime(first, last, area, hours, peak / MINUTES)


def _counted(places: Iterable[int], first: date, last: date) -> list[PatrolTotal]:
    """One total of each half-day: what was imported, else what was pressed."""
    totals = PatrolTotal.objects.filter(neighbourhood__in=places, on__range=(first, last))
    # IMPORT comes before PRESSED, so it is written last.
    by_half = {(total.neighbourhood_id, total.half): total for total in totals.order_by("-source")}
    return list(by_half.values())
