"""What time brings: the record sealed and checked, updates published, patrols counted."""

import logging
from collections import Counter
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from neighbourhoods import outbox
from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Neighbourhood
from teams import audit, chain
from teams.models import (
    AuditEvent,
    AuditSeal,
    HalfDay,
    OperationsHold,
    Patrol,
    PatrolTotal,
    PatrolUpdate,
    TransitionNotAllowed,
    User,
)
from teams.queries.audited import UNBROKEN

logger = logging.getLogger(__name__)

SEALER = 7_270_103  # the name of PostgreSQL's lock that lets one sealer in


def seal_audit(*, now: datetime) -> int:
    """Seal what no open transaction can slip behind; return how many events that were.

    The instant of the seals is the database's, as that of the events is: ``now`` may be
    told to a job, and is not asked here.
    """
    with transaction.atomic():
        seals = _seal()
    if seals:
        chain.write_head(seals[-1].event_number, seals[-1].seal, seals[-1].sealed_at)
    return len(seals)


def verify_audit(*, now: datetime) -> str:
    """Whether the whole record is as it was sealed: how many events, or the first bad one.

    A record that is broken does not mend itself: what is found is kept, not tried again.
    """
    try:
        return f"{UNBROKEN} {audit.verify()}"
    except audit.BrokenRecord as exc:
        logger.critical("The audit record is broken: %s", exc)
        return f"broken {exc}"


def _seal() -> list[AuditSeal]:
    _let_one_in()
    last, seals = AuditSeal.objects.last(), []
    parent = last.seal if last else chain.GENESIS
    for event in _due(last):
        sealed_at = seals[0].sealed_at if seals else event.read_at
        seal = chain.seal_of(parent, event.entry(sealed_at=sealed_at))
        seals.append(
            AuditSeal(event_number=event.pk, parent=parent, seal=seal, sealed_at=sealed_at)
        )
        parent = seal
    return AuditSeal.objects.bulk_create(seals, batch_size=audit.BATCH)


def _due(last: AuditSeal | None):
    events = AuditEvent.objects.unsealed().settled().annotate(read_at=Now()).order_by("pk")
    return events.filter(at__gte=audit.earliest_unsealed(last)) if last else events


def _let_one_in() -> None:
    """Wait until no other sealer is at work; SQLite lets nobody else write anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER])


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


@transaction.atomic
def count_patrols(*, now: datetime) -> int:
    """Add the patrols of the days before to the totals of their half-days; return how many.

    They are deleted with it: who was on patrol, and when, is nowhere any more.
    """
    over = Patrol.objects.filter(ends_at__lte=london_instant(london_date(now)))
    patrols = list(over.select_for_update(no_key=True))
    seconds = Counter()
    for patrol in patrols:
        seconds.update(_parts(patrol))
    for (place, half), spent in seconds.items():
        of = {"neighbourhood_id": place, "on": half.on, "half_day": half.part}
        of["source"] = PatrolTotal.Source.PRESSED
        total, _ = PatrolTotal.objects.get_or_create(**of, defaults={"minutes": 0})
        PatrolTotal.objects.filter(pk=total.pk).update(minutes=F("minutes") + round(spent / 60))
    Neighbourhood.objects.filter(pk__in={place for place, _ in seconds}).raise_stamps()
    Patrol.objects.filter(pk__in=[patrol.pk for patrol in patrols]).delete()
    return len(patrols)


def _parts(patrol: Patrol) -> dict[tuple[int, HalfDay], float]:
    """Its seconds in each half-day that it touches: two at most."""
    half = HalfDay.at(patrol.started_at)
    until = min(patrol.ends_at, half.ends_at)
    parts = {(patrol.neighbourhood_id, half): (until - patrol.started_at).total_seconds()}
    if patrol.ends_at > until:
        parts[patrol.neighbourhood_id, half.next] = (patrol.ends_at - until).total_seconds()
    return parts
