from datetime import datetime

from teams.models import PeopleFile, Session


def delete_expired(*, now: datetime) -> str:
    """Delete sessions that have run out, and files of people that no undo needs; say how many."""
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    files, _ = PeopleFile.objects.done_with(now=now).delete()
    return f"{sessions} sessions, {files} files of people"
