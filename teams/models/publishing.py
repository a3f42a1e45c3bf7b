"""Who may publish alone, and when what is planned has to wait."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from neighbourhoods.models import Neighbourhood, PolicingArea


class PublishingTrust(models.Model):
    """A sergeant lets an account publish patrols, advice and events here without a second person.

    The row gives no permission of its own: it counts with a role that writes updates.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="publishing_trusts"
    )
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="publishing_trusts"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="publishingtrust_given_once", fields=["user", "neighbourhood"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.neighbourhood}"


class OperationsHoldQuerySet(models.QuerySet):
    def on(self, day: date):
        """Holds of the day ``day``, first and last day included."""
        return self.filter(from_on__lte=day, to_on__gte=day)

    def over(self, neighbourhood: Neighbourhood):
        """Holds over the neighbourhood, its policing area or the area around that."""
        areas = PolicingArea.objects.over({neighbourhood})
        return self.filter(Q(neighbourhood=neighbourhood) | Q(area__in=areas.values("pk")))


class OperationsHold(models.Model):
    """While it lasts nothing planned is published in its area. Residents are told nothing of it."""

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="operations_holds",
    )
    area = models.ForeignKey(
        "neighbourhoods.PolicingArea",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="operations_holds",
    )
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(max_length=300)

    objects = OperationsHoldQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="operationshold_over_one_place",
                condition=Q(neighbourhood__isnull=False, area__isnull=True)
                | Q(neighbourhood__isnull=True, area__isnull=False),
            ),
            models.CheckConstraint(
                name="operationshold_ends_after_it_begins",
                condition=Q(to_on__gte=F("from_on")),
            ),
            models.CheckConstraint(name="operationshold_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
