from datetime import datetime

from django.db import transaction

from neighbourhoods import outbox
from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import Event, User
from teams.queries import refer_in
from teams.services.stamps import raise_stamp


@transaction.atomic
def add_event(*, neighbourhood: Neighbourhood, fields: dict[str, object], by: User) -> Event:
    """Show an event to residents, and announce it to the neighbourhood's followers, once.

    ``fields`` are kind, title, place, both in Welsh or empty, starts_at and ends_at.
    """
    event = Event.objects.create(neighbourhood=neighbourhood, **refer_in(fields, neighbourhood))
    _shown(event, "event.added", by=by)
    outbox.announce("teams.event_added", event.pk, neighbourhood=neighbourhood, topic="events")
    return event


@transaction.atomic
def change_event(*, event: Event, fields: dict[str, object], by: User) -> Event:
    """Replace what is said of an event. Raises TransitionNotAllowed once it is cancelled."""
    event = _locked(event)
    event.change(refer_in(fields, event.neighbourhood))
    event.save(update_fields=list(fields))
    _shown(event, "event.changed", by=by)
    return event


@transaction.atomic
def cancel_event(*, event: Event, reason: str, reason_cy: str, by: User, now: datetime) -> Event:
    """Call an event off and tell the followers why.

    The row is locked first, so of two who press at once the second is told.
    Raises TransitionNotAllowed; nothing is saved then.
    """
    event = _locked(event)
    reasons = refer_in({"reason": reason, "reason_cy": reason_cy}, event.neighbourhood)
    event.cancel(at=now, **reasons)
    event.save(update_fields=["cancelled_at", "cancellation_reason", "cancellation_reason_cy"])
    _shown(event, "event.cancelled", by=by)
    outbox.announce(
        "teams.event_cancelled", event.pk, neighbourhood=event.neighbourhood, topic="events"
    )
    return event


def _locked(event: Event) -> Event:
    """The row as it is now, held until the transaction ends. Events are never deleted."""
    rows = Event.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("neighbourhood").get(pk=event.pk)


def _shown(event: Event, verb: str, *, by: User) -> None:
    raise_stamp(event.neighbourhood)
    audit.record(verb, event, by=by, neighbourhood=event.neighbourhood_id)
