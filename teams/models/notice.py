from django.conf import settings
from django.db import models


class Notice(models.Model):
    """Somebody who was told, once and by a mail, what concerns them in a neighbourhood."""

    class Kind(models.TextChoices):
        VACANT = "VACANT"  # told to inspectors; since ``about_on``
        UNCONFIRMED = "UNCONFIRMED"  # told to sergeants; somebody is not shown from ``about_on`` on
        LENT = "LENT"  # told to both; the sergeant's role, from ``about_on`` on
        TAKEN_BACK = "TAKEN_BACK"  # told to both; it ended early, ``about_on`` was its last day

    kind = models.CharField(max_length=11, choices=Kind)
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="notices"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    about_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notice_once_to_each", fields=["kind", "neighbourhood", "user", "about_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_on} in {self.neighbourhood_id} to {self.user_id}"
