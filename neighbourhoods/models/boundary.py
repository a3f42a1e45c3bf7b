from django.db import models
from django.db.models import F, Q


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
