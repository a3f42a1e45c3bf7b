from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CoverageGapQuerySet(models.QuerySet):
    def open(self):
        """Gaps that the newest audit still found, those that have stood longest first."""
        return self.filter(ended_on=None).order_by("began_on", "pk")


class CoverageGap(models.Model):
    """Something that residents of a place lack, from the audit that first missed it.

    ``ended_on`` is the day of the first audit that no longer found it. Without a
    neighbourhood it is a gap of the whole force.
    """

    class Kind(models.TextChoices):
        BOUNDARY = "boundary", _("No boundary in force")
        TEAM = "team", _("Nobody in the team")
        NAMED_OFFICER = "named_officer", _("No named officer")
        POLICE_OFFICER = "police_officer", _("The named officer is not a police officer")
        PRIORITY = "priority", _("No priority")
        POSTCODES = "postcodes", _("Postcodes in no neighbourhood")

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="coverage_gaps")
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="coverage_gaps",
    )
    kind = models.CharField(max_length=20, choices=Kind)
    size = models.PositiveIntegerField(default=1)  # postcodes for POSTCODES
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = CoverageGapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="coveragegap_open_once_a_neighbourhood",
                fields=["neighbourhood", "kind"],
                condition=Q(ended_on__isnull=True, neighbourhood__isnull=False),
            ),
            models.UniqueConstraint(
                name="coveragegap_open_once_a_force",
                fields=["force", "kind"],
                condition=Q(ended_on__isnull=True, neighbourhood__isnull=True),
            ),
            models.CheckConstraint(
                name="coveragegap_postcodes_are_the_forces",
                condition=Q(kind="postcodes", neighbourhood__isnull=True)
                | ~Q(kind="postcodes") & Q(neighbourhood__isnull=False, size=1),
            ),
            models.CheckConstraint(
                name="coveragegap_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
            ),
            models.CheckConstraint(name="coveragegap_has_size", condition=Q(size__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} gap {self.pk}"
