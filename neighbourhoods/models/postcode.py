from django.db import models
from django.db.models import Q

from neighbourhoods.geometry import EDGE_M


class Postcode(models.Model):
    """A unit postcode without its space, and where it is or last was.

    Without a place (``lat`` and ``lng`` empty) it is one of those that the
    register lists with no grid reference.
    """

    code = models.CharField(primary_key=True, max_length=7)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    terminated_on = models.DateField(null=True)  # first day of the month given in the register
    # No foreign key: the register gives codes before anybody gives names to them, and the
    # database would look one up for each of millions of rows.
    council_code = models.CharField(max_length=9, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="postcode_has_whole_place_or_none",
                condition=Q(lat__isnull=True, lng__isnull=True)
                # A CHECK that comes to NULL holds, so half a place has to be named as well.
                | Q(lat__isnull=False, lat__range=(49, 61), lng__isnull=False, lng__range=(-9, 2)),
            ),
            models.CheckConstraint(
                name="postcode_is_upper_case_without_space",
                condition=Q(code__regex=r"^[A-Z0-9]{5,7}$"),
            ),
        ]
        indexes = [models.Index(name="postcode_place", fields=["lat", "lng"])]

    def __str__(self) -> str:
        return f"{self.code[:-3]} {self.code[-3:]}"


class PostcodeMatch(models.Model):
    """A postcode whose point lies in (or on the line of) a boundary."""

    # The unique index begins with it: two more would only be written for millions of rows.
    postcode = models.ForeignKey(Postcode, models.CASCADE, related_name="matches", db_index=False)
    boundary = models.ForeignKey("neighbourhoods.Boundary", models.CASCADE, related_name="matches")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="postcodematch_unique", fields=["postcode", "boundary"]),
        ]

    def __str__(self) -> str:
        return f"{self.postcode_id} in boundary {self.boundary_id}"


class PostcodeBeside(models.Model):
    """A postcode whose point lies outside a boundary, though within EDGE_M of its line.

    Worked out with the matches, so that a lookup near a line reads no outline.
    """

    postcode = models.ForeignKey(Postcode, models.CASCADE, related_name="beside", db_index=False)
    boundary = models.ForeignKey("neighbourhoods.Boundary", models.CASCADE, related_name="nearby")
    metres = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="postcodebeside_unique", fields=["postcode", "boundary"]),
            models.CheckConstraint(
                name="postcodebeside_is_close_by", condition=Q(metres__range=(0, EDGE_M))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.postcode_id}, {self.metres:.0f} m from boundary {self.boundary_id}"
