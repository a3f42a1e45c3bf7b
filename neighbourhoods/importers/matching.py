"""Which postcodes lie in which boundaries, or close by: the one place where that is worked out.

Boundaries and postcodes come in either order and again; both importers call this,
so the rows are the same whichever came last.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import shapely
from django.db.models import F, Model, Q

from neighbourhoods.geometry import (
    EDGE_M,
    Point,
    distance_m,
    metres_per_degree,
)
from neighbourhoods.importers.bulk import among, bulk_load
from neighbourhoods.models import (
    Boundary,
    BoundarySet,
    Postcode,
    PostcodeBeside,
    PostcodeMatch,
)

BATCH_ROWS = 5_000
NORTHERNMOST = 61  # no postcode has its place further north; see the constraint on Postcode
# Degrees, at least EDGE_M long whichever way they point.
REACH = EDGE_M / metres_per_degree(NORTHERNMOST).lng
Item = TypeVar("Item")
Place = tuple[str, float | None, float | None]  # postcode, latitude, longitude
Rows = set[tuple]  # values of the fields that FIELDS says of a model
FIELDS = {
    PostcodeMatch: ("postcode", "boundary"),
    PostcodeBeside: ("postcode", "boundary", "metres"),
}


@dataclass(frozen=True)
class Shapes:
    """The boundaries of some sets, read once and prepared, so that each batch is quick.

    ``boxes`` are theirs, REACH wider on all sides.
    """

    set_pks: list[int]
    boundary_pks: list[int]
    areas: Sequence[shapely.MultiPolygon]
    boxes: shapely.STRtree

    @classmethod
    def of(cls, sets: Iterable[BoundarySet]) -> "Shapes":
        set_pks = [found.pk for found in sets]
        rows = list(Boundary.objects.filter(boundary_set__in=set_pks).values_list("pk", "geometry"))
        areas = shapely.from_wkb([bytes(geometry) for _, geometry in rows])
        shapely.prepare(areas)
        west, south, east, north = shapely.bounds(areas).T
        boxes = shapely.box(west - REACH, south - REACH, east + REACH, north + REACH)
        return cls(set_pks, [pk for pk, _ in rows], areas, shapely.STRtree(boxes))

    def rows(self, places: list[Place]) -> dict[type[Model], Rows]:
        """What should stand of these postcodes: points inside or on a line, and beside it."""
        placed = [place for place in places if place[1] is not None]
        points = shapely.points([lng for _, _, lng in placed], [lat for _, lat, _ in placed])
        # Boxes first; the tree's own predicates would not use that the areas are prepared.
        at, area = self.boxes.query(points)
        held = shapely.intersects_xy(
            self.areas[area], shapely.get_x(points)[at], shapely.get_y(points)[at]
        )
        inside = zip(at[held].tolist(), area[held].tolist(), strict=True)
        close = shapely.dwithin(self.areas[area[~held]], points[at[~held]], REACH)
        outside = zip(at[~held][close].tolist(), area[~held][close].tolist(), strict=True)
        return {
            PostcodeMatch: {(placed[p][0], self.boundary_pks[a]) for p, a in inside},
            PostcodeBeside: set(self._measured((placed[p], a) for p, a in outside)),
        }

    def _measured(self, pairs: Iterable[tuple[Place, int]]) -> Iterator[tuple]:
        """Of pairs of a place and an outline those that are EDGE_M apart or less."""
        for (code, lat, lng), area in pairs:
            metres = distance_m(self.areas[area], Point(lat, lng))
            if metres <= EDGE_M:
                yield code, self.boundary_pks[area], metres


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
    """Make the matches of these postcodes with ``shapes``, and what is beside, what they should be.

    Only what differs is written; of ``new`` postcodes nothing is looked for. Returns
    how many of the postcodes have a place that is in none of the shapes.
    """
    wanted = shapes.rows(places)
    known = [code for code, _, _ in places if code not in new]
    for model, rows in wanted.items():
        _store(model, rows, known, shapes)
    held = {code for code, _ in wanted[PostcodeMatch]}
    return sum(lat is not None for _, lat, _ in places) - len(held)


def match_set(boundary_set: BoundarySet) -> int:
    """Match one set with every postcode around it; return how many lie in it."""
    shapes = Shapes.of([boundary_set])
    if not shapes.boundary_pks:
        return 0
    around = Q(
        lat__range=(boundary_set.south - REACH, boundary_set.north + REACH),
        lng__range=(boundary_set.west - REACH, boundary_set.east + REACH),
    )
    # A postcode that has moved away since has to lose what stands of it.
    for model in FIELDS:
        standing = model.objects.filter(boundary__boundary_set=boundary_set)
        around |= Q(pk__in=standing.values("postcode"))
    found = Postcode.objects.filter(around).order_by("pk")
    rows = found.values_list("code", "lat", "lng").iterator(BATCH_ROWS)
    return sum(len(batch) - match_postcodes(batch, shapes) for batch in batches(rows, BATCH_ROWS))


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last one shorter; reads no further ahead than one list."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def _store(model: type[Model], wanted: Rows, known: list[str], shapes: Shapes) -> None:
    """Make the model's rows of ``shapes`` what they should be, given the postcodes it may know."""
    names = FIELDS[model]
    rows = model.objects.filter(
        postcode__in=among(known), boundary__boundary_set__in=shapes.set_pks
    )
    standing = {tuple(row): pk for pk, *row in rows.values_list("pk", *names)}
    gone = [pk for row, pk in standing.items() if row not in wanted]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    bulk_load(model, names, sorted(wanted - standing.keys()))
