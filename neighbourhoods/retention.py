from datetime import datetime, timedelta

from neighbourhoods.models import JobRun, OutboxEntry, Token

KEEP = timedelta(days=90)


def delete_expired(*, now: datetime) -> str:
    """Delete links, sent mails' entries and job records that ended 90 days ago; say how many."""
    tokens, _ = Token.objects.expired_before(now - KEEP).delete()
    entries, _ = OutboxEntry.objects.ended_before(now - KEEP).delete()
    runs, _ = JobRun.objects.filter(period_start__lt=now - KEEP).delete()
    return f"{tokens} tokens, {entries} outbox entries, {runs} job runs"
