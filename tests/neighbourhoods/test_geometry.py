import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import MultiPolygon, Point, box

from neighbourhoods import geometry
from tests.factories.neighbourhoods import square_from

SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]
HOLE = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]


def test_area_from_rings_keeps_valid_rings_as_they_are():
    area, repaired = geometry.area_from_rings([(SQUARE, [HOLE])])

    assert (area.area, repaired) == (15, False)


def test_a_bow_tie_keeps_both_lobes():
    area, repaired = geometry.area_from_rings([([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)], [])])

    assert (area.area, len(area.geoms), repaired) == (2, 2, True)


def test_overlapping_parts_are_united():
    other = [(2, 0), (6, 0), (6, 4), (2, 4), (2, 0)]

    area, repaired = geometry.area_from_rings([(SQUARE, []), (other, [])])

    assert (area.area, len(area.geoms), repaired) == (24, 1, True)


def test_a_hole_over_the_edge_takes_away_what_it_covers():
    area, _ = geometry.area_from_rings([(SQUARE, [[(3, 1), (6, 1), (6, 2), (3, 2), (3, 1)]])])

    assert area.area == 15


def test_points_on_one_line_enclose_nothing():
    with pytest.raises(geometry.NoArea):
        geometry.area_from_rings([([(0, 0), (1, 1), (2, 2), (0, 0)], [])])


def test_boundary_fields_of_a_ring_shaped_area_have_their_centre_inside():
    area = MultiPolygon([box(-1, 52, 0, 53) - box(-0.9, 52.1, -0.1, 52.9)])

    fields = geometry.boundary_fields(area)

    assert [fields[k] for k in ("min_lat", "max_lat", "min_lng", "max_lng")] == [52, 53, -1, 0]
    assert area.contains(Point(fields["centre_lng"], fields["centre_lat"]))
    assert geometry.area_from_stored(memoryview(fields["geometry"])) == area


@pytest.mark.parametrize(
    ("lat", "lng", "inside"),
    [
        (0.5, 0.5, True),
        (0, 2, True),  # on the line
        (0, 0, True),  # on a corner
        (1, 1.5, True),  # on the line of the hole
        (1.5, 1.5, False),  # in the hole
        (4.000001, 2, False),
    ],
)
def test_a_point_on_a_line_is_inside_and_one_in_a_hole_is_not(lat, lng, inside):
    stored = shapely.to_wkb(MultiPolygon([(SQUARE, [HOLE])]))

    assert geometry.holds(stored, lat=lat, lng=lng) is inside


def test_outer_ring_is_that_of_the_largest_part_closed_and_latitude_first():
    area = MultiPolygon([box(10, 50, 11, 51), box(0, 50, 3, 52)])

    ring = geometry.outer_ring(area)

    assert set(ring) == {(50, 0), (50, 3), (52, 3), (52, 0)}
    assert ring[0] == ring[-1]


def test_outline_of_a_square_on_the_ground_is_square_on_the_page():
    area = MultiPolygon([box(0, 59.95, 0.2, 60.05)])  # at 60 degrees a longitude is half as long

    outline = geometry.read_outline(geometry.outline_path(area))

    assert outline.view_box == "0 0 1000 1000"
    assert outline.path == "M990 990l0 -980 -980 0 0 980z"


def test_outline_keeps_holes_as_their_own_ring():
    area = MultiPolygon([box(-1, 52, 0, 53) - box(-0.9, 52.1, -0.1, 52.9)])

    assert geometry.read_outline(geometry.outline_path(area)).path.count("z") == 2


def test_a_tall_outline_is_limited_in_height():
    outline = geometry.read_outline(geometry.outline_path(MultiPolygon([box(0, 50, 0.01, 55)])))

    assert outline.view_box == "0 0 22 2000"


def test_an_outline_of_many_points_is_simplified():
    area = MultiPolygon([Point(-1, 52).buffer(0.1, quad_segs=2_000)])

    assert len(geometry.outline_path(area)) <= geometry.OUTLINE_MAX_CHARACTERS + 20


def test_an_outline_that_cannot_be_simplified_far_enough_is_drawn_all_the_same():
    area = MultiPolygon([box(x, 50, x + 0.01, 50.01) for x in [n / 50 for n in range(200)]])

    assert geometry.read_outline(geometry.outline_path(area)).path.count("M") == 200


@given(
    south=st.floats(49, 60),
    west=st.floats(-9, 2),
    across=st.floats(0.05, 0.95),
    up=st.floats(0.05, 0.95),
)
def test_a_point_deep_inside_is_found_after_storing(south, west, across, up):
    fields = geometry.boundary_fields(square_from(south, west))

    lat, lng = south + up / 10, west + across / 10
    assert geometry.holds(fields["geometry"], lat=lat, lng=lng)
    assert fields["min_lat"] <= lat <= fields["max_lat"]


GEODESIC = Geod(ellps="WGS84")


@pytest.mark.parametrize(("away_m", "error_m"), [(50, 0.001), (5_000, 5)])
@given(
    lat=st.floats(49.8, 60.9), lng=st.floats(-8.2, 1.8), bearing=st.floats(0, 360, exclude_max=True)
)
def test_a_distance_is_that_of_the_ellipsoid(away_m, error_m, lat, lng, bearing):
    to_lng, to_lat, _back = GEODESIC.fwd(lng, lat, bearing, away_m)
    speck = MultiPolygon([Point(to_lng, to_lat).buffer(1e-10)])

    found = geometry.distance_m(speck, geometry.Point(lat, lng))

    assert found == pytest.approx(away_m, abs=error_m)


@pytest.mark.parametrize(("lat", "lng"), [(52.05, -0.95), (52, -1)])
def test_inside_and_on_the_line_there_is_no_distance(lat, lng):
    square = square_from(52, -1)

    assert geometry.distance_m(square, geometry.Point(lat, lng)) == 0


def test_from_inside_a_hole_it_is_the_way_to_the_inner_line():
    ring = MultiPolygon([box(-1, 52, 0, 53) - box(-0.9, 52.1, -0.1, 52.9)])

    found = geometry.distance_m(ring, geometry.Point(52.1 + 0.001, -0.5))

    assert found == pytest.approx(111.27, abs=0.01)
