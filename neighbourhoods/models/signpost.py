from django.db import models
from django.db.models import Q

from neighbourhoods.models.area import PolicingArea
from neighbourhoods.models.neighbourhood import Neighbourhood


class SignpostQuerySet(models.QuerySet):
    def for_neighbourhood(self, neighbourhood: Neighbourhood):
        """The lines of its force that hold everywhere, and those of the areas it is in."""
        areas = PolicingArea.objects.over([neighbourhood]).values("pk")
        return self.filter(Q(area__isnull=True) | Q(area__in=areas), force=neighbourhood.force_id)


class Signpost(models.Model):
    """One line of "who deals with what" in a force or one of its areas, and who to turn to."""

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="signposts")
    area = models.ForeignKey(
        PolicingArea, models.CASCADE, null=True, blank=True, related_name="signposts"
    )
    position = models.PositiveSmallIntegerField()
    matter = models.CharField(max_length=120)
    matter_cy = models.CharField(max_length=120, blank=True)
    body = models.CharField(max_length=120)
    body_cy = models.CharField(max_length=120, blank=True)
    advice = models.CharField(max_length=300)
    advice_cy = models.CharField(max_length=300, blank=True)
    url = models.URLField(blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    reviewed_on = models.DateField()

    objects = SignpostQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="signpost_position_unique", fields=["force", "position"]),
            models.CheckConstraint(
                name="signpost_leads_somewhere", condition=~Q(url="") | ~Q(telephone="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter}: {self.body}"
