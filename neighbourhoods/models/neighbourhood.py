from datetime import date

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q, Subquery
from django.db.models.functions import Coalesce


class NeighbourhoodQuerySet(models.QuerySet):
    def begun(self, *, on: date):
        """Neighbourhoods that have begun by the day ``on``, whether they have ended or not."""
        return self.filter(Q(began_on__isnull=True) | Q(began_on__lte=on))

    def current(self, *, on: date):
        """Neighbourhoods that have begun and not ended on the day ``on``."""
        return self.begun(on=on).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))

    def by_area(self):
        """In order of policing area, those without one at the end; inside it in order of name."""
        around = Coalesce("area__parent__name", "area__name")
        return self.order_by(around.asc(nulls_last=True), "area__name", "area", "name")

    def with_safety_stamp(self):
        """Annotate ``safety_stamp``: raised whenever an officer is hidden or shown again.

        The model belongs to an app above and is looked up by its name, as that of users is.
        """
        stamps = apps.get_model(settings.SAFETY_STAMP_MODEL).objects.values("value")
        return self.annotate(safety_stamp=Coalesce(Subquery(stamps[:1]), 0))

    def raise_stamps(self) -> int:
        """Mark the public pages of these neighbourhoods as changed; return how many.

        Called in the transaction of every change that a page shows, so that an
        ETag made from the stamp cannot outlive what it stands for.
        """
        return self.order_by().update(stamp=F("stamp") + 1)


class Neighbourhood(models.Model):
    """A place with its own policing team: a lasting identity, whatever its outline is today.

    ``code`` is the id that data.police.uk and the force use. It is unique inside
    the force only, and matched as written, case and spaces included.
    """

    force = models.ForeignKey("neighbourhoods.Force", models.PROTECT, related_name="neighbourhoods")
    # The area of today; ``AreaMembership`` knows that of every day.
    area = models.ForeignKey(
        "neighbourhoods.PolicingArea",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="neighbourhoods",
    )
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    description_cy = models.TextField(blank=True)
    # Written by staff, where the description that was imported does not say it.
    streets = models.TextField(blank=True)
    streets_cy = models.TextField(blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    began_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    stamp = models.PositiveBigIntegerField(default=1)

    objects = NeighbourhoodQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="neighbourhood_code_unique", fields=["force", "code"]),
            models.CheckConstraint(name="neighbourhood_has_code", condition=~Q(code="")),
            models.CheckConstraint(
                name="neighbourhood_ends_after_it_begins",
                condition=Q(began_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("began_on")),
            ),
            models.CheckConstraint(
                name="neighbourhood_successor_only_when_ended",
                condition=Q(successor__isnull=True) | Q(ended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url_kwargs(self) -> dict[str, str]:
        return {"force_id": self.force_id, "neighbourhood_id": self.code}

    @property
    def path(self) -> str:
        """Force and id in one text, for addresses; no id has a slash."""
        return f"{self.force_id}/{self.code}"

    @property
    def current(self) -> "Neighbourhood":
        """The neighbourhood that carries this identity on today: itself, or its last successor."""
        found = self
        while found.successor_id:
            found = found.successor
        return found
