"""What lies close by: across a line, outside all lines, beside a neighbourhood."""

import pytest
from shapely import MultiPolygon, box

from neighbourhoods.geometry import Point, metres_per_degree
from neighbourhoods.importers.neighbouring import join_set
from neighbourhoods.models import Boundary
from neighbourhoods.queries import (
    Nearby,
    locate_at,
    locate_postcode,
    nearest_neighbourhood,
    neighbourhood_at,
    neighbours_of,
)
from neighbourhoods.services import activate_boundary_set
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeBesideFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
)

pytestmark = pytest.mark.django_db
EACH = metres_per_degree(52.05)
EAST = -0.9  # of the square in the west


@pytest.fixture
def west():
    """The square from 52.0 to 52.1 north and 1.0 to 0.9 west, in force."""
    return square("west", -1.0)


def square(code, lng, boundary_set=None, **bounds):
    boundary_set = boundary_set or BoundarySetFactory(force=ForceFactory(id=code), active=True)
    place = NeighbourhoodFactory(force=boundary_set.force, code=code, name=code.title())
    polygon = MultiPolygon([box(lng, 52.0, lng + bounds.get("width", 0.1), 52.1)])
    BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, polygon=polygon)
    return place


def metres_west_of(lng, metres):
    return Point(52.05, lng - metres / EACH.lng)


@pytest.mark.parametrize(("metres", "told"), [(1, True), (49.9, True), (50.1, False)])
def test_within_fifty_metres_of_a_line_the_other_side_is_known(west, metres, told):
    east = square("east", EAST)

    located = locate_at(metres_west_of(EAST, metres))

    assert located.other_side == (east.path if told else "")


def test_of_two_other_sides_the_nearer(west):
    square("far", EAST + 30 / EACH.lng)
    near = square("near", EAST + 10 / EACH.lng)

    assert locate_at(metres_west_of(EAST, 5)).other_side == near.path


def test_a_line_to_nobody_is_none(west):
    assert locate_at(metres_west_of(EAST, 5)).other_side == ""


def test_a_set_that_is_dark_has_no_side(west):
    square("east", EAST, BoundarySetFactory(force=ForceFactory()))

    assert locate_at(metres_west_of(EAST, 5)).other_side == ""


def test_outside_there_is_no_other_side(west):
    assert locate_at(metres_west_of(EAST, -5)).other_side == ""


class TestAPostcodeNearALine:
    """What is beside it was worked out when it was imported."""

    @pytest.fixture
    def postcode(self, west):
        postcode = PostcodeFactory(code="WQ69PL", lat=52.05, lng=-0.90001)
        PostcodeMatchFactory(postcode=postcode, boundary=west.boundaries.get())
        return postcode

    def beside(self, postcode, place, metres):
        boundary = place.boundaries.get()
        PostcodeBesideFactory(postcode=postcode, boundary=boundary, metres=metres)

    def test_knows_where_it_is_and_the_nearest_other_side(self, postcode):
        for code, metres in (("a", 30), ("b", 0.7), ("c", 0.7)):
            self.beside(postcode, square(code, EAST), metres)

        located = locate_postcode("wq6 9pl")

        assert (located.at, located.other_side) == (Point(52.05, -0.90001), "b/b")
        assert locate_postcode("WQ6 9ZZ").other_side == ""

    def test_a_set_that_is_dark_has_no_side(self, postcode):
        dark = square("east", EAST, BoundarySetFactory(force=ForceFactory()))
        self.beside(postcode, dark, 0.7)

        assert locate_postcode("WQ6 9PL").other_side == ""


@pytest.mark.parametrize("others", [1, 3])
def test_one_query_however_many_there_are(west, others, django_assert_num_queries):
    for n in range(others):
        square(f"east-{n}", EAST)

    with django_assert_num_queries(1):
        found = locate_at(metres_west_of(EAST, 5))
        assert found.neighbourhoods[0].force.name


def test_the_nearest_to_a_place_outside(west):
    square("further", -0.85)
    located = locate_at(metres_west_of(EAST, -300))

    found = nearest_neighbourhood(located)

    assert found == Nearby(west, pytest.approx(300, abs=0.01))


def test_beyond_five_kilometres_there_is_no_nearest(west):
    assert nearest_neighbourhood(locate_at(metres_west_of(EAST, -5_010))) is None


@pytest.mark.parametrize(("council", "same"), [("E07000001", True), ("E07000002", False)])
def test_in_the_council_of_the_nearest_its_force_is_the_right_one(west, council, same):
    theirs = PostcodeFactory(code="WQ11AA", council_code="E07000001")
    PostcodeMatchFactory(postcode=theirs, boundary=west.boundaries.get())
    at = metres_west_of(EAST, -300)
    PostcodeFactory(code="WQ92LB", lat=at.lat, lng=at.lng, council_code=council)

    assert nearest_neighbourhood(locate_postcode("WQ9 2LB")).same_council is same


def test_a_path_names_a_neighbourhood():
    place = NeighbourhoodFactory(force__id="casterwell", code="N 1")

    assert (place.path, neighbourhood_at("casterwell/N 1")) == ("casterwell/N 1", place)
    for path in ("", "casterwell", "casterwell/n 1", "/", "\0/\0", "casterwell/N 1/"):
        assert neighbourhood_at(path) is None


class TestNeighbours:
    """Worked out when a set comes into force."""

    def test_those_that_touch_or_nearly_do(self, west):
        boundary_set = west.force.boundary_set
        touching = square("a-touching", EAST, boundary_set)
        nearly = square("b-nearly", -1.1 - 40 / EACH.lng, boundary_set)
        square("c-far", -1.2 - 200 / EACH.lng, boundary_set, width=0.09)

        assert join_set(boundary_set) == 2

        assert neighbours_of(west) == [touching, nearly]
        assert neighbours_of(touching) == neighbours_of(nearly) == [west]

    def test_over_the_line_of_a_force_and_both_are_marked_as_changed(self, west):
        east = square("east", EAST)

        activate_boundary_set(boundary_set=west.force.boundary_set, on=date_of(west))

        assert (neighbours_of(west), neighbours_of(east)) == ([east], [west])
        east.refresh_from_db()
        assert east.stamp == 2

    def test_a_set_that_is_left_leaves_no_neighbour_and_tells_those_it_had(self, west):
        east = square("east", EAST)
        join_set(west.force.boundary_set)
        east.refresh_from_db()
        stamp, elsewhere = east.stamp, BoundarySetFactory(force=west.force)
        polygon = MultiPolygon([box(-2, 52, -1.9, 52.1)])
        BoundaryFactory(boundary_set=elsewhere, neighbourhood=west, polygon=polygon)

        activate_boundary_set(boundary_set=elsewhere, on=date_of(west))

        east.refresh_from_db()
        assert (neighbours_of(west), neighbours_of(east)) == ([], [])
        assert east.stamp > stamp

    def test_twice_gives_the_same(self, west):
        square("east", EAST, west.force.boundary_set)
        links = Boundary.beside.through.objects

        counts = [(join_set(west.force.boundary_set), links.count()) for _ in range(2)]

        assert counts == [(1, 2), (1, 2)]

    def test_an_empty_set_has_none(self):
        assert join_set(BoundarySetFactory()) == 0

    def test_one_query(self, west, django_assert_num_queries):
        for n in range(3):
            square(f"east-{n}", EAST, west.force.boundary_set)
        join_set(west.force.boundary_set)

        with django_assert_num_queries(1):
            assert len([place.force.name for place in neighbours_of(west)]) == 3


def date_of(place):
    return place.force.boundary_set.valid_from
