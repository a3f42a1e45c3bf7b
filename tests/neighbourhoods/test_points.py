import pytest

from neighbourhoods.geometry import Point
from neighbourhoods.queries import locate_at
from neighbourhoods.queries.points import ids_at_point
from tests.factories.neighbourhoods import BoundaryFactory, BoundarySetFactory

pytestmark = pytest.mark.django_db
EDGES = (51.95, 52.0, 52.05, 52.1, 52.15)


@pytest.mark.parametrize("rows", [1, 3])
def test_finds_what_locate_at_finds_with_one_query(rows, django_assert_num_queries):
    in_force = BoundarySetFactory(active=True)
    for number, code in enumerate(["b", "B", "a"][:rows]):
        square = (52.0 + number / 100, -1.0 - number / 100)
        BoundaryFactory(boundary_set=in_force, neighbourhood__code=code, square=square)
    BoundaryFactory(boundary_set=BoundarySetFactory(force=in_force.force))  # dark
    points = [Point(lat, lat - 53.0) for lat in EDGES] + [Point(52.05, -0.95), Point(52.0, 0.0)]

    with django_assert_num_queries(len(points)):
        found = [ids_at_point(lat=lat, lng=lng) for lat, lng in points]

    places = [locate_at(point).neighbourhoods for point in points]
    assert found == [[(place.force_id, place.code) for place in held] for held in places]
    assert max(map(len, found)) == rows
