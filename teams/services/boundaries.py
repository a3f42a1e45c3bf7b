"""The switch of a force's boundaries, as its administrator makes it."""

from datetime import date

from django.db import transaction

from neighbourhoods.models import BoundarySet
from neighbourhoods.services import activate_boundary_set
from teams import audit
from teams.models import User


@transaction.atomic
def switch_boundaries(*, boundary_set: BoundarySet, on: date, by: User) -> None:
    """Put a set in force from the day ``on``. Raises NoSuccessor; nothing is changed then."""
    replaced = boundary_set.force.boundary_set_id
    activate_boundary_set(boundary_set=boundary_set, on=on)
    audit.record(
        "boundaries.switched",
        boundary_set,
        by=by,
        force=boundary_set.force_id,
        replaced=replaced,
        on=on.isoformat(),
    )
