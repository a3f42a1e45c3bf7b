"""Publishing: what shows an update to residents, whether a person presses or its time has come."""

from datetime import datetime

from django.db import transaction

from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import OperationsHold, PatrolUpdate, TransitionNotAllowed, User


def show_update(update: PatrolUpdate, *, by: User | str | None, now: datetime) -> None:
    """Publish a row that the caller holds, and announce it once. Raises TransitionNotAllowed."""
    update.publish(at=now)
    update.save(update_fields=["state", "published_at", "published_by", "on_trust"])
    Neighbourhood.objects.filter(pk=update.neighbourhood_id).raise_stamps()
    audit.record("update.published", update, by=by, neighbourhood=update.neighbourhood_id)
    outbox.announce(
        "teams.update_published", update.pk, neighbourhood=update.neighbourhood, topic="updates"
    )


def is_held(neighbourhood: Neighbourhood, *, now: datetime) -> bool:
    """Whether an operations hold makes what is planned wait at ``now``."""
    return OperationsHold.objects.over(neighbourhood).on(london_date(now)).exists()


def publish_scheduled(*, now: datetime) -> int:
    """Publish what is due and not held; return how many updates that were.

    Each in its own transaction, its row held and looked at again: of two that come at once
    one publishes, and one update that can no longer be shown keeps no other from it.
    """
    due = PatrolUpdate.objects.scheduled().filter(publish_at__lte=now).values_list("pk", flat=True)
    return sum(_publish_due(pk, now=now) for pk in list(due))


@transaction.atomic
def _publish_due(pk: int, *, now: datetime) -> bool:
    rows = PatrolUpdate.objects.scheduled().select_for_update(no_key=True, of=("self",))
    update = rows.select_related("neighbourhood").filter(pk=pk, publish_at__lte=now).first()
    if update is None or is_held(update.neighbourhood, now=now):
        return False
    try:
        show_update(update, by=audit.JOB, now=now)
    except TransitionNotAllowed:  # its last day is over: it waits, as a draft, for a person
        update.unschedule()
        update.save(update_fields=["state"])
        return False
    return True
