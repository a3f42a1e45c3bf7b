"""What lies close to a point or beside a neighbourhood, as told by the outlines in force."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import BigIntegerField, Exists, FloatField, QuerySet

from neighbourhoods.geometry import EDGE_M, Point, box_around, distance_m
from neighbourhoods.models import Boundary, Neighbourhood, PostcodeMatch
from neighbourhoods.queries.lookup import Located
from neighbourhoods.queries.prepared import prepared

FURTHEST_M = 5_000  # beyond that the nearest neighbourhood says nothing about the force


@dataclass(frozen=True)
class Nearby:
    """A neighbourhood and how far away its outline is, in metres."""

    neighbourhood: Neighbourhood
    distance_m: float
    same_council: bool = False  # then its force is the right one: no council lies in two


def over_the_line(located: Located) -> Neighbourhood | None:
    """Who looks after the other side where a place lies within EDGE_M of a line, else None.

    Of several the nearest. For a place that one neighbourhood holds.
    """
    if located.at is None:
        return None
    [here] = located.neighbourhoods
    others = _others_touching(here=here.pk, **box_around(located.at, EDGE_M)._asdict())
    found = _nearest(located.at, EDGE_M, others)
    return found and found.neighbourhood


def nearest_neighbourhood(located: Located) -> Nearby | None:
    """The neighbourhood closest to a place that none holds; None beyond FURTHEST_M."""
    close_by = Boundary.objects.in_force().within(FURTHEST_M, of=located.at)
    found = _nearest(located.at, FURTHEST_M, close_by.select_related("neighbourhood__force"))
    if found is None or not located.council_code:
        return found
    theirs = PostcodeMatch.objects.filter(
        boundary__in=Boundary.objects.in_force().filter(neighbourhood=found.neighbourhood),
        postcode__council_code=located.council_code,
    )
    return replace(found, same_council=theirs.exists())


def neighbours_of(neighbourhood: Neighbourhood) -> list[Neighbourhood]:
    """The neighbourhoods whose outlines in force lie beside this one's, by name. One query."""
    return _neighbours(here=neighbourhood.pk)


def neighbourhood_at(path: str) -> Neighbourhood | None:
    """The neighbourhood that FORCE/ID names, as ``Neighbourhood.path`` writes it."""
    force_id, _, code = path.replace("\0", "").partition("/")
    return Neighbourhood.objects.public().filter(force=force_id, code=code).first()


@prepared(here=BigIntegerField())
def _neighbours(*, here) -> QuerySet[Neighbourhood]:
    boundaries = Boundary.objects.in_force()
    beside = boundaries.filter(beside__in=boundaries.filter(neighbourhood=here))
    found = Neighbourhood.objects.filter(pk__in=beside.values("neighbourhood"))
    return found.select_related("force")


@prepared(
    here=BigIntegerField(),
    south=FloatField(),
    north=FloatField(),
    west=FloatField(),
    east=FloatField(),
)
def _others_touching(*, here, **box) -> QuerySet[Boundary]:
    """Asked in one query: a switch in between must not tell of an old place's new neighbour."""
    in_force = Boundary.objects.in_force()
    still_here = Exists(in_force.filter(neighbourhood=here))
    others = in_force.exclude(neighbourhood=here).filter(still_here).touching(**box)
    return others.select_related("neighbourhood").defer("outline")


def _nearest(at: Point, within_m: float, boundaries: Iterable[Boundary]) -> Nearby | None:
    measured = [(distance_m(row.geometry, at), row.pk, row.neighbourhood) for row in boundaries]
    away_m, _pk, neighbourhood = min(measured, default=(within_m + 1, 0, None))
    return Nearby(neighbourhood, away_m) if away_m <= within_m else None
