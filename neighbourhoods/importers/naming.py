"""What a set of boundaries calls its neighbourhoods: told with the set, and taken with it."""

from dataclasses import dataclass

from neighbourhoods.models import Boundary, BoundarySet, Neighbourhood

DRAWING = ("geometry", "outline")


@dataclass(frozen=True)
class Name:
    name: str
    name_cy: str = ""


def keep_names(boundary_set: BoundarySet, names: dict[str, Name]) -> None:
    """Write down by id what the set calls its neighbourhoods; who is not named keeps their name."""
    named = []
    for row in boundary_set.boundaries.select_related("neighbourhood").defer(*DRAWING):
        given = names.get(row.neighbourhood.code)
        if given and given.name:
            row.name, row.name_cy = given.name, given.name_cy
            named.append(row)
    Boundary.objects.bulk_update(named, ["name", "name_cy"], batch_size=500)


def take_names(rows: list[Boundary]) -> None:
    """Let the neighbourhoods of ``rows`` have the names of their set, and raise their stamps."""
    for row in rows:
        row.neighbourhood.name, row.neighbourhood.name_cy = row.names
    places = [row.neighbourhood for row in rows]
    Neighbourhood.objects.bulk_update(places, ["name", "name_cy"], batch_size=500)
    Neighbourhood.objects.filter(pk__in=[place.pk for place in places]).raise_stamps()
