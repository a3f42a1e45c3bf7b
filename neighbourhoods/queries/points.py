"""What holds a point, for programs that ask for one after the other."""

from django.db.models import FloatField

from neighbourhoods.geometry import holds
from neighbourhoods.models import Boundary
from neighbourhoods.queries.prepared import prepared


def ids_at_point(*, lat: float, lng: float) -> list[tuple[str, str]]:
    """Force and id of each neighbourhood in force that holds a point, or has it on its line.

    In the order of ``locate_at``. One query.
    """
    rows = _areas_around(lat=lat, lng=lng)
    return sorted((force, code) for force, code, area in rows if holds(area, lat=lat, lng=lng))


@prepared(lat=FloatField(), lng=FloatField())
def _areas_around(*, lat, lng):
    near = Boundary.objects.in_force().around(lat=lat, lng=lng)
    return near.values_list("neighbourhood__force_id", "neighbourhood__code", "geometry")
