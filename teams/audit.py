"""One line for each act of staff, written in the transaction of the act."""

from django.db.models import Model

from teams.models import AuditEvent, User

COMMAND = "(command line)"


def record(verb: str, subject: Model, *, by: User | None, **detail: object) -> AuditEvent:
    """Write down who did what; ``by=None`` is an operator at the command line.

    ``detail`` holds ids and dates, never a resident's words or address.
    """
    return AuditEvent.objects.create(
        by=by.username if by else COMMAND,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        detail=detail,
    )
