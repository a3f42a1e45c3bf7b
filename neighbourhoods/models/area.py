from datetime import date

from django.db import models
from django.db.models import F, Q

from neighbourhoods.models.force import Force
from neighbourhoods.models.neighbourhood import Neighbourhood


class PolicingAreaQuerySet(models.QuerySet):
    def current(self, *, on: date):
        """Areas that have begun and not ended on the day ``on``."""
        return self.filter(Q(began_on__isnull=True) | Q(began_on__lte=on)).filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=on)
        )

    def over(self, neighbourhoods: models.QuerySet | list[Neighbourhood]):
        """The areas that any of ``neighbourhoods`` is in today, and the areas those are in."""
        within = self.model.objects.filter(neighbourhoods__in=neighbourhoods)
        return self.filter(Q(pk__in=within.values("pk")) | Q(pk__in=within.values("parent")))

    def with_nested(self):
        """These areas and those inside them."""
        return self.model.objects.filter(
            Q(pk__in=self.values("pk")) | Q(parent__in=self.values("pk"))
        )


class PolicingArea(models.Model):
    """Several neighbourhoods under one inspector. It may lie in one other area, never deeper.

    It keeps its parent as long as it lives: an area that moves gets another code, so
    that nobody's role reaches other places than it was given for.
    """

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="areas")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    began_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = PolicingAreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="policingarea_code_unique", fields=["force", "code"]),
            models.CheckConstraint(
                name="policingarea_is_not_in_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
            models.CheckConstraint(
                name="policingarea_ends_after_it_begins",
                condition=Q(began_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("began_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AreaMembershipQuerySet(models.QuerySet):
    def of_force(self, force: Force):
        return self.filter(neighbourhood__force=force)

    def areas(self, *, on: date) -> dict[int, int | None]:
        """The area (its pk) of each neighbourhood on the day ``on``; none where nothing tells."""
        told = self.filter(from_on__lte=on).order_by("from_on")
        return dict(told.values_list("neighbourhood", "area"))

    def put_in_force(self, *, on: date) -> int:
        """Make ``Neighbourhood.area`` what the timeline says of ``on``; return how many changed."""
        told = self.areas(on=on)
        rows = Neighbourhood.objects.filter(pk__in=told).values_list("pk", "area")
        changed = [pk for pk, area in rows.order_by("pk") if area != told[pk]]
        for area in {told[pk] for pk in changed}:
            moving = Neighbourhood.objects.filter(pk__in=[p for p in changed if told[p] == area])
            moving.update(area=area)
            moving.raise_stamps()
        return len(changed)


class AreaMembership(models.Model):
    """A timeline: from that day on the neighbourhood is in that area, or in none."""

    neighbourhood = models.ForeignKey(Neighbourhood, models.CASCADE, related_name="area_timeline")
    from_on = models.DateField()
    area = models.ForeignKey(
        PolicingArea, models.PROTECT, null=True, blank=True, related_name="memberships"
    )

    objects = AreaMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(
                name="areamembership_one_per_day", fields=["neighbourhood", "from_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"area of {self.neighbourhood_id} from {self.from_on:%Y-%m-%d}"
