"""A neighbourhood of a set that was never in force is nowhere before the switch."""

from datetime import date

import pytest
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.importers.areas import import_areas
from neighbourhoods.importers.boundaries import Reading
from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter
from neighbourhoods.services import activate_boundary_set, load_boundaries
from reports.models import Bulletin
from reports.queries.coverage import coverage_on
from reports.snapshots import open_quarter
from tests.factories.neighbourhoods import ForceFactory, PostcodeFactory, square_from

pytestmark = pytest.mark.django_db

HOME = "/areas/casterwell/new/"
PAGES = (
    HOME,
    f"{HOME}team/",
    f"{HOME}updates/",
    f"{HOME}follow/",
    f"{HOME}message/",
    f"{HOME}places/",
    f"{HOME}who-deals-with-what/",
    "/api/casterwell/new",
    "/api/casterwell/new/people",
    "/api/casterwell/new/boundary",
)


@pytest.fixture
def force():
    """With one neighbourhood in force, and another in a set whose day has come long ago."""
    force = ForceFactory(id="casterwell")
    PostcodeFactory(code="WQ11AA", lat=52.05, lng=-0.95)
    load(force, "old", date(2024, 1, 1), activate_on=date(2024, 1, 1))
    force.refresh_from_db()
    load(force, "new", date(2024, 2, 1))
    return force


def load(force, code, valid_from, **how):
    reading = Reading("set.zip", code, {code: square_from(52, -1)})
    return load_boundaries(
        force=force,
        reading=reading,
        names={},
        valid_from=valid_from,
        **{"activate_on": None, **how},
    )


def statuses(client) -> dict[str, int]:
    return {url: client.get(url).status_code for url in PAGES}


def test_its_pages_come_with_the_switch(client, force):
    before = statuses(client)

    activate_boundary_set(boundary_set=force.boundary_sets.first(), on=today())

    assert before == dict.fromkeys(PAGES, 404)
    assert statuses(client) == dict.fromkeys(PAGES, 200)


def test_no_list_names_it(client, force):
    listed = client.get("/api/casterwell/neighbourhoods").json()
    page = client.get("/areas/casterwell/").content.decode()

    assert [place["id"] for place in listed] == ["old"]
    assert "/areas/casterwell/old/" in page
    assert "/areas/casterwell/new/" not in page


def test_no_page_of_another_tells_of_it(client, force):
    page = client.get("/areas/casterwell/old/", {"near": "casterwell/new"})

    assert "/areas/casterwell/new/" not in page.content.decode()


def test_nobody_follows_it(client, force):
    client.post(
        f"{HOME}follow/", {"email": "kelly@example.org", "topics": ["updates"], "postcode": ""}
    )

    assert not Neighbourhood.objects.filter(followings__isnull=False).exists()


def test_no_bulletin_is_opened_for_it_and_it_is_not_covered(force):
    open_quarter(Quarter(2025, 1), now=timezone.now())

    assert list(Bulletin.objects.values_list("neighbourhood__code", flat=True)) == ["old"]
    assert [covered.neighbourhood.code for covered in coverage_on(today())] == ["old"]


def test_its_area_can_be_told_before_it_begins(force):
    lines = ["code,name,name_cy,parent,neighbourhoods", "north,North,,,new"]

    import_areas(
        lines, force=force, source="areas.csv", sha256="f00d", valid_from=today(), on=today()
    )

    assert force.neighbourhoods.get(code="new").area.code == "north"


def today() -> date:
    return london_date(timezone.now())
