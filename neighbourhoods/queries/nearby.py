"""What lies close to a place or beside a neighbourhood, as told by the outlines in force."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, QuerySet

from neighbourhoods.models import Boundary, Neighbourhood, PostcodeMatch
from neighbourhoods.queries.lookup import Located, closest
from neighbourhoods.queries.prepared import prepared

FURTHEST_M = 5_000  # beyond that the nearest neighbourhood says nothing about the force


@dataclass(frozen=True)
class Nearby:
    """A neighbourhood and how far away its outline is, in metres."""

    neighbourhood: Neighbourhood
    distance_m: float
    same_council: bool = False  # then its force is the right one: no council lies in two


def nearest_neighbourhood(located: Located) -> Nearby | None:
    """The neighbourhood closest to a place that none holds; None beyond FURTHEST_M."""
    in_force = Boundary.objects.in_force()
    close_by = in_force.within(FURTHEST_M, of=located.at).select_related("neighbourhood__force")
    found = closest(close_by, to=located.at, within_m=FURTHEST_M)
    if found is None or not located.council_code:
        return found and Nearby(*found)
    theirs = PostcodeMatch.objects.filter(
        boundary__in=in_force.filter(neighbourhood=found[0]),
        postcode__council_code=located.council_code,
    )
    return Nearby(*found, same_council=theirs.exists())


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
