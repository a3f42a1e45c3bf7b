from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from neighbourhoods.models.claims import claim

SEND_LEASE = timedelta(minutes=2)


class Announcement(models.Model):
    """Something that followers of a neighbourhood have to be told, once."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="announcements"
    )
    topic = models.CharField(max_length=30)
    announced_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="announcement_once", fields=["kind", "object_id", "neighbourhood"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class OutboxEntryQuerySet(models.QuerySet):
    def due(self, *, now: datetime):
        """Entries that should be sent by ``now``, oldest first."""
        return self.filter(state=OutboxEntry.State.DUE, next_at__lte=now).order_by("next_at", "pk")

    def claim_next(self, *, now: datetime) -> "OutboxEntry | None":
        """Take the next due entry that no other worker holds, or None."""
        return claim(self.due(now=now), now=now, lease=SEND_LEASE)

    def record(self, entry: "OutboxEntry") -> bool:
        """Write what became of a claimed entry; False when its lease ran out and another took it.

        Then nothing is written: what the other finds out holds.
        """
        held = self.filter(pk=entry.pk, state=OutboxEntry.State.DUE, attempts=entry.attempts)
        return bool(held.update(**{field: getattr(entry, field) for field in OutboxEntry.OUTCOME}))

    def ended_before(self, moment: datetime):
        return self.filter(ended_at__lt=moment)


class OutboxEntry(models.Model):
    """One mail to one address. The address is blanked when the entry ends."""

    class State(models.TextChoices):
        DUE = "DUE"
        SENT = "SENT"
        DEAD = "DEAD"  # refused for good, or tried too often; last_error says why
        DROPPED = "DROPPED"  # nothing left to tell when its turn came

    # What a try changes, beside the claim itself.
    OUTCOME = ("state", "to", "next_at", "lease_until", "ended_at", "last_error")

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    to = models.EmailField(blank=True)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=7, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox entries"
        constraints = [
            models.UniqueConstraint(name="outboxentry_once", fields=["kind", "object_id"]),
            models.CheckConstraint(
                name="outboxentry_due_has_address_ended_has_none",
                condition=Q(state="DUE", ended_at__isnull=True) & ~Q(to="")
                | ~Q(state="DUE") & Q(to="", ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="outboxentry_due", fields=["next_at", "id"], condition=Q(state="DUE")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

    def end(self, state: State, *, at: datetime, error: str = "") -> None:
        """Finish this entry, and forget whom it was for. Does not save."""
        self.state, self.ended_at, self.to = state, at, ""
        self.last_error, self.lease_until = error, None

    def retry(self, *, at: datetime, error: str) -> None:
        """Let this entry be found again from ``at`` on. Does not save."""
        self.next_at, self.last_error, self.lease_until = at, error, None
