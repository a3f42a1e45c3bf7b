from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from priorities.models.round import Option, Round
from teams.models import TransitionNotAllowed

PLACES = (1, 2, 3)


class PriorityQuerySet(models.QuerySet):
    def live(self):
        """What the team works on, in order of place."""
        return self.filter(state=Priority.State.LIVE).order_by("place")

    def closed(self):
        """What the team has finished, the newest first."""
        return self.filter(state=Priority.State.CLOSED).order_by("-closed_on", "-pk")

    def with_work(self):
        """Fetch what was done for each as well: two queries, however many there are."""
        return self.prefetch_related("actions", "updates")

    def touched_between(self, start: date, end: date):
        """Priorities that were live on a day from ``start`` up to, not including, ``end``."""
        return self.filter(adopted_on__lt=end).filter(
            Q(closed_on__isnull=True) | Q(closed_on__gte=start)
        )


class Priority(models.Model):
    """Something a team has told its residents it works on: at most three at a time."""

    class State(models.TextChoices):
        LIVE = "LIVE"
        CLOSED = "CLOSED"

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="priorities"
    )
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="priorities"
    )
    option = models.ForeignKey(
        Option, models.PROTECT, null=True, blank=True, related_name="priorities"
    )
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=500, blank=True)
    why_cy = models.CharField(max_length=500, blank=True)
    adopted_on = models.DateField()
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=6, choices=State, default=State.LIVE)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(max_length=1000, blank=True)
    outcome_cy = models.TextField(max_length=1000, blank=True)

    objects = PriorityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "priorities"
        constraints = [
            models.CheckConstraint(name="priority_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="priority_one_of_three", condition=Q(place__gte=1, place__lte=3)
            ),
            models.UniqueConstraint(
                name="priority_place_unique_while_live",
                fields=["neighbourhood", "place"],
                condition=Q(state="LIVE"),
            ),
            models.CheckConstraint(
                name="priority_closed_has_date_and_outcome",
                condition=Q(state="CLOSED", closed_on__isnull=False) & ~Q(outcome="")
                | Q(state="LIVE", closed_on__isnull=True, outcome="", outcome_cy=""),
            ),
            models.CheckConstraint(
                name="priority_closes_after_it_was_adopted",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("adopted_on")),
            ),
            models.CheckConstraint(
                name="priority_option_has_its_round",
                condition=Q(option__isnull=True) | Q(round__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def close(self, *, on: date, outcome: str, outcome_cy: str = "") -> None:
        """End a live priority with what came of it. Does not save."""
        if self.state != self.State.LIVE:
            raise TransitionNotAllowed(
                _("Only a live priority can be closed. This one no longer is.")
            )
        self.state, self.closed_on = self.State.CLOSED, on
        self.outcome, self.outcome_cy = outcome, outcome_cy


class Action(models.Model):
    """What somebody does for a priority, and by when."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="actions")
    what = models.CharField(max_length=200)
    what_cy = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=120)
    owner_cy = models.CharField(max_length=120, blank=True)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    # What the team promised at an event becomes one action, and then stays promised.
    promise = models.OneToOneField(
        "teams.Promise", models.PROTECT, null=True, blank=True, related_name="action"
    )
    added_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="action_says_what_and_who", condition=~Q(what="") & ~Q(owner="")
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def is_overdue(self, on: date) -> bool:
        return self.done_on is None and self.due_on < on


class PriorityUpdate(models.Model):
    """What the team tells of its work on a priority."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="updates")
    text = models.TextField(max_length=1000)
    text_cy = models.TextField(max_length=1000, blank=True)
    made_on = models.DateField()

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="priorityupdate_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"update {self.pk} of priority {self.priority_id}"
