from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SafetyStampQuerySet(models.QuerySet):
    def raise_stamp(self) -> None:
        """Make every copy that holds a name out of date, in the transaction of the act."""
        self.bulk_create([SafetyStamp(pk=SafetyStamp.ONLY)], ignore_conflicts=True)
        self.filter(pk=SafetyStamp.ONLY).update(value=F("value") + 1)

    def leap(self, *, to: int) -> None:
        """As ``raise_stamp``, to ``to`` at least: past every number that was ever reached."""
        self.raise_stamp()
        self.filter(pk=SafetyStamp.ONLY, value__lt=to).update(value=to)


class SafetyStamp(models.Model):
    """One number, raised whenever somebody is hidden or shown again.

    Part of the ETag of every page of a neighbourhood and of the key of every file that
    is kept, so that what was made under an older number is made again before it is served.
    """

    ONLY = 1

    value = models.PositiveBigIntegerField(default=1)

    objects = SafetyStampQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="safetystamp_is_one_row", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return str(self.value)


class UnhidingQuerySet(models.QuerySet):
    def waiting(self):
        """Those that a second person has not confirmed yet."""
        return self.filter(confirmed_at__isnull=True)


class Unhiding(models.Model):
    """Somebody asks that a hidden member is shown again; a second person has to confirm it."""

    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="unhidings")
    # Kept: that there were two is the point.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = UnhidingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="unhiding_waits_once",
                fields=["member"],
                condition=Q(confirmed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="unhiding_confirmed_by_somebody",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="unhiding_takes_two",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"unhiding {self.pk}"
