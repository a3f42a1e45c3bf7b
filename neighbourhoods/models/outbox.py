from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from neighbourhoods.models.claims import claim

SEND_LEASE = timedelta(minutes=2)
FAN_OUT_LEASE = timedelta(minutes=5)


class AnnouncementQuerySet(models.QuerySet):
    def due(self):
        """Announcements whose followers do not all have their entry yet.

        Those that were tried least come first: one that fails holds up no other.
        """
        return self.filter(fanned_out_at__isnull=True).order_by("attempts", "pk")

    def claim_next(self, *, now: datetime) -> "Announcement | None":
        """Take the next due announcement that no other worker holds, or None."""
        return claim(self.due(), now=now, lease=FAN_OUT_LEASE)


class Announcement(models.Model):
    """Something that followers of a neighbourhood have to be told, once."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="announcements"
    )
    topic = models.CharField(max_length=30)
    announced_at = models.DateTimeField(db_default=models.functions.Now())
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    fanned_out_at = models.DateTimeField(null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="announcement_once", fields=["kind", "object_id", "neighbourhood"]
            ),
        ]
        indexes = [
            models.Index(
                name="announcement_due",
                fields=["attempts", "id"],
                condition=Q(fanned_out_at__isnull=True),
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

    def drop(self, *, at: datetime) -> int:
        """End what is due among these, unsent; return how many. Forgets whom they were for."""
        return self.filter(state=OutboxEntry.State.DUE).update(
            state=OutboxEntry.State.DROPPED, ended_at=at, to="", lease_until=None
        )

    def ended_before(self, moment: datetime):
        return self.filter(ended_at__lt=moment)


class OutboxEntry(models.Model):
    """One mail to one address. The address is blanked when the entry ends.

    A post stands for itself; an entry with an announcement was made by fanning it out.
    A follower who leaves takes no entry along: the address was copied.
    """

    class State(models.TextChoices):
        DUE = "DUE"
        SENT = "SENT"
        DEAD = "DEAD"  # refused for good, or tried too often; last_error says why
        DROPPED = "DROPPED"  # nothing left to tell when its turn came

    # What a try changes, beside the claim itself.
    OUTCOME = ("state", "to", "next_at", "lease_until", "ended_at", "last_error")

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    announcement = models.ForeignKey(
        Announcement, models.CASCADE, null=True, blank=True, related_name="entries"
    )
    follower = models.ForeignKey(
        "neighbourhoods.Follower", models.SET_NULL, null=True, blank=True, related_name="entries"
    )
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
            models.UniqueConstraint(
                name="outboxentry_once_a_follower", fields=["announcement", "follower"]
            ),
            models.UniqueConstraint(
                name="outboxentry_one_due_post",
                fields=["kind", "object_id"],
                condition=Q(state="DUE", announcement__isnull=True),
            ),
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
