"""Which postcodes lie in which boundaries: the one place where that is worked out.

Boundaries and postcodes come in either order and again; both importers call this,
so the rows are the same whichever came last.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import shapely
from django.db.models import F, Max, Min, Q

from neighbourhoods.geometry import area_from_stored
from neighbourhoods.importers.bulk import among, bulk_load
from neighbourhoods.models import Boundary, BoundarySet, Postcode, PostcodeMatch

BATCH_ROWS = 5_000
Item = TypeVar("Item")
Place = tuple[str, float | None, float | None]  # postcode, latitude, longitude


@dataclass(frozen=True)
class Shapes:
    """The boundaries of some sets, read once and prepared, so that each batch is quick."""

    set_pks: list[int]
    boundary_pks: list[int]
    tree: shapely.STRtree

    @classmethod
    def of(cls, sets: Iterable[BoundarySet]) -> "Shapes":
        set_pks = [found.pk for found in sets]
        rows = list(Boundary.objects.filter(boundary_set__in=set_pks).values_list("pk", "geometry"))
        areas = [area_from_stored(geometry) for _, geometry in rows]
        shapely.prepare(areas)
        return cls(set_pks, [pk for pk, _ in rows], shapely.STRtree(areas))

    def matches(self, places: list[Place]) -> set[tuple[str, int]]:
        """``(postcode, boundary pk)`` of every point inside a boundary or on its line."""
        placed = [place for place in places if place[1] is not None]
        points = shapely.points([lng for _, _, lng in placed], [lat for _, lat, _ in placed])
        # Boxes first; the tree's own predicate would not use that the areas are prepared.
        at, area = self.tree.query(points)
        inside = shapely.intersects_xy(
            self.tree.geometries[area], shapely.get_x(points)[at], shapely.get_y(points)[at]
        )
        pairs = zip(at[inside].tolist(), area[inside].tolist(), strict=True)
        return {(placed[p][0], self.boundary_pks[a]) for p, a in pairs}


def watched_sets():
    """The sets that a changed postcode is matched with: those in force, and newer ones yet dark.

    An older set is matched again when it is switched to.
    """
    return BoundarySet.objects.filter(
        Q(force__boundary_set=None)
        | Q(force__boundary_set=F("pk"))
        | Q(valid_from__gt=F("force__boundary_set__valid_from"))
    )


def match_postcodes(places: list[Place], shapes: Shapes, *, new: Set[str] = frozenset()) -> int:
    """Make the matches of these postcodes with ``shapes`` what they should be.

    Only what differs is written; of ``new`` postcodes no match is looked for. Returns
    how many of the postcodes have a place that is in none of the shapes.
    """
    wanted = shapes.matches(places)
    known = [code for code, _, _ in places if code not in new]
    rows = PostcodeMatch.objects.filter(
        postcode__in=among(known), boundary__boundary_set__in=shapes.set_pks
    )
    standing = {(code, at): pk for pk, code, at in rows.values_list("pk", "postcode", "boundary")}
    gone = [pk for match, pk in standing.items() if match not in wanted]
    if gone:
        PostcodeMatch.objects.filter(pk__in=gone).delete()
    bulk_load(PostcodeMatch, ("postcode", "boundary"), sorted(wanted - standing.keys()))
    return sum(lat is not None for _, lat, _ in places) - len({code for code, _ in wanted})


def match_set(boundary_set: BoundarySet) -> int:
    """Match one set with every postcode around it; return how many lie in it."""
    shapes = Shapes.of([boundary_set])
    if not shapes.boundary_pks:
        return 0
    box = boundary_set.boundaries.aggregate(
        south=Min("min_lat"), north=Max("max_lat"), west=Min("min_lng"), east=Max("max_lng")
    )
    inside = Q(lat__range=(box["south"], box["north"]), lng__range=(box["west"], box["east"]))
    # A postcode that has moved away since has to lose its match.
    matched = PostcodeMatch.objects.filter(boundary__boundary_set=boundary_set)
    around = Postcode.objects.filter(inside | Q(pk__in=matched.values("postcode")))
    rows = around.order_by("pk").values_list("code", "lat", "lng").iterator(BATCH_ROWS)
    return sum(len(batch) - match_postcodes(batch, shapes) for batch in batches(rows, BATCH_ROWS))


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last one shorter; reads no further ahead than one list."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
