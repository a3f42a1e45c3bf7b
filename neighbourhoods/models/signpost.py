from django.db import models
from django.db.models import Q


class Signpost(models.Model):
    """One line of "who deals with what" in a force: a matter, and who to turn to."""

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="signposts")
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
