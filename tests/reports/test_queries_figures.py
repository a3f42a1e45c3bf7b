from datetime import date

import pytest
from django.utils import translation

from reports.models import CrimeType
from reports.queries import crime_months, figures_of
from reports.queries.figures import MonthFigure, months_up_to, newest_quarter, quarter_figure
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import CrimeCountFactory, DataMonthFactory

pytestmark = pytest.mark.django_db
ASB = CrimeType.ANTI_SOCIAL_BEHAVIOUR.value
APRIL, MAY, JUNE, JULY = (date(2031, month, 1) for month in (4, 5, 6, 7))


@pytest.fixture
def place():
    return NeighbourhoodFactory(population=2_000)


def supply(place, *months):
    for month in months:
        DataMonthFactory(force=place.force, month=month)


def test_nothing_supplied_is_nothing_said(place, django_assert_num_queries):
    CrimeCountFactory(neighbourhood=place, month=MAY)

    with django_assert_num_queries(1):
        figures = figures_of(place)

    assert (figures.months, figures.quarter, figures.newest) == ([], None, None)


def test_thirteen_months_up_to_the_newest_supplied_with_gaps_named(place):
    supply(place, APRIL, JUNE)
    DataMonthFactory(force=place.force, month=JULY, missing=True)
    CrimeCountFactory(neighbourhood=place, month=JUNE, count=3)
    CrimeCountFactory(neighbourhood=place, month=JUNE, crime_type=ASB, count=2)
    CrimeCountFactory(neighbourhood=place, month=MAY, count=9)  # left from before

    figures = figures_of(place)

    assert [figure.month for figure in figures.months] == months_up_to(JUNE, 13)
    assert figures.newest == MonthFigure(JUNE, supplied=True, count=5, asb=2)
    assert figures.newest.crimes == 3
    assert figures.months[-2] == MonthFigure(MAY, supplied=False, count=0, asb=0)
    assert figures.months[-3] == MonthFigure(APRIL, supplied=True, count=0, asb=0)
    assert len(figures.not_supplied) == 11
    assert figures.quarter is None


def test_the_quarter_by_type_and_for_each_thousand_residents(place):
    supply(place, APRIL, MAY, JUNE, JULY)
    CrimeCountFactory(neighbourhood=place, month=APRIL, count=2)
    CrimeCountFactory(neighbourhood=place, month=JUNE, count=2)
    CrimeCountFactory(neighbourhood=place, month=MAY, crime_type=ASB, count=4)
    CrimeCountFactory(neighbourhood=place, month=MAY, crime_type="Hovercraft theft", count=5)
    CrimeCountFactory(neighbourhood=place, month=JULY, count=99)

    quarter = figures_of(place).quarter

    assert (quarter.first, quarter.last, quarter.count, quarter.rate) == (APRIL, JUNE, 13, 6.5)
    assert quarter.by_type == [
        ("Hovercraft theft", 5),
        ("Anti-social behaviour", 4),
        ("Burglary", 4),
    ]


def test_no_rate_where_the_residents_are_not_known():
    assert quarter_figure(NeighbourhoodFactory(), [APRIL, MAY, JUNE]).rate is None


def test_only_a_quarter_of_the_calendar_that_is_whole():
    assert newest_quarter({MAY, JUNE, JULY}) == []
    assert newest_quarter({APRIL, MAY, JUNE, JULY}) == [APRIL, MAY, JUNE]
    assert newest_quarter({date(2031, 9, 1), APRIL, MAY, JUNE}) == [APRIL, MAY, JUNE]


def test_months_go_back_over_the_year():
    assert months_up_to(date(2031, 1, 1), 3) == [
        date(2030, 11, 1),
        date(2030, 12, 1),
        date(2031, 1, 1),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_three_queries_whatever_there_is(place, rows, django_assert_num_queries):
    supply(place, *[APRIL, MAY, JUNE])
    for count in range(rows):
        CrimeCountFactory(neighbourhood=place, month=MAY, crime_type=CrimeType.values[count])

    with django_assert_num_queries(3):
        figures_of(place)


def test_months_for_a_bulletin_in_the_order_asked_for(place, django_assert_num_queries):
    supply(place, MAY)
    CrimeCountFactory(neighbourhood=place, month=MAY, count=3)
    CrimeCountFactory(month=MAY)  # of another place

    with django_assert_num_queries(2):
        months = crime_months(place, [JUNE, MAY])

    assert months == [
        MonthFigure(JUNE, supplied=False, count=0, asb=0),
        MonthFigure(MAY, supplied=True, count=3, asb=0),
    ]


def test_a_type_in_the_readers_language_and_an_unknown_one_as_it_is():
    with translation.override("cy"):
        assert CrimeType.label_of("Hovercraft theft") == "Hovercraft theft"
    assert CrimeType.label_of(ASB) == "Anti-social behaviour"
