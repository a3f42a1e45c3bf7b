"""What holds a point, by SQL that is made once: for programs that ask for one after the other."""

from functools import cache

from django.db import connection

from neighbourhoods.geometry import holds
from neighbourhoods.models import Boundary

# Stand in for a point while the SQL is made; no place has them.
_LAT, _LNG = 91.0, 181.0


def ids_at_point(*, lat: float, lng: float) -> list[tuple[str, str]]:
    """Force and id of each neighbourhood in force that ``locate_point`` finds, in its order.

    One query. Making it anew for each point took ten times as long as asking it.
    """
    sql, parameters = _sql_around()
    point = {_LAT: lat, _LNG: lng}
    with connection.cursor() as cursor:
        cursor.execute(sql, [point[parameter] for parameter in parameters])
        rows = cursor.fetchall()
    return sorted((force, code) for force, code, area in rows if holds(area, lat=lat, lng=lng))


@cache
def _sql_around() -> tuple[str, tuple[float, ...]]:
    """The SQL and, for each of its parameters, which part of the point it takes."""
    near = Boundary.objects.in_force().around(lat=_LAT, lng=_LNG)
    rows = near.values_list("neighbourhood__force_id", "neighbourhood__code", "geometry")
    return rows.query.sql_with_params()
