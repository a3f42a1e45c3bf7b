from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q

from neighbourhoods.clock import london_date

FEWEST_OPTIONS = 2  # fewer leave nothing to choose


class RoundQuerySet(models.QuerySet):
    def open(self, *, now: datetime):
        """Rounds in which residents can vote at ``now``."""
        return self.filter(opens_at__lte=now, closes_at__gt=now, published_at__isnull=True)

    def unpublished(self):
        """The draft, the open round or the closed one whose results are not yet told."""
        return self.filter(published_at__isnull=True)

    def published(self):
        """Rounds whose results residents can read, newest first."""
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")

    def published_before(self, moment: datetime):
        return self.filter(published_at__lt=moment)


class Round(models.Model):
    """Residents are asked what their team should work on. A draft until ``opens_at`` is set."""

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="rounds"
    )
    # What the neighbourhood was when it opened: a switch of boundaries leaves a vote as it is.
    boundary_set = models.ForeignKey(
        "neighbourhoods.BoundarySet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
    )
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="round_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="round_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="round_published_after_it_closed",
                condition=Q(published_at__isnull=True)
                | Q(opens_at__isnull=False, published_at__gte=F("closes_at")),
            ),
            models.UniqueConstraint(
                name="round_one_at_a_time",
                fields=["neighbourhood"],
                condition=Q(published_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.opens_at is None

    @property
    def last_on(self) -> date:
        """The last day, in London, on which a vote counts."""
        return london_date(self.closes_at - timedelta(microseconds=1))

    def is_open(self, now: datetime) -> bool:
        return not self.is_draft and self.opens_at <= now < self.closes_at

    def is_over(self, now: datetime) -> bool:
        """Whether no vote can be added any more."""
        return not self.is_draft and self.closes_at <= now


class Option(models.Model):
    """One of the matters that residents choose from, in an order that is the same for all."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="option_position_unique", fields=["round", "position"]),
            models.UniqueConstraint(name="option_title_unique", fields=["round", "title"]),
            models.CheckConstraint(name="option_has_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title
