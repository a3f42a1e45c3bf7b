from datetime import date

from django.db import models
from django.db.models import F, Q


class PostingQuerySet(models.QuerySet):
    def on(self, day: date):
        """Postings that hold on ``day``, of members who have not left."""
        return self.serving(on=day).filter(from_on__lte=day)

    def serving(self, *, on: date):
        """Postings that have not ended by the day ``on``, those still to begin included."""
        return self.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=on),
            Q(member__ended_on__isnull=True) | Q(member__ended_on__gte=on),
        )


class Posting(models.Model):
    """A member's time in a neighbourhood's team, first and last day included.

    Without a neighbourhood it is a senior officer's post in the force.
    """

    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="postings")
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    lead = models.BooleanField(default=False)

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="posting_ends_after_it_begins",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
            models.UniqueConstraint(
                name="posting_open_once",
                fields=["member", "neighbourhood"],
                condition=Q(to_on__isnull=True),
            ),
            models.CheckConstraint(
                name="posting_lead_has_neighbourhood",
                condition=Q(lead=False) | Q(neighbourhood__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"posting {self.pk}"


class NamedContactQuerySet(models.QuerySet):
    def in_post(self, *, on: date):
        """The timeline up to the day ``on``, newest first: the first row of a place is in force."""
        return self.filter(from_on__lte=on).order_by("neighbourhood", "-from_on")


class NamedContact(models.Model):
    """From this day on the posting's member is the neighbourhood's named officer.

    A timeline: each row holds until the next, and a row without a posting says
    that the post is vacant. So there is never more than one on a day.
    """

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="named_contacts"
    )
    from_on = models.DateField()
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="named_contacts"
    )

    objects = NamedContactQuerySet.as_manager()

    class Meta:
        ordering = ["neighbourhood", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                name="namedcontact_one_a_day", fields=["neighbourhood", "from_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"named contact {self.pk}"


class CoverQuerySet(models.QuerySet):
    def on(self, day: date):
        """Cover that holds on ``day``; where two overlap, the one that began last comes first."""
        return self.filter(
            Q(member__ended_on__isnull=True) | Q(member__ended_on__gte=day),
            from_on__lte=day,
            to_on__gte=day,
        ).order_by("-from_on")


class Cover(models.Model):
    """Somebody stands in for a neighbourhood's named officer, first and last day included."""

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="covers"
    )
    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="covers")
    from_on = models.DateField()
    to_on = models.DateField()

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on"]
        constraints = [
            models.CheckConstraint(
                name="cover_ends_after_it_begins", condition=Q(to_on__gte=F("from_on"))
            ),
            models.UniqueConstraint(
                name="cover_begins_once_a_day", fields=["neighbourhood", "from_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"cover {self.pk}"
