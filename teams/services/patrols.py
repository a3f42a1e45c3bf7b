"""One press begins a patrol, one ends it; forgotten, it ends by itself."""

from datetime import datetime

from django.db import transaction

from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import Patrol, User
from teams.models.patrol import LONGEST_PATROL


@transaction.atomic
def start_patrol(*, neighbourhood: Neighbourhood, by: User, now: datetime) -> Patrol:
    """``by`` is on patrol here from ``now`` on; pressed again it goes on, elsewhere it moves."""
    _finish(by, now, elsewhere_than=neighbourhood)
    if running := by.patrols.running(at=now).first():
        return running
    patrol = Patrol.objects.create(
        neighbourhood=neighbourhood, user=by, started_at=now, ends_at=now + LONGEST_PATROL
    )
    audit.record("patrol.started", patrol, by=by, neighbourhood=neighbourhood.pk)
    return patrol


@transaction.atomic
def finish_patrol(*, by: User, now: datetime) -> bool:
    """End the patrol that runs; False where it had ended by itself."""
    return _finish(by, now)


def _finish(by: User, now: datetime, elsewhere_than: Neighbourhood | None = None) -> bool:
    """Hold the account's row, so that of two presses at once the second sees the first."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    running = by.patrols.running(at=now).exclude(neighbourhood=elsewhere_than)
    for patrol in running:
        audit.record("patrol.finished", patrol, by=by, neighbourhood=patrol.neighbourhood_id)
    return bool(running.update(ends_at=now))
