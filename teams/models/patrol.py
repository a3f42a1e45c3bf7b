"""How long teams were on patrol: totals of half-days, never where, and only for a day who."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from teams.models.half_day import HalfDay
from teams.models.patrol_update import PatrolUpdate

LONGEST_PATROL = timedelta(hours=3)
MOST_MINUTES = 100 * 12 * 60  # of a hundred people for half a day: more is a slip of the keyboard


class PatrolTotal(models.Model):
    """The minutes that a team's people together were on patrol in one half-day."""

    class Source(models.TextChoices):
        IMPORT = "IMPORT"
        PRESSED = "PRESSED"  # added up from what officers pressed; where both are, imports count

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="patrol_totals"
    )
    on = models.DateField()
    half_day = models.CharField(max_length=9, choices=PatrolUpdate.HalfDay)
    minutes = models.PositiveIntegerField()
    source = models.CharField(max_length=7, choices=Source)

    class Meta:
        ordering = ["on", "-half_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="patroltotal_once_a_half_day",
                fields=["neighbourhood", "on", "half_day", "source"],
            ),
            models.CheckConstraint(
                name="patroltotal_is_possible", condition=Q(minutes__lte=MOST_MINUTES)
            ),
        ]

    def __str__(self) -> str:
        return f"patrol in {self.neighbourhood_id} on {self.on}, {self.half_day}"

    @property
    def half(self) -> HalfDay:
        return HalfDay.of(self.on, self.half_day)


class PatrolQuerySet(models.QuerySet):
    def running(self, *, at: datetime):
        """Those that have not ended: none begins in a time to come."""
        return self.filter(ends_at__gt=at)


class Patrol(models.Model):
    """Somebody pressed "On patrol here". It has its end from the start, so none is left open.

    Kept until the night, when it goes into the total of its half-day and is deleted.
    """

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="patrols"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="patrols")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = PatrolQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="patrol_begins_once", fields=["user", "started_at"]),
            models.CheckConstraint(
                name="patrol_ends_by_itself",
                condition=Q(ends_at__gte=F("started_at"))
                & Q(ends_at__lte=F("started_at") + LONGEST_PATROL),
            ),
        ]

    def __str__(self) -> str:
        return f"patrol {self.pk}"
