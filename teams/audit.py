"""One line for each act, written in the transaction of the act."""

from django.db.models import Model

from teams.models import AuditEvent, User

COMMAND = "(command line)"
RESIDENT = "(resident)"  # no username has brackets
JOB = "(job)"


def record(verb: str, subject: Model, *, by: User | str | None, **detail: object) -> AuditEvent:
    """Write down who did what; ``by`` is an account, RESIDENT, JOB, or None at the command line.

    ``detail`` holds ids and dates, never a resident's words or address.
    """
    return AuditEvent.objects.create(
        by=by.username if isinstance(by, User) else by or COMMAND,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        detail=detail,
    )
