from django.db import models
from django.db.models import F, Q

from neighbourhoods.geometry import Point, box_around


class BoundarySet(models.Model):
    """One dated generation of a force's outlines: loaded dark, then switched to.

    The set in force is the one that ``Force.boundary_set`` points at.
    """

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="boundary_sets")
    valid_from = models.DateField()
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(name="boundaryset_one_per_day", fields=["force", "valid_from"]),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} from {self.valid_from:%Y-%m-%d}"

    @property
    def in_force(self) -> bool:
        return self.force.boundary_set_id == self.pk


class BoundaryQuerySet(models.QuerySet):
    def in_force(self):
        """Boundaries of the set that each force has in force."""
        return self.filter(boundary_set__force__boundary_set=F("boundary_set"))

    def around(self, *, lat: float, lng: float):
        """Boundaries whose bounding box holds the point, in degrees: candidates, not answers."""
        return self.filter(min_lat__lte=lat, max_lat__gte=lat, min_lng__lte=lng, max_lng__gte=lng)

    def within(self, metres: float, of: Point):
        """Boundaries whose bounding box is no further from the point: candidates, not answers."""
        return self.touching(**box_around(of, metres)._asdict())

    def touching(self, *, south, north, west, east):
        """Boundaries whose bounding box has a point in common with the one given, in degrees."""
        return self.filter(
            min_lat__lte=north, max_lat__gte=south, min_lng__lte=east, max_lng__gte=west
        )


class Boundary(models.Model):
    """The outline of one neighbourhood in one set, WGS84 degrees."""

    boundary_set = models.ForeignKey(BoundarySet, models.CASCADE, related_name="boundaries")
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="boundaries"
    )
    geometry = models.BinaryField()  # well-known binary, polygons in longitude, latitude
    min_lat = models.FloatField()
    max_lat = models.FloatField()
    min_lng = models.FloatField()
    max_lng = models.FloatField()
    centre_lat = models.FloatField()
    centre_lng = models.FloatField()
    outline = models.TextField()  # drawn once at import; see neighbourhoods.geometry.outline_path
    # What lies beside it, worked out when its set or theirs comes into force.
    beside = models.ManyToManyField("self", blank=True)

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="boundary_one_per_neighbourhood_and_set",
                fields=["boundary_set", "neighbourhood"],
            ),
            models.CheckConstraint(
                name="boundary_box_is_ordered",
                condition=Q(min_lat__lte=F("max_lat"), min_lng__lte=F("max_lng")),
            ),
        ]
        indexes = [
            models.Index(name="boundary_box", fields=["min_lat", "max_lat", "min_lng", "max_lng"]),
        ]

    def __str__(self) -> str:
        return f"boundary {self.pk}"


class SuccessionQuerySet(models.QuerySet):
    def in_effect(self):
        """What a switch has brought about; the others wait in a set that is dark."""
        return self.filter(from_on__isnull=False)


class Succession(models.Model):
    """With this set a neighbourhood, or a part of it, becomes another one.

    ``told`` by the force, or else proposed from the postcodes; ``from_on`` is the day of
    the switch, empty while it has not happened or was taken back.
    """

    boundary_set = models.ForeignKey(BoundarySet, models.CASCADE, related_name="successions")
    before = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="successions"
    )
    after = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="preceded_by"
    )
    told = models.BooleanField(default=False)
    from_on = models.DateField(null=True, blank=True)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="succession_once", fields=["boundary_set", "before", "after"]
            ),
            models.CheckConstraint(
                name="succession_is_of_another", condition=~Q(before=F("after"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} becomes {self.after_id}"
