"""Rows of the ``reports`` app about recorded crime: months, and counts by place and type."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from random import Random

from config.demo.calendar import months_before, newest_month, newest_quarter
from config.demo.places import Places
from reports.models import CrimeCount, CrimeType, DataMonth

MONTHS = 27  # to the end of the newest quarter; those supplied since come after them
SHOP_THEFT = CrimeType.SHOPLIFTING.value

Key = tuple[date, str]  # month, type of crime


def load_figures(told: dict, places: Places, *, now: datetime) -> list[CrimeCount]:
    """Write every count, and for each month whether it was supplied. Return the counts."""
    months = _months(now=now)
    missing = {months[number - 1] for number in told["not_supplied"]}
    rows = [
        row for place in told["places"] for row in _counts(place, told, months, missing, places)
    ]
    kept = Counter()
    for row in rows:
        kept[row.month] += row.count
    DataMonth.objects.bulk_create(
        DataMonth(
            force=places.force,
            month=month,
            supplied=month not in missing,
            rows=kept[month],
            kept=kept[month],
        )
        for month in months
    )
    return CrimeCount.objects.bulk_create(rows)


def _months(*, now: datetime) -> list[date]:
    """The first days of all months that figures are told of, oldest first."""
    first = months_before(newest_quarter(now=now).months[-1], MONTHS - 1)
    months, newest = [first], newest_month(now=now)
    while months[-1] < newest:
        months.append(months_before(months[-1], -1))
    return months


def _counts(
    told: dict, all_told: dict, months: list[date], missing: set[date], places: Places
) -> Iterator[CrimeCount]:
    for (month, crime_type), count in _drawn(told, all_told["mix"], months).items():
        if month not in missing:
            yield CrimeCount(
                force=places.force,
                neighbourhood=places.neighbourhoods[told["place"]],
                place=CrimeCount.Place.NEIGHBOURHOOD,
                month=month,
                crime_type=crime_type,
                count=count,
            )


def _drawn(told: dict, mix: dict[str, int], months: list[date]) -> Counter[Key]:
    """Incidents by month and type, the same ones for the same seed; none is zero.

    Written numbers stand as they are. Shop theft that is written is not drawn again.
    """
    chance = Random(told["seed"])  # noqa: S311  # repeatable figures, not a secret
    shop_theft = _written(told.get("shop_theft", ""))
    weights = {
        kind: share for kind, share in mix.items() if not (shop_theft and kind == SHOP_THEFT)
    }
    totals = _written(told.get("total", ""))
    found = Counter()
    for number, month in enumerate(months):
        total = totals.get(number, _around(told["mean"], chance))
        kinds = chance.choices(list(weights), list(weights.values()), k=total)
        found.update((month, kind) for kind in kinds)
        found[month, SHOP_THEFT] += shop_theft.get(number, _around(22, chance) if shop_theft else 0)
    return +found


def _written(text: str) -> dict[int, int]:
    """Numbers written one a month by their position; a dash is a month without one."""
    return {number: int(said) for number, said in enumerate(text.split()) if said != "-"}


def _around(mean: int, chance: Random) -> int:
    """A number of incidents that scatters as independent ones do."""
    return max(0, round(chance.gauss(mean, mean**0.5)))
