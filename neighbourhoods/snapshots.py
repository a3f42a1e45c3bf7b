"""What a day changes by itself."""

from datetime import datetime

from django.db import transaction

from neighbourhoods.clock import london_date
from neighbourhoods.models import AreaMembership


@transaction.atomic
def apply_areas(*, now: datetime) -> str:
    """Put every neighbourhood into the policing area that was told for today; say how many."""
    moved = AreaMembership.objects.put_in_force(on=london_date(now))
    return f"{moved} neighbourhoods in another area"
