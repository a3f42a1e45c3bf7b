"""Where to find us, and the larger map."""

from datetime import time

import pytest
from shapely import MultiPolygon, box

from neighbourhoods.importers.neighbouring import join_set
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    PlaceFactory,
)
from tests.neighbourhoods.test_views_public import heading, links, main_text, page, squeezed
from tests.teams.acting import today

pytestmark = pytest.mark.django_db
HOME = "/areas/casterwell/harkstow/"
PLACES, MAP = f"{HOME}places/", f"{HOME}map/"
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
POLICY = "Content-Security-Policy"


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force=ForceFactory(id="casterwell"),
        code="harkstow",
        name="Harkstow",
        description="Tern Court.",
        streets="Tern Court and Plover Walk.",
    )


@pytest.fixture
def drawn(place):
    """The neighbourhood with its outline in force, a hole in it, and one beside it."""
    boundary_set = BoundarySetFactory(force=place.force, active=True)
    beside = NeighbourhoodFactory(force=place.force, code="brackmoor", name="Brackmoor")
    ring = MultiPolygon([box(-1, 52, -0.9, 52.1) - box(-0.96, 52.04, -0.94, 52.06)])
    BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, polygon=ring)
    BoundaryFactory(boundary_set=boundary_set, neighbourhood=beside, square=(52.1, -1.0))
    join_set(boundary_set)
    return place


@pytest.fixture
def tiles(settings):
    settings.MAP_TILE_URL, settings.MAP_ATTRIBUTION = TILES, "© <b>Nobody</b>"


class TestPlaceList:
    def test_where_when_and_how_to_get_in(self, client, place):
        station = PlaceFactory(
            force=place.force, serves=[place], name="Harkstow Library", telephone="01632 960150"
        )
        PlaceFactory(force=place.force, name="Headquarters", access="Ring the bell.")
        for weekday in range(7):
            OpeningHoursFactory(place=station, weekday=weekday, opens=time.min, closes=time.min)
        OpeningExceptionFactory(place=station, on=today(40), reason="Repairs", with_hours=True)

        text = main_text(client.get(PLACES))

        assert "Harkstow Library Police station Open now" in text
        assert "4 Cordwain Street, Casterwell, WQ1 1AA Telephone: 01632 960150" in text
        assert "Monday All day and night" in text
        assert "10:00 to 14:00 (Repairs)" in text
        assert text.endswith(
            "Headquarters Police station, for the whole force "
            "4 Cordwain Street, Casterwell, WQ1 1AA Ring the bell."
        )

    def test_closed_says_when_it_opens(self, client, place):
        station = PlaceFactory(force=place.force, serves=[place])
        OpeningHoursFactory(place=station, weekday=today(2).weekday())

        text = main_text(client.get(PLACES))

        assert f"Closed now opens at 09:00 on {today(2):%A} {today(2).day} {today(2):%B}" in text

    def test_open_says_until_when(self, client, place):
        station = PlaceFactory(force=place.force, serves=[place])
        OpeningExceptionFactory(place=station, on=today(), opens=time.min, closes=time.min)
        OpeningHoursFactory(place=station, weekday=today(3).weekday())

        assert f"Open now until 00:00 on {today(1):%A}" in main_text(client.get(PLACES))

    def test_without_any_place_says_what_to_do(self, client, place):
        response = client.get(PLACES)

        assert heading(response) == "Where to find us"
        assert "No place where you can meet us is told here yet. Call 101." in main_text(response)

    def test_what_is_open_is_asked_for_each_time(self, client, place):
        response = client.get(PLACES)

        assert (response["Cache-Control"], "ETag" in response) == ("no-cache", False)

    def test_speaks_welsh(self, client, place):
        PlaceFactory(force=place.force, name="Library", name_cy="Llyfrgell", access="Level.")

        response = client.get(f"/cy{PLACES}")

        assert "Llyfrgell" in main_text(response)
        assert page(response).xpath("//main//p/span/@lang") == ["en"]

    def test_unknown_neighbourhood_is_not_found(self, client):
        assert client.get(PLACES).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count(self, client, place, rows, django_assert_num_queries):
        for station in PlaceFactory.create_batch(rows, force=place.force, serves=[place]):
            OpeningHoursFactory(place=station)
            OpeningExceptionFactory(place=station, on=today(1))

        with django_assert_num_queries(5):
            client.get(PLACES)

    def test_the_home_names_three_places_and_leads_there(self, client, place):
        PlaceFactory.create_batch(5, force=place.force, serves=[place], name_cy="Gorsaf")

        response = client.get(HOME)

        assert main_text(response).count("4 Cordwain Street, Casterwell") == 3
        assert ("Opening hours and how to get in", PLACES) in links(response)


class TestStreets:
    def test_what_staff_wrote_stands_for_the_description(self, client, place):
        text = main_text(client.get(HOME))

        assert ("Tern Court and Plover Walk." in text, "Tern Court. " in text) == (True, False)

    def test_neighbours_are_named_as_links(self, client, drawn):
        assert ("Brackmoor", "/areas/casterwell/brackmoor/") in links(client.get(HOME))


class TestMap:
    def test_shows_the_outline_and_what_it_covers_in_words(self, client, drawn, tiles):
        response = client.get(MAP)

        assert heading(response) == "Map"
        (tag,) = page(response).xpath("//*[@data-module='portal-map']")
        assert (tag.get("data-tiles"), tag.get("data-outline")) == (TILES, f"{MAP}outline.json")
        assert "hidden" in tag.attrib  # until there is a map in it
        (region,) = tag.xpath("*[@role='region']")
        assert region.get("aria-label") == "Map of Harkstow"
        assert "© <b>Nobody</b>" in squeezed(tag)
        assert len(page(response).xpath("//main//figure//svg")) == 1
        text = main_text(response)
        assert "Tern Court and Plover Walk." in text
        assert ("Brackmoor", "/areas/casterwell/brackmoor/") in links(response)

    def test_the_policy_is_opened_for_the_tiles_and_on_this_page_alone(self, client, drawn, tiles):
        directives = dict(part.split(" ", 1) for part in client.get(MAP)[POLICY].split("; "))
        elsewhere = {client.get(url)[POLICY] for url in (HOME, PLACES, "/", f"{MAP}outline.json")}

        assert directives["img-src"] == "'self' https://tiles.example.org"
        assert directives["script-src"] == directives["connect-src"] == "'self'"
        assert not any("tiles.example.org" in policy for policy in elsewhere)

    def test_one_of_several_hosts_is_any_of_them(self, client, drawn, settings):
        settings.MAP_TILE_URL = "https://{s}.tiles.example.org/{z}/{x}/{y}.png?key=1"

        assert "img-src 'self' https://*.tiles.example.org;" in client.get(MAP)[POLICY]

    def test_the_home_leads_there_and_says_who_draws_it(self, client, drawn, tiles):
        response = client.get(HOME)

        assert ("View a larger map", MAP) in links(response)
        assert "Its pictures come from tiles.example.org" in main_text(response)

    def test_the_outline_has_its_holes(self, client, drawn, tiles):
        response = client.get(f"{MAP}outline.json")

        area = response.json()
        assert (area["type"], len(area["coordinates"][0])) == ("MultiPolygon", 2)
        assert response["Content-Type"] == "application/geo+json"
        again = client.get(f"{MAP}outline.json", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_without_tiles_there_is_no_map_and_no_link(self, client, drawn, settings):
        settings.MAP_TILE_URL = ""

        assert [client.get(url).status_code for url in (MAP, f"{MAP}outline.json")] == [404, 404]
        assert "larger map" not in main_text(client.get(HOME))
        assert "tiles" not in main_text(client.get("/privacy/"))

    def test_without_an_outline_there_is_no_map_and_no_link(self, client, place, tiles):
        assert client.get(MAP).status_code == 404
        assert "larger map" not in main_text(client.get(HOME))

    def test_the_privacy_notice_names_who_sees_the_reader(self, client, tiles):
        assert "pictures from tiles.example.org" in main_text(client.get("/privacy/"))

    def test_query_counts(self, client, drawn, tiles, django_assert_num_queries):
        with django_assert_num_queries(2):
            client.get(MAP)
        with django_assert_num_queries(1):
            client.get(f"{MAP}outline.json")
