from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from neighbourhoods.clock import london_instant
from teams.models.patrol_update import TransitionNotAllowed


class EventQuerySet(models.QuerySet):
    def coming(self, *, on: date):
        """Events of the day ``on`` and later, soonest first, cancelled ones too.

        An event stays until its day is over, so that a page changes at midnight only.
        """
        return self.not_over(at=london_instant(on))

    def not_over(self, *, at):
        """Events that end at the instant ``at`` or later, soonest first."""
        return self.filter(ends_at__gte=at).order_by("starts_at", "pk")

    def past(self, *, on: date):
        """Events of the days before ``on``, latest first."""
        return self.filter(ends_at__lt=london_instant(on)).order_by("-starts_at", "-pk")

    def taking_place(self):
        return self.filter(cancelled_at__isnull=True)


class Event(models.Model):
    """Where and when residents can meet their team. What is entered is public at once."""

    class Kind(models.TextChoices):
        BEAT_MEETING = "BEAT_MEETING", gettext_lazy("Beat meeting")
        SURGERY = "SURGERY", gettext_lazy("Surgery")
        HAVE_A_SAY = "HAVE_A_SAY", gettext_lazy("Have-a-say day")
        OTHER = "OTHER", gettext_lazy("Other event")

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=200)
    place_cy = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=300, blank=True)
    cancellation_reason_cy = models.CharField(max_length=300, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="event_has_title_and_place", condition=~Q(title="") & ~Q(place="")
            ),
            models.CheckConstraint(
                name="event_cancelled_has_reason",
                condition=Q(cancelled_at__isnull=True, cancellation_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancellation_reason=""),
            ),
        ]
        indexes = [models.Index(name="event_by_end", fields=["neighbourhood", "ends_at"])]

    def __str__(self) -> str:
        return self.title

    def change(self, fields: dict[str, object]) -> None:
        """Take new words, place or times. Does not save."""
        if self.cancelled_at:
            raise TransitionNotAllowed(_("This event has been cancelled: enter a new one."))
        for name, value in fields.items():
            setattr(self, name, value)

    def cancel(self, *, at: datetime, reason: str, reason_cy: str = "") -> None:
        """Call it off with a reason that residents see. Does not save."""
        if self.cancelled_at:
            raise TransitionNotAllowed(_("This event has been cancelled already."))
        self.cancelled_at = at
        self.cancellation_reason, self.cancellation_reason_cy = reason, reason_cy
