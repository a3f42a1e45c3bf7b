from datetime import datetime

from django.contrib.sessions.models import Session


def delete_expired(*, now: datetime) -> str:
    """Delete the sessions that have run out; say how many."""
    deleted, _ = Session.objects.filter(expire_date__lt=now).delete()
    return f"{deleted} sessions"
