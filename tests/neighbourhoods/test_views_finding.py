"""Near a line, from where one stands, and outside: what ``/find`` leads to."""

import pytest
from shapely import MultiPolygon, box

from neighbourhoods.importers.matching import match_set
from neighbourhoods.importers.neighbouring import join_set
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
)
from tests.factories.teams import (
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
)
from tests.neighbourhoods.test_views_public import heading, links, main_text, title
from tests.teams.acting import today

pytestmark = pytest.mark.django_db
HOME, NEAR = "/areas/casterwell/west/", "/areas/casterwell/west/?near=casterwell/e%20ast"
EDGE = "You are near the edge of this area."


@pytest.fixture
def sides():
    """Two squares side by side; the line between them is 0.9 degrees west."""
    boundary_set = BoundarySetFactory(force=ForceFactory(id="casterwell"), active=True)
    west, east = (
        NeighbourhoodFactory(force=boundary_set.force, code=code, name=name)
        for code, name in (("west", "Nettlegate"), ("e ast", "Fennimore"))
    )
    for place, lng in ((west, -1.0), (east, -0.9)):
        polygon = MultiPolygon([box(lng, 52.0, lng + 0.1, 52.1)])
        BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, polygon=polygon)
    join_set(boundary_set)
    return west, east


def name_officer(place, name, **dates):
    posting = PostingFactory(
        neighbourhood=place, member=MemberFactory(force=place.force, name=name)
    )
    NamedContactFactory(neighbourhood=place, posting=posting, **dates)


def put(code, lat, lng, place):
    PostcodeFactory(code=code, lat=lat, lng=lng)
    match_set(place.boundaries.get().boundary_set)


class TestNearALine:
    def test_the_way_on_names_the_other_side_and_not_the_postcode(self, client, sides):
        put("WQ69PL", 52.05, -0.9001, sides[0])
        put("WQ69AA", 52.05, -0.95, sides[0])

        assert client.get("/find?postcode=WQ6+9PL")["Location"] == NEAR
        assert client.get("/cy/find?postcode=WQ6+9PL")["Location"] == f"/cy{NEAR}"
        assert client.get("/find?postcode=WQ6+9AA")["Location"] == HOME

    def test_the_home_says_who_looks_after_the_other_side(self, client, sides):
        name_officer(sides[1], "Tom Rackstraw")

        response = client.get(NEAR)

        assert f"{EDGE} PC Tom Rackstraw looks after the other side: Fennimore" in main_text(
            response
        )
        assert ("Fennimore", "/areas/casterwell/e%20ast/") in links(response)
        assert EDGE not in main_text(client.get(HOME))

    def test_who_covers_is_named_in_place_of_who_is_away(self, client, sides):
        name_officer(sides[1], "Lena Corbray")
        cover = MemberFactory(force=sides[1].force, name="Tom Rackstraw")
        CoverFactory(neighbourhood=sides[1], member=cover, from_on=today(-1), to_on=today(1))

        assert "PC Tom Rackstraw looks after the other side at the moment: Fennimore" in main_text(
            client.get(NEAR)
        )

    def test_without_a_named_officer_it_is_the_team(self, client, sides):
        assert "Another team looks after the other side: Fennimore" in main_text(client.get(NEAR))

    @pytest.mark.parametrize(
        "near",
        ["casterwell/west", "casterwell/nowhere", "casterwell", "", "%00", "a/b/c", "x" * 999],
    )
    def test_only_what_lies_beside_is_told_of(self, client, sides, near):
        far = NeighbourhoodFactory(force=sides[0].force, code="far")
        assert EDGE not in main_text(client.get(f"{HOME}?near={far.path}"))

        response = client.get(f"{HOME}?near={near}")

        assert (response.status_code, EDGE in main_text(response)) == (200, False)

    def test_the_page_is_sent_again_when_the_other_side_has_changed(self, client, sides):
        first = client.get(NEAR)
        unchanged = {"If-None-Match": first["ETag"]}
        assert client.get(NEAR, headers=unchanged).status_code == 304
        assert client.get(HOME)["ETag"] != first["ETag"]

        type(sides[1]).objects.filter(pk=sides[1].pk).raise_stamps()

        assert client.get(NEAR, headers=unchanged).status_code == 200

    @pytest.mark.parametrize("updates", [1, 3])
    def test_query_counts(self, client, sides, updates, django_assert_num_queries):
        put("WQ69PL", 52.05, -0.9001, sides[0])
        name_officer(sides[1], "Tom Rackstraw")
        PatrolUpdateFactory.create_batch(updates, neighbourhood=sides[0], published=True)

        with django_assert_num_queries(1):
            client.get("/find?postcode=WQ6+9PL")
        with django_assert_num_queries(21):
            response = client.get(NEAR)
        with django_assert_num_queries(2):
            client.get(NEAR, headers={"If-None-Match": response["ETag"]})


class TestWhereOneStands:
    def test_in_one_it_leads_there_and_the_address_says_no_place(self, client, sides):
        response = client.get("/find?lat=52.05&lng=-0.95")

        assert (response.status_code, response["Location"]) == (302, HOME)
        assert "no-store" in response["Cache-Control"]

    def test_near_a_line_it_names_the_other_side(self, client, sides):
        assert client.get("/find?lat=52.05&lng=-0.9001")["Location"] == NEAR

    def test_more_than_four_decimals_are_not_looked_at(self, client, sides):
        on_the_line = client.get("/find?lat=52.05&lng=-0.90004")

        assert heading(on_the_line) == "Choose your neighbourhood"

    def test_in_several_the_reader_chooses(self, client, sides):
        response = client.get("/find?lat=52.05&lng=-0.9")

        assert heading(response) == "Choose your neighbourhood"
        assert "Where you are is looked after by more than one team." in main_text(response)
        assert [text for text, _ in links(response)][:2] == ["Fennimore", "Nettlegate"]

    def test_outside_is_said(self, client, sides):
        response = client.get("/find?lat=52.05&lng=-0.79")

        assert heading(response) == "Your location is outside the areas on this site"
        assert title(response).startswith("Your location is outside")

    @pytest.mark.parametrize(
        "query",
        [
            "lat=52",
            "lng=-1",
            "lat=&lng=",
            "lat=x&lng=y",
            "lat=nan&lng=0",
            "lat=91&lng=0",
            "lat=0&lng=inf",
            "lat=0&lng=181",
            "lat=%00&lng=0",
            "lat=1e400&lng=0",
        ],
    )
    def test_what_is_no_place_asks_for_the_postcode(self, client, query):
        response = client.get(f"/find?{query}")

        assert response.status_code == 200
        assert heading(response) == "Enter your postcode"
        assert "We could not read your location." in main_text(response)

    def test_the_button_is_there_for_javascript_alone(self, client):
        page = client.get("/").content.decode()

        assert '<div data-module="portal-location" data-find="/find" hidden>' in page
        assert 'data-find="/cy/find"' in client.get("/cy/").content.decode()

    def test_query_count(self, client, sides, django_assert_num_queries):
        with django_assert_num_queries(1):
            client.get("/find?lat=52.05&lng=-0.95")


class TestOutside:
    def test_the_nearest_team_is_named_and_no_more_claimed(self, client, sides):
        PostcodeFactory(code="WQ92LB", lat=52.05, lng=-0.796)

        response = client.get("/find?postcode=WQ92LB")

        assert "The nearest area on this site is about 250 metres away: Fennimore" in main_text(
            response
        )
        assert "but none of the areas on this site includes it." in main_text(response)
        assert "we cannot say so for certain. Call 101 and ask." in main_text(response)
        assert ("Fennimore", "/areas/casterwell/e%20ast/") in links(response)

    def test_in_the_same_council_the_force_is_known(self, client, sides):
        put("WQ11AA", 52.05, -0.85, sides[1])
        type(sides[1].boundaries.get().matches.get().postcode).objects.update(
            council_code="E07000001"
        )
        PostcodeFactory(code="WQ92LB", lat=52.05, lng=-0.78, council_code="E07000001")

        text = main_text(client.get("/find?postcode=WQ92LB"))

        force = sides[1].force.name
        assert f"{force} looks after this place, as it does the rest of the council’s area" in text
        assert "none of its teams’ areas includes it. Call 101 and ask which team" in text
        assert "is about 0.9 miles away: Fennimore" in text
        assert "We know where it is" not in text
        assert "cannot say so for certain" not in text
        assert "another police force" not in text

    @pytest.mark.parametrize("more", [0, 2])
    def test_query_count(self, client, sides, more, django_assert_num_queries):
        for n in range(more):
            put(f"WQ{n + 11}1AA", 52.05, -0.85, sides[1])
        PostcodeFactory(code="WQ92LB", lat=52.05, lng=-0.79, council_code="E07000001")

        with django_assert_num_queries(5):
            client.get("/find?postcode=WQ92LB")
