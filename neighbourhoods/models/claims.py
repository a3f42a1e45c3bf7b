"""Taking a row that several workers want: a conditional UPDATE with a lease."""

from datetime import datetime, timedelta

from django.db.models import F, Model, Q, QuerySet


def unleased(now: datetime) -> Q:
    """Rows that nobody holds at ``now``: never taken, or whose lease has run out."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def claim(rows: QuerySet, *, now: datetime, lease: timedelta) -> Model | None:
    """Take the first of ``rows`` that is free and return it, or None when there is none.

    The attempt is counted before the work, so that a row which kills its worker
    cannot be tried for ever. Where another worker is quicker the UPDATE changes
    no row and the next one is tried.
    """
    for pk in rows.filter(unleased(now)).values_list("pk", flat=True)[:50]:
        taken = rows.filter(unleased(now), pk=pk).update(
            attempts=F("attempts") + 1, lease_until=now + lease
        )
        if taken:
            return rows.model._default_manager.get(pk=pk)
    return None
