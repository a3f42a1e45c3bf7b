from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import Event, EventMove, Promise, TransitionNotAllowed, User
from teams.queries import refer_in
from teams.services.stamps import raise_stamp

Words = dict[str, str]


@transaction.atomic
def add_event(
    *,
    neighbourhood: Neighbourhood,
    fields: dict[str, object],
    with_name: bool = False,
    by: User,
    now: datetime,
) -> Event:
    """Show an event to residents, and announce it to the neighbourhood's followers, once.

    ``fields`` are its kind, words, place and times; ``with_name`` where whoever enters it wants
    to be named to residents.
    """
    words = refer_in(fields, neighbourhood)
    event = Event.objects.create(neighbourhood=neighbourhood, added_at=now, changed_at=now, **words)
    _shown(event, "event.added", by=by)
    _name(event, by, with_name)
    _announce("teams.event_added", event.pk, event)
    return event


@transaction.atomic
def change_event(
    *, event: Event, fields: dict[str, object], with_name: bool, by: User, now: datetime
) -> Event:
    """Replace what is said of an event. Nobody is named, or no longer, but whoever does it.

    Raises TransitionNotAllowed once it has begun or is cancelled; nothing is saved then.
    """
    event = _locked(event)
    event.change(refer_in(fields, event.neighbourhood), at=now)
    _save(event, *fields)
    _shown(event, "event.changed", by=by)
    _name(event, by, with_name)
    return event


@transaction.atomic
def move_event(*, event: Event, fields: dict[str, object], by: User, now: datetime) -> Event:
    """Give an event another time or place, and tell the followers of this move, once.

    Raises TransitionNotAllowed once it has begun or is cancelled, or where it is then and
    there already; nothing is saved then.
    """
    event = _locked(event)
    former: EventMove = event.move(refer_in(fields, event.neighbourhood), at=now)
    _save(event, *fields)
    former.save()
    _shown(event, "event.moved", by=by)
    _announce("teams.event_moved", former.pk, event)
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
    _save(event, "cancelled_at", "cancellation_reason", "cancellation_reason_cy")
    _shown(event, "event.cancelled", by=by)
    _announce("teams.event_cancelled", event.pk, event)
    return event


@transaction.atomic
def note_event(
    *,
    event: Event,
    fields: dict[str, object],
    promises: Iterable[Words],
    by: User,
    now: datetime,
) -> Event:
    """Tell what was said at an event and what was promised; the followers hear of it once.

    ``promises`` are ``what`` and ``what_cy``. Told again, it replaces what was told before, but
    for promises that became an action. Raises TransitionNotAllowed; nothing is saved then.
    """
    event = _locked(event)
    place = event.neighbourhood
    event.note(refer_in(fields, place), at=now)
    _save(event, "noted_at", *fields)
    _promise(event, [refer_in(promise, place) for promise in promises])
    _shown(event, "event.noted", by=by)
    _announce("teams.event_noted", event.pk, event)
    return event


def _promise(event: Event, promises: list[Words]) -> None:
    """Make these the promises of an event; those that stand already keep their row."""
    given_up = event.promises.exclude(what__in=[promise["what"] for promise in promises])
    try:
        given_up.delete()
    except ProtectedError as exc:
        raise TransitionNotAllowed(
            _("One of the promises that you left out has become an action. It has to stay.")
        ) from exc
    for promise in promises:
        Promise.objects.update_or_create(
            event=event, what=promise["what"], defaults={"what_cy": promise["what_cy"]}
        )


def _name(event: Event, by: User, with_name: bool) -> None:
    """Name whoever acts to residents, or no longer; nobody does so for somebody else."""
    member = getattr(by, "member", None)
    if member is None or with_name == event.hosts.filter(pk=member.pk).exists():
        return
    (event.hosts.add if with_name else event.hosts.remove)(member)
    verb = "event.name_shown" if with_name else "event.name_taken_off"
    audit.record(verb, event, by=by, neighbourhood=event.neighbourhood_id, member=member.pk)


def _locked(event: Event) -> Event:
    """The row as it is now, held until the transaction ends. Events are never deleted."""
    rows = Event.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("neighbourhood").get(pk=event.pk)


def _save(event: Event, *fields: str) -> None:
    event.save(update_fields=[*fields, "changed_at", "sequence"])


def _announce(kind: str, pk: int, event: Event) -> None:
    outbox.announce(kind, pk, neighbourhood=event.neighbourhood, topic="events")


def _shown(event: Event, verb: str, *, by: User) -> None:
    raise_stamp(event.neighbourhood)
    audit.record(verb, event, by=by, neighbourhood=event.neighbourhood_id)
