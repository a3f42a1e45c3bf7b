from datetime import UTC, datetime, timedelta

import pytest

from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries import page_stamp
from teams.models import SafetyStamp
from tests.factories.neighbourhoods import NeighbourhoodFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 3, 4, 12, 10, tzinfo=UTC)


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def stamp(place, *, language="en-gb", now=NOW):
    found = Neighbourhood.objects.with_safety_stamp().get(pk=place.pk)
    return page_stamp(found, language=language, now=now)


def test_is_the_same_for_the_same_page_within_the_hour(place):
    assert stamp(place) == stamp(place, now=NOW + timedelta(minutes=49))


def test_changes_with_whatever_a_page_depends_on(place, settings):
    stamps = [
        stamp(place),
        stamp(place, language="cy"),
        stamp(place, now=NOW + timedelta(minutes=50)),
        stamp(place, now=NOW + timedelta(days=1)),
        stamp(NeighbourhoodFactory()),
    ]
    settings.BUILD_ID = "another"
    stamps.append(stamp(place))
    Neighbourhood.objects.filter(pk=place.pk).raise_stamps()
    stamps.append(stamp(place))
    SafetyStamp.objects.raise_stamp()
    stamps.append(stamp(place))

    assert len(set(stamps)) == len(stamps) == 8


def test_the_hour_that_comes_twice_in_october_is_two_hours(place):
    first = datetime(2031, 10, 26, 0, 30, tzinfo=UTC)

    assert stamp(place, now=first) != stamp(place, now=first + timedelta(hours=1))
