"""The audit record is sealed as it grows."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from teams import audit, chain
from teams.models import AuditEvent, AuditSeal

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
