"""What neighbourhoods and their boundaries were before."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from neighbourhoods.models import Boundary, BoundarySet, Force, Neighbourhood, Succession


@dataclass(frozen=True)
class Ended:
    """What came after a neighbourhood that has ended, and its last outline."""

    after: list[Neighbourhood]
    boundary: Boundary | None


def ended_as(neighbourhood: Neighbourhood) -> Ended:
    """All that it became, the one that carries it on first; each as it is today."""
    rows = Succession.objects.in_effect().filter(before=neighbourhood)
    became = [row.after.current for row in rows.select_related("after")]
    first = [neighbourhood.current] if neighbourhood.successor_id else []
    known = Boundary.objects.filter(boundary_set__in=past_and_present(neighbourhood.force))
    drawn = known.filter(neighbourhood=neighbourhood).select_related("boundary_set")
    return Ended(
        after=list(dict.fromkeys([*first, *became])),
        boundary=drawn.order_by("-boundary_set__valid_from").first(),
    )


def past_and_present(force: Force) -> QuerySet:
    """The force's sets but those that wait in the dark, newest first; each with its ``places``."""
    sets = BoundarySet.objects.filter(force=force)
    if force.boundary_set is None:
        return sets.none()
    shown = sets.filter(valid_from__lte=force.boundary_set.valid_from)
    return shown.annotate(places=Count("boundaries")).order_by("-valid_from")


def ended_neighbourhoods(force: Force, *, on: date) -> QuerySet:
    """Those that have ended by the day ``on``, the last one first."""
    return force.neighbourhoods.filter(ended_on__lte=on).order_by("-ended_on", "name")
