from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from neighbourhoods.opening import MIDNIGHT, Span


class PlaceQuerySet(models.QuerySet):
    def serving(self, neighbourhood, *, force=None):
        """Places that serve the neighbourhood, ``is_own`` where by name, else its whole force.

        ``force`` is needed where the neighbourhood is given by its key alone.
        """
        named = Place.neighbourhoods.through.objects.filter(place=OuterRef("pk"))
        return (
            self.filter(force=force or neighbourhood.force_id)
            .annotate(is_own=Exists(named.filter(neighbourhood=neighbourhood)))
            .filter(Q(is_own=True) | ~Exists(named))
        )


class Place(models.Model):
    """Where residents can meet or reach their police: a station, desk, contact point, surgery.

    One that names no neighbourhood serves the whole force.
    """

    class Kind(models.TextChoices):
        STATION = "STATION", _("Police station")
        FRONT_COUNTER = "FRONT_COUNTER", _("Front counter")
        CONTACT_POINT = "CONTACT_POINT", _("Contact point")
        SURGERY = "SURGERY", _("Surgery")

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="places")
    neighbourhoods = models.ManyToManyField(
        "neighbourhoods.Neighbourhood", blank=True, related_name="places"
    )
    kind = models.CharField(max_length=13, choices=Kind)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=8, blank=True)  # as people write it
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    access = models.CharField(max_length=300, blank=True)
    access_cy = models.CharField(max_length=300, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="place_name_unique", fields=["force", "name"]),
            models.CheckConstraint(
                name="place_has_name_and_address", condition=~Q(name="") & ~Q(address="")
            ),
            models.CheckConstraint(
                name="place_has_both_coordinates_or_none",
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__isnull=False, lng__isnull=False)
                & Q(lat__range=(-90, 90), lng__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """From when until when a place is open on a weekday, on London's clock.

    Several where it closes for lunch; ``closes`` at midnight is the end of the day.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    place = models.ForeignKey(Place, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                name="openinghours_begin_once", fields=["place", "weekday", "opens"]
            ),
            models.CheckConstraint(
                name="openinghours_weekday_exists", condition=Q(weekday__range=(0, 6))
            ),
            models.CheckConstraint(
                name="openinghours_close_after_they_open",
                condition=Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT),
            ),
        ]

    def __str__(self) -> str:
        return f"weekday {self.weekday} of place {self.place_id}"

    @property
    def span(self) -> Span:
        return Span(self.opens, self.closes)


class OpeningExceptionQuerySet(models.QuerySet):
    def coming(self, *, on: date):
        """Exceptions of the day ``on`` and later, soonest first."""
        return self.filter(on__gte=on).order_by("on")


class OpeningException(models.Model):
    """One day on which a place keeps other hours than in the week, or none."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="exceptions")
    on = models.DateField()
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    reason_cy = models.CharField(max_length=120, blank=True)

    objects = OpeningExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(name="openingexception_one_per_day", fields=["place", "on"]),
            models.CheckConstraint(
                name="openingexception_closed_or_has_hours",
                condition=Q(opens__isnull=True, closes__isnull=True)
                # Named, since a comparison with nothing breaks no constraint.
                | Q(opens__isnull=False, closes__isnull=False)
                & (Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} of place {self.place_id}"

    @property
    def spans(self) -> list[Span]:
        """The day's only span; none where the place is closed."""
        return [] if self.opens is None else [Span(self.opens, self.closes)]
