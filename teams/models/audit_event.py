from datetime import UTC, datetime

from django.db import connection, models
from django.db.models import Exists, Func, OuterRef, Q

# Who acted where no account did: no username has brackets.
COMMAND = "(command line)"
RESIDENT = "(resident)"
JOB = "(job)"


class _SnapshotEdge(Func):
    """PostgreSQL's oldest open transaction (xmin), or the next one (xmax), of this statement."""

    template = "pg_snapshot_%(edge)s(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


class AuditEventQuerySet(models.QuerySet):
    def unsealed(self):
        return self.exclude(Exists(AuditSeal.objects.filter(event_number=OuterRef("pk"))))

    def settled(self):
        """Those before which no open transaction can still write one.

        A transaction from the future wrote its row in another cluster, before a restore.
        SQLite writes one transaction after the other.
        """
        if connection.vendor != "postgresql":
            return self
        return self.filter(
            Q(xid__isnull=True)
            | Q(xid__lt=_SnapshotEdge(edge="xmin"))
            | Q(xid__gte=_SnapshotEdge(edge="xmax"))
        )


class AuditEvent(models.Model):
    """Who did what to which row. Text without foreign keys, so that it outlives its subject.

    Append-only: triggers of both databases refuse every UPDATE, DELETE and TRUNCATE.
    """

    at = models.DateTimeField(db_default=models.functions.Now())
    by = models.CharField(max_length=60)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    force = models.CharField(max_length=60, blank=True, default="")  # empty: of no force
    detail = models.JSONField(default=dict)
    # The transaction that wrote the row; a trigger of PostgreSQL fills it in.
    xid = models.BigIntegerField(null=True, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="auditevent_says_who_and_what", condition=~Q(by="") & ~Q(verb="")
            ),
        ]
        indexes = [
            models.Index(name="auditevent_subject", fields=["subject_type", "subject_id"]),
            models.Index(name="auditevent_force", fields=["force", "-id"]),
            models.Index(name="auditevent_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    def entry(self, *, sealed_at: datetime) -> dict[str, object]:
        """What the seal of ``sealed_at`` is made over: every column, instants in UTC."""
        names = ("id", "by", "verb", "subject_type", "subject_id", "force", "detail", "xid")
        instants = {"at": self.at, "sealed_at": sealed_at}
        return {name: getattr(self, name) for name in names} | {
            name: instant.astimezone(UTC).isoformat() for name, instant in instants.items()
        }


class AuditSeal(models.Model):
    """The seal of one audit event; each follows one other. Append-only as the events are."""

    event_number = models.PositiveBigIntegerField(unique=True)
    parent = models.CharField(max_length=64, unique=True)  # so that the chain cannot fork
    seal = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event_number} {self.seal}"
