"""Every count of a force, as export_crime_counts prints them, or of one neighbourhood."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from neighbourhoods.models import Force, Neighbourhood
from reports.models import CrimeCount, DataMonth

COUNT_HEADER = ("neighbourhood_id", "month", "crime_type", "count")
NO_NEIGHBOURHOOD = {
    CrimeCount.Place.NO_COORDINATES: "(no coordinates)",
    CrimeCount.Place.OUTSIDE: "(outside all boundaries)",
}
CountRow = tuple[str, str, str, int]


@dataclass(frozen=True)
class Counts:
    """Counts of one neighbourhood. Of a month that is not among ``supplied`` nothing is known."""

    supplied: list[date]
    rows: list[tuple[date, str, int]]  # month, type, count: by month, then type


def crime_counts_of(
    neighbourhood: Neighbourhood, *, first: date | None = None, last: date | None = None
) -> Counts:
    """What was recorded from month ``first`` to ``last``, each type that was. Two queries."""
    months = DataMonth.objects.supplied().filter(force=neighbourhood.force_id)
    supplied = sorted(_between(months, first, last).values_list("month", flat=True))
    counted = _between(neighbourhood.crime_counts.filter(month__in=supplied), first, last)
    rows = counted.order_by().values_list("month", "crime_type", "count")
    return Counts(supplied, sorted(rows))


def forces_by_supplied_month() -> list[tuple[date, list[str]]]:
    """Every month that some force's data came of, the newest first, with those forces by id."""
    by_month = defaultdict(list)
    supplied = DataMonth.objects.supplied().order_by("-month", "force")
    for month, force in supplied.values_list("month", "force"):
        by_month[month].append(force)
    return list(by_month.items())


def crime_count_rows(
    force: Force, *, first: date | None = None, last: date | None = None
) -> list[CountRow]:
    """The counts of ``force`` from month ``first`` to ``last`` under ``COUNT_HEADER``.

    Sorted by the code points of id, month and type, whatever the database's collation.
    """
    counts = _between(CrimeCount.objects.filter(force=force), first, last)
    found = counts.order_by().values_list(
        "neighbourhood__code", "place", "month", "crime_type", "count"
    )
    return sorted(
        (NO_NEIGHBOURHOOD.get(place, code), f"{month:%Y-%m}", crime_type, count)
        for code, place, month, crime_type, count in found
    )


def _between(rows: QuerySet, first: date | None, last: date | None) -> QuerySet:
    if first:
        rows = rows.filter(month__gte=first)
    if last:
        rows = rows.filter(month__lte=last)
    return rows
