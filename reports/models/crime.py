from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CrimeType(models.TextChoices):
    """The categories of data.police.uk under the names that its files use.

    A category that the source invents later is counted under its own name, so what is
    stored need not be one of these.
    """

    ANTI_SOCIAL_BEHAVIOUR = "Anti-social behaviour", _("Anti-social behaviour")
    BICYCLE_THEFT = "Bicycle theft", _("Bicycle theft")
    BURGLARY = "Burglary", _("Burglary")
    CRIMINAL_DAMAGE = "Criminal damage and arson", _("Criminal damage and arson")
    DRUGS = "Drugs", _("Drugs")
    OTHER_CRIME = "Other crime", _("Other crime")
    OTHER_THEFT = "Other theft", _("Other theft")
    WEAPONS = "Possession of weapons", _("Possession of weapons")
    PUBLIC_DISORDER = "Public disorder and weapons", _("Public disorder and weapons")  # to 2013
    PUBLIC_ORDER = "Public order", _("Public order")
    ROBBERY = "Robbery", _("Robbery")
    SHOPLIFTING = "Shoplifting", _("Shoplifting")
    THEFT_FROM_PERSON = "Theft from the person", _("Theft from the person")
    VEHICLE_CRIME = "Vehicle crime", _("Vehicle crime")
    VIOLENCE = "Violence and sexual offences", _("Violence and sexual offences")

    @classmethod
    def label_of(cls, crime_type: str) -> str:
        """The name in the reader's language; an unknown type's own name."""
        return str(cls(crime_type).label) if crime_type in cls.values else crime_type


class DataMonthQuerySet(models.QuerySet):
    def supplied(self):
        """Months of which the force's data came. Of every other month nothing can be said."""
        return self.filter(supplied=True)


class DataMonth(models.Model):
    """One month of one force's crime data. No row says the same as ``supplied=False``.

    ``rows`` were read, ``kept`` were counted: repeats and unusable rows are the difference.
    """

    force = models.ForeignKey(
        "neighbourhoods.Force", models.CASCADE, related_name="data_months", db_index=False
    )
    month = models.DateField()
    supplied = models.BooleanField(default=True)
    rows = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = DataMonthQuerySet.as_manager()

    class Meta:
        ordering = ["force", "month"]
        constraints = [
            models.UniqueConstraint(name="datamonth_one_per_force", fields=["force", "month"]),
            models.CheckConstraint(name="datamonth_is_first_of_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.month:%Y-%m}"


class CrimeCount(models.Model):
    """How many incidents of one type were recorded in one place in one month; never zero.

    The place is a neighbourhood, or one of the two that stand for the rest of the force.
    """

    class Place(models.TextChoices):
        NEIGHBOURHOOD = "neighbourhood", _("in a neighbourhood")
        NO_COORDINATES = "no_coordinates", _("without a usable place")
        OUTSIDE = "outside", _("outside all boundaries")

    force = models.ForeignKey(
        "neighbourhoods.Force", models.CASCADE, related_name="crime_counts", db_index=False
    )
    month = models.DateField()
    crime_type = models.CharField(max_length=60)
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="crime_counts",
    )
    place = models.CharField(max_length=20, choices=Place)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["force", "month", "crime_type"]
        constraints = [
            models.CheckConstraint(
                name="crimecount_has_neighbourhood_or_says_why_not",
                condition=Q(place="neighbourhood", neighbourhood__isnull=False)
                | Q(place__in=["no_coordinates", "outside"], neighbourhood__isnull=True),
            ),
            models.CheckConstraint(name="crimecount_is_first_of_month", condition=Q(month__day=1)),
            models.CheckConstraint(name="crimecount_is_positive", condition=Q(count__gt=0)),
            models.UniqueConstraint(
                name="crimecount_one_per_neighbourhood",
                fields=["force", "month", "crime_type", "neighbourhood"],
                condition=Q(neighbourhood__isnull=False),
            ),
            models.UniqueConstraint(
                name="crimecount_one_without_neighbourhood",
                fields=["force", "month", "crime_type", "place"],
                condition=Q(neighbourhood__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force_id} {self.month:%Y-%m} {self.crime_type}: {self.count}"
