from django.core.validators import RegexValidator
from django.db import models

force_id_validator = RegexValidator(
    r"^[a-z][a-z0-9-]*\Z",
    "A force id is lower-case letters, digits and hyphens, like 'west-midlands'.",
)


class Force(models.Model):
    """A territorial police force, under its data.police.uk id."""

    id = models.CharField(primary_key=True, max_length=50, validators=[force_id_validator])
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    welsh = models.BooleanField(default=False)
    url = models.URLField(blank=True)
    report_url = models.URLField(blank=True)
    telephone = models.CharField(max_length=20, default="101")
    # The boundaries in force: a switch is one UPDATE of this row, so no reader sees a mixture.
    boundary_set = models.ForeignKey(
        "neighbourhoods.BoundarySet",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="force_id_is_lower_case",
                condition=models.Q(id__regex=r"^[a-z][a-z0-9-]*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
