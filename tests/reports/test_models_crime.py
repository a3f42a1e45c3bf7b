from datetime import date

import pytest
from django.db import IntegrityError

from reports.models import CrimeCount
from tests.factories.neighbourhoods import ForceFactory
from tests.factories.reports import CrimeCountFactory, DataMonthFactory

pytestmark = pytest.mark.django_db
OUTSIDE = CrimeCount.Place.OUTSIDE


@pytest.mark.parametrize(
    ("truth", "values"),
    [
        ("crimecount_has_neighbourhood_or_says_why_not", {"place": OUTSIDE}),
        (
            "crimecount_has_neighbourhood_or_says_why_not",
            {"without_coordinates": True, "place": CrimeCount.Place.NEIGHBOURHOOD},
        ),
        (
            "crimecount_has_neighbourhood_or_says_why_not",
            {"without_coordinates": True, "place": "nowhere"},
        ),
        ("crimecount_is_first_of_month", {"month": date(2031, 1, 2)}),
        ("crimecount_is_positive", {"count": 0}),
    ],
)
def test_a_count_that_cannot_be_is_refused(truth, values):
    with pytest.raises(IntegrityError, match=truth):
        CrimeCountFactory(**values)


def test_one_count_for_a_neighbourhood_month_and_type():
    count = CrimeCountFactory()
    CrimeCountFactory(neighbourhood=count.neighbourhood, crime_type="Drugs")

    with pytest.raises(IntegrityError, match=r"crimecount_one_per_neighbourhood|UNIQUE"):
        CrimeCountFactory(neighbourhood=count.neighbourhood)


def test_one_count_for_each_place_without_neighbourhood():
    force = ForceFactory()
    CrimeCountFactory(without_coordinates=True, force=force)
    CrimeCountFactory(without_coordinates=True, force=force, place=OUTSIDE)

    with pytest.raises(IntegrityError, match=r"crimecount_one_without_neighbourhood|UNIQUE"):
        CrimeCountFactory(without_coordinates=True, force=force)


def test_a_month_is_told_once_and_by_its_first_day():
    month = DataMonthFactory()
    assert str(month) == f"{month.force_id} {month.month:%Y-%m}"
    with pytest.raises(IntegrityError, match="datamonth_is_first_of_month"):
        DataMonthFactory(month=date(2031, 1, 31))


def test_one_row_for_a_month_of_a_force():
    month = DataMonthFactory()

    with pytest.raises(IntegrityError, match=r"datamonth_one_per_force|UNIQUE"):
        DataMonthFactory(force=month.force, month=month.month)
