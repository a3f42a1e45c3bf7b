"""Every count of a force, one a line, as export_crime_counts prints them."""

from datetime import date

from neighbourhoods.models import Force
from reports.models import CrimeCount

COUNT_HEADER = ("neighbourhood_id", "month", "crime_type", "count")
NO_NEIGHBOURHOOD = {
    CrimeCount.Place.NO_COORDINATES: "(no coordinates)",
    CrimeCount.Place.OUTSIDE: "(outside all boundaries)",
}
CountRow = tuple[str, str, str, int]


def crime_count_rows(
    force: Force, *, first: date | None = None, last: date | None = None
) -> list[CountRow]:
    """The counts of ``force`` from month ``first`` to ``last`` under ``COUNT_HEADER``.

    Sorted by the code points of id, month and type, whatever the database's collation.
    """
    counts = CrimeCount.objects.filter(force=force)
    if first:
        counts = counts.filter(month__gte=first)
    if last:
        counts = counts.filter(month__lte=last)
    found = counts.order_by().values_list(
        "neighbourhood__code", "place", "month", "crime_type", "count"
    )
    return sorted(
        (NO_NEIGHBOURHOOD.get(place, code), f"{month:%Y-%m}", crime_type, count)
        for code, place, month, crime_type, count in found
    )
