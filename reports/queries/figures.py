"""Recorded crime of a neighbourhood. Of a month that was not supplied nothing is said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from neighbourhoods.models import Neighbourhood
from reports.models import CrimeType, DataMonth

MONTHS_SHOWN = 13  # a year and the same month of the year before
PER = 1_000  # residents


@dataclass(frozen=True)
class MonthFigure:
    """One month: ``count`` is everything recorded, ``asb`` the part that is anti-social behaviour.

    Both are 0 and mean nothing where ``supplied`` is false.
    """

    month: date
    supplied: bool
    count: int
    asb: int

    @property
    def crimes(self) -> int:
        return self.count - self.asb


@dataclass(frozen=True)
class QuarterFigure:
    """A quarter of the year whose three months have all been supplied."""

    months: list[date]
    by_type: list[tuple[str, int]]  # the name in the reader's language, the most frequent first
    residents: int | None

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        return self.months[-1]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.by_type)

    @property
    def rate(self) -> float | None:
        """Incidents for each 1,000 residents; None where their number is not known."""
        return self.count * PER / self.residents if self.residents else None


@dataclass(frozen=True)
class Figures:
    """What the page of figures shows: months oldest first, ending with the newest supplied."""

    months: list[MonthFigure] = field(default_factory=list)
    quarter: QuarterFigure | None = None

    @property
    def not_supplied(self) -> list[date]:
        return [figure.month for figure in self.months if not figure.supplied]

    @property
    def newest(self) -> MonthFigure | None:
        return self.months[-1] if self.months else None


def figures_of(neighbourhood: Neighbourhood) -> Figures:
    """The newest figures of ``neighbourhood``. At most three queries."""
    supplied = set(_supplied(neighbourhood))
    if not supplied:
        return Figures()
    shown = months_up_to(max(supplied), MONTHS_SHOWN)
    quarter = newest_quarter(supplied)
    counts = _counts(neighbourhood, shown)
    return Figures(
        months=[_month_figure(month, counts, month in supplied) for month in shown],
        quarter=quarter_figure(neighbourhood, quarter) if quarter else None,
    )


def quarter_figure(neighbourhood: Neighbourhood, months: list[date]) -> QuarterFigure:
    """What was recorded in ``months``, which have all been supplied. One query."""
    by_type = Counter()
    for (_month, kind), count in _counts(neighbourhood, months).items():
        by_type[CrimeType.label_of(kind)] += count
    ranked = sorted(by_type.items(), key=lambda item: (-item[1], item[0]))
    return QuarterFigure(months, ranked, neighbourhood.population)


def crime_months(neighbourhood: Neighbourhood, months: Sequence[date]) -> list[MonthFigure]:
    """One figure for each of ``months`` (first days), in their order. Two queries."""
    supplied = set(_supplied(neighbourhood).filter(month__in=months))
    counts = _counts(neighbourhood, months)
    return [_month_figure(month, counts, month in supplied) for month in months]


def months_up_to(last: date, number: int) -> list[date]:
    """The first days of ``number`` months, oldest first, ``last`` being the first of the newest."""
    ordinal = last.year * 12 + last.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(ordinal - number + 1, ordinal + 1)]


def newest_quarter(supplied: set[date]) -> list[date]:
    """The months of the newest quarter that was supplied whole; none where no quarter was."""
    ends = sorted((month for month in supplied if month.month % 3 == 0), reverse=True)
    quarters = (months_up_to(end, 3) for end in ends)
    return next((months for months in quarters if supplied.issuperset(months)), [])


def _supplied(neighbourhood: Neighbourhood):
    months = DataMonth.objects.supplied().filter(force=neighbourhood.force_id)
    return months.values_list("month", flat=True)


def _counts(neighbourhood: Neighbourhood, months: Sequence[date]) -> Counter:
    """Incidents by month and type."""
    rows = neighbourhood.crime_counts.filter(month__in=months)
    return Counter(
        {(month, kind): n for month, kind, n in rows.values_list("month", "crime_type", "count")}
    )


def _month_figure(month: date, counts: Counter, supplied: bool) -> MonthFigure:
    if not supplied:
        return MonthFigure(month, supplied=False, count=0, asb=0)
    return MonthFigure(
        month,
        supplied=True,
        count=sum(count for (at, _), count in counts.items() if at == month),
        asb=counts[month, CrimeType.ANTI_SOCIAL_BEHAVIOUR.value],
    )
