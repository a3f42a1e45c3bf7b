from django.db import models


class Council(models.Model):
    """A local authority under its ONS code; the register of postcodes says which lie in it."""

    CODE = "[ENSW][0-9]{8}"  # England, Northern Ireland, Scotland, Wales

    code = models.CharField(primary_key=True, max_length=9)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="council_code_is_of_the_ons",
                condition=models.Q(code__regex="^[ENSW][0-9]{8}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
