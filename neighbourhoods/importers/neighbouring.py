"""Which outlines lie side by side: worked out once, when a set comes into force."""

import shapely
from django.db.models import Q

from neighbourhoods.geometry import EDGE_M, area_from_stored, metres_per_degree
from neighbourhoods.models import Boundary, BoundarySet, Neighbourhood

APART_M = EDGE_M + 10  # a gap that nobody would call one, and some room for rounding


def join_set(boundary_set: BoundarySet) -> int:
    """Note for each outline of a set which others in force lie beside it; return how many pairs.

    Those of other forces count too. Pages of both sides are marked as changed, since they
    name each other.
    """
    ours = list(boundary_set.boundaries.all())
    theirs = list(_around(ours, boundary_set))
    links = Boundary.beside.through
    links.objects.filter(from_boundary__in=ours).delete()
    links.objects.filter(to_boundary__in=ours).delete()
    pairs = _pairs(ours, [*ours, *theirs]) if ours else set()
    links.objects.bulk_create(
        links(from_boundary_id=one, to_boundary_id=other) for one, other in sorted(pairs)
    )
    was_beside = Q(boundaries__beside__boundary_set__force=boundary_set.force_id)
    Neighbourhood.objects.filter(Q(boundaries__in=theirs) | was_beside).raise_stamps()
    return len(pairs) // 2


def _around(ours: list[Boundary], boundary_set: BoundarySet):
    """Outlines in force of other forces within the box around ``ours``, and a little more."""
    if not ours:
        return Boundary.objects.none()
    more = 2 * APART_M / metres_per_degree(max(row.max_lat for row in ours)).lng
    others = Boundary.objects.in_force().exclude(boundary_set__force=boundary_set.force_id)
    return others.filter(
        min_lat__lte=max(row.max_lat for row in ours) + more,
        max_lat__gte=min(row.min_lat for row in ours) - more,
        min_lng__lte=max(row.max_lng for row in ours) + more,
        max_lng__gte=min(row.min_lng for row in ours) - more,
    )


def _pairs(ours: list[Boundary], all_: list[Boundary]) -> set[tuple[int, int]]:
    """``(pk, pk)`` in both orders of every two outlines that are APART_M apart or less."""
    areas = [_in_metres(row, ours[0].centre_lat) for row in all_]
    shapely.prepare(areas)
    ours_at, all_at = shapely.STRtree(areas).query(
        areas[: len(ours)], predicate="dwithin", distance=APART_M
    )
    found = {(ours[a].pk, all_[b].pk) for a, b in zip(ours_at, all_at, strict=True)}
    return {pair for one, other in found if one != other for pair in ((one, other), (other, one))}


def _in_metres(row: Boundary, lat: float) -> shapely.MultiPolygon:
    """The outline on a plane that fits one latitude: a degree away widths are 2 % off."""
    each = metres_per_degree(lat)
    return shapely.transform(
        area_from_stored(row.geometry), lambda corners: corners * (each.lng, each.lat)
    )
