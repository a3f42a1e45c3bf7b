from datetime import date

import pytest

from reports.models import CrimeType
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.reports import CrimeCountFactory, DataMonthFactory

pytestmark = pytest.mark.django_db
PAGE = "/areas/casterwell/harkstow/figures/"
APRIL, MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (4, 5, 6, 7, 8))


@pytest.fixture
def place():
    force = ForceFactory(id="casterwell", name="Casterwell Police")
    return NeighbourhoodFactory(
        force=force, code="harkstow", name="Harkstow Estate", population=2_000
    )


@pytest.fixture
def supplied(place):
    """A quarter, and August without July."""
    for month in (APRIL, MAY, JUNE, AUGUST):
        DataMonthFactory(force=place.force, month=month)
    CrimeCountFactory(neighbourhood=place, month=MAY, count=1_180)
    CrimeCountFactory(
        neighbourhood=place, month=JUNE, count=5, crime_type=CrimeType.ANTI_SOCIAL_BEHAVIOUR
    )
    CrimeCountFactory(neighbourhood=place, month=AUGUST, count=1)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_headings_state_what_was_recorded(client, supplied):
    page = words(client.get(PAGE))

    assert "<h1" in page
    assert "Crime and anti-social behaviour in Harkstow Estate" in page
    assert "1,185 crimes and incidents were recorded from April to June 2026." in page
    assert "1 crime or incident was recorded in August 2026, the newest month supplied." in page


def test_a_month_that_was_not_supplied_is_named_and_never_zero(client, supplied):
    page = words(client.get(PAGE))

    assert "July 2026 has not been supplied. We say nothing about crime in it." in page
    assert "March 2026 has not been supplied." in page
    assert 'July 2026</text><text x="100%"' in page
    assert page.count('colspan="3">not supplied</td>') == 9


def test_charts_have_tables_and_the_source_is_named(client, supplied):
    page = words(client.get(PAGE))

    assert page.count("<details") == page.count("<caption") == page.count('role="img"') == 2
    assert "Source: data.police.uk, under the Open Government Licence v3.0." in page
    assert "style=" not in page.split("<main", 1)[1]


def test_the_rate_stands_where_the_residents_are_known(client, place, supplied):
    assert "That is 592.5 for every 1,000 of the 2,000 residents." in words(client.get(PAGE))

    place.population = None
    place.stamp += 1
    place.save()
    assert "residents" not in words(client.get(PAGE)).split("<main", 1)[1]


def test_nothing_supplied_is_said_so(client, place):
    page = words(client.get(PAGE))

    assert "No crime figures have been supplied for this area yet." in page
    assert "<svg xmlns" not in page.split("<main", 1)[1]


def test_a_quarter_without_incidents_has_no_empty_chart(client, place):
    for month in (APRIL, MAY, JUNE):
        DataMonthFactory(force=place.force, month=month)
    page = words(client.get(PAGE))

    assert "0 crimes and incidents were recorded from April to June 2026." in page
    assert page.count('role="img"') == 1


def test_the_page_answers_304_in_either_language(client, supplied):
    for path in (PAGE, f"/cy{PAGE}"):
        etag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_the_home_leads_to_it_and_only_get_is_answered(client, place):
    assert f'href="{PAGE}"' in client.get("/areas/casterwell/harkstow/").content.decode()
    assert client.post(PAGE).status_code == 405
    assert client.get("/areas/casterwell/elsewhere/figures/").status_code == 404


def test_an_ended_neighbourhood_leads_to_its_home(client, place):
    place.ended_on = date(2026, 1, 1)
    place.save()

    assert client.get(PAGE)["Location"] == "/areas/casterwell/harkstow/"
