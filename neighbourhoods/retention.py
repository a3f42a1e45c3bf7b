from datetime import datetime, timedelta

from neighbourhoods.models import Follower, Following, JobRun, OutboxEntry, Token

KEEP = timedelta(days=90)
# The link to confirm works for 3 days; an address that nobody confirmed is not ours to keep.
KEEP_UNCONFIRMED = timedelta(days=7)


def delete_expired(*, now: datetime) -> str:
    """Delete links, sent mails' entries and job records that ended 90 days ago; say how many.

    Addresses, and postcodes, that were typed 7 days ago and never confirmed go, too.
    """
    tokens, _ = Token.objects.expired_before(now - KEEP).delete()
    entries, _ = OutboxEntry.objects.ended_before(now - KEEP).delete()
    runs, _ = JobRun.objects.filter(period_start__lt=now - KEEP).delete()
    addresses = _delete_unconfirmed(now - KEEP_UNCONFIRMED)
    return (
        f"{tokens} tokens, {entries} outbox entries, {runs} job runs, "
        f"{addresses} unconfirmed addresses"
    )


def _delete_unconfirmed(moment: datetime) -> int:
    asked = Follower.objects.asked_before(moment)
    asked_for = Following.objects.filter(follower__in=asked)
    asked_for.filter(confirmed_at__isnull=True).delete()
    asked_for.exclude(asked_postcode="").update(asked_postcode="")
    _rows, by_model = asked.never_confirmed().delete()
    return by_model.get(Follower._meta.label, 0)
