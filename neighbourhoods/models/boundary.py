from collections.abc import Iterable

from django.db import models
from django.db.models import F, Max, Min, Q

from neighbourhoods.geometry import Point, box_around

BATCH_ROWS = 200  # an outline takes some kilobytes


class BoundarySet(models.Model):
    """One dated generation of a force's outlines: loaded dark, then switched to.

    The set in force is the one that ``Force.boundary_set`` points at.
    """

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="boundary_sets")
    valid_from = models.DateField()
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=models.functions.Now())
    # The box around all its outlines, empty without any: of a nation's sets a lookup reads only
    # those whose box holds the place.
    south = models.FloatField(null=True)
    north = models.FloatField(null=True)
    west = models.FloatField(null=True)
    east = models.FloatField(null=True)

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(name="boundaryset_one_per_day", fields=["force", "valid_from"]),
            models.CheckConstraint(
                name="boundaryset_has_whole_box_or_none",
                condition=Q(south__isnull=True, north__isnull=True)
                & Q(west__isnull=True, east__isnull=True)
                # A CHECK that comes to NULL holds, so half a box has to be named as well.
                | Q(south__isnull=False, north__isnull=False, south__lte=F("north"))
                & Q(west__isnull=False, east__isnull=False, west__lte=F("east")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} from {self.valid_from:%Y-%m-%d}"

    @property
    def in_force(self) -> bool:
        return self.force.boundary_set_id == self.pk

    def draw(self, boundaries: "Iterable[Boundary]") -> None:
        """Store its outlines, and the box around all that it then has."""
        self.boundaries.bulk_create(boundaries, batch_size=BATCH_ROWS)
        self.enclose()

    def enclose(self) -> None:
        """Make the box what its outlines say."""
        box = self.boundaries.aggregate(
            south=Min("min_lat"), north=Max("max_lat"), west=Min("min_lng"), east=Max("max_lng")
        )
        for side, degrees in box.items():
            setattr(self, side, degrees)
        self.save(update_fields=list(box))


class BoundaryQuerySet(models.QuerySet):
    def in_force(self):
        """Boundaries of the set that each force has in force."""
        return self.filter(boundary_set__force__boundary_set=F("boundary_set"))

    def around(self, *, lat: float, lng: float):
        """Boundaries whose bounding box holds the point, in degrees: candidates, not answers."""
        return self.touching(south=lat, north=lat, west=lng, east=lng)

    def within(self, metres: float, of: Point):
        """Boundaries whose bounding box is no further from the point: candidates, not answers."""
        return self.touching(**box_around(of, metres)._asdict())

    def touching(self, *, south, north, west, east):
        """Boundaries whose bounding box has a point in common with the one given, in degrees."""
        sets = self.filter(
            boundary_set__south__lte=north,
            boundary_set__north__gte=south,
            boundary_set__west__lte=east,
            boundary_set__east__gte=west,
        )
        return sets.filter(
            min_lat__lte=north, max_lat__gte=south, min_lng__lte=east, max_lng__gte=west
        )


class Boundary(models.Model):
    """The outline of one neighbourhood in one set, WGS84 degrees."""

    # The unique index and that of the boxes begin with it.
    boundary_set = models.ForeignKey(
        BoundarySet, models.CASCADE, related_name="boundaries", db_index=False
    )
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="boundaries"
    )
    # What the neighbourhood is called with this set; empty where no list says so.
    name = models.CharField(max_length=200, blank=True)
    name_cy = models.CharField(max_length=200, blank=True)
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
            models.Index(
                name="boundary_box_in_set",
                fields=["boundary_set", "min_lat", "max_lat", "min_lng", "max_lng"],
            ),
        ]

    def __str__(self) -> str:
        return f"boundary {self.pk}"

    @property
    def names(self) -> tuple[str, str]:
        """The neighbourhood's name with this set, and in Welsh."""
        place = self.neighbourhood
        return self.name or place.name, self.name_cy or place.name_cy


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
