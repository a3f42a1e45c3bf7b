from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from neighbourhoods.clock import london_date

LONGEST_APPEAL = timedelta(days=14)


class TransitionNotAllowed(Exception):
    """An update cannot take the step asked for from the state it is in."""


class PatrolUpdateQuerySet(models.QuerySet):
    def public(self, *, on: date):
        """Updates that residents see on the day ``on``: lasting emergencies first, then newest."""
        lasting = Q(kind=PatrolUpdate.Kind.EMERGENCY, ends_on__gte=on)
        shown = self.filter(state=PatrolUpdate.State.PUBLISHED).not_over(on=on)
        return shown.annotate(
            pinned=models.ExpressionWrapper(lasting, models.BooleanField())
        ).order_by(models.Case(models.When(lasting, then=0), default=1), "-published_at", "-pk")

    def not_over(self, *, on: date):
        """Without appeals whose last day is over: they are gone, from the archive too."""
        return self.exclude(kind=PatrolUpdate.Kind.APPEAL, ends_on__lt=on)

    def shown(self, *, on: date):
        """Those that have a page: public ones, and withdrawn ones, whose page says why."""
        states = (PatrolUpdate.State.PUBLISHED, PatrolUpdate.State.WITHDRAWN)
        return self.filter(state__in=states).not_over(on=on)

    def drafts(self):
        return self.filter(state=PatrolUpdate.State.DRAFT).order_by("-written_at", "-pk")

    def scheduled(self):
        """What is to be published later, the next one first."""
        return self.filter(state=PatrolUpdate.State.SCHEDULED).order_by("publish_at", "pk")

    def on_trust(self, *, since: datetime):
        """Public ones that the writer published without a second person, newest first."""
        shown = self.filter(state=PatrolUpdate.State.PUBLISHED, on_trust=True)
        return shown.filter(published_at__gte=since).order_by("-published_at", "-pk")


class PatrolUpdate(models.Model):
    """What a team tells its residents about its work."""

    class Kind(models.TextChoices):
        PATROL = "PATROL", gettext_lazy("What we did on patrol")
        PLANNED = "PLANNED", gettext_lazy("Planned patrol")
        RESULT = "RESULT", gettext_lazy("What came of what you told us")
        ADVICE = "ADVICE", gettext_lazy("Advice")
        EVENT = "EVENT", gettext_lazy("About an event")
        APPEAL = "APPEAL", gettext_lazy("Appeal for help")
        EMERGENCY = "EMERGENCY", gettext_lazy("Emergency")

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        SCHEDULED = "SCHEDULED"
        PUBLISHED = "PUBLISHED"
        WITHDRAWN = "WITHDRAWN"

    class HalfDay(models.TextChoices):
        MORNING = "MORNING", gettext_lazy("Morning")
        AFTERNOON = "AFTERNOON", gettext_lazy("Afternoon and evening")

    # What those may publish alone whom the sergeant trusts; the rest needs a second person.
    ON_TRUST = (Kind.PATROL, Kind.PLANNED, Kind.ADVICE, Kind.EVENT)
    ENDING = (Kind.APPEAL, Kind.EMERGENCY)

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="patrol_updates"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="patrol_updates",
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.PATROL)
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=2000)
    text_cy = models.TextField(max_length=2000, blank=True)
    # A result has three parts beside its text, which is what we did.
    told = models.TextField(max_length=1000, blank=True)
    told_cy = models.TextField(max_length=1000, blank=True)
    outcome = models.TextField(max_length=1000, blank=True)
    outcome_cy = models.TextField(max_length=1000, blank=True)
    advice = models.TextField(max_length=1000, blank=True)
    advice_cy = models.TextField(max_length=1000, blank=True)
    # A planned patrol is told as an area and half a day: where officers walk, and when, is not.
    area = models.CharField(max_length=120, blank=True)
    area_cy = models.CharField(max_length=120, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    half_day = models.CharField(max_length=9, choices=HalfDay, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day of an appeal or emergency
    publish_at = models.DateTimeField(null=True, blank=True)  # not before, where it was scheduled
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    written_at = models.DateTimeField(db_default=models.functions.Now())
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="published_updates",
    )
    on_trust = models.BooleanField(default=False)  # published without a second person
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=300, blank=True)
    withdrawal_reason_cy = models.CharField(max_length=300, blank=True)

    objects = PatrolUpdateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="patrolupdate_state_has_its_dates",
                condition=Q(
                    state="DRAFT",
                    published_at__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawal_reason="",
                )
                | Q(
                    state="SCHEDULED",
                    publish_at__isnull=False,
                    published_at__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawal_reason="",
                )
                | Q(
                    state="PUBLISHED",
                    published_at__isnull=False,
                    withdrawn_at__isnull=True,
                    withdrawal_reason="",
                )
                | Q(state="WITHDRAWN", published_at__isnull=False, withdrawn_at__isnull=False)
                & ~Q(withdrawal_reason=""),
            ),
            models.CheckConstraint(
                name="patrolupdate_has_title_and_text", condition=~Q(title="") & ~Q(text="")
            ),
            models.CheckConstraint(
                name="patrolupdate_welsh_is_whole_or_missing",
                condition=Q(
                    title_cy="", text_cy="", told_cy="", outcome_cy="", advice_cy="", area_cy=""
                )
                | ~Q(title_cy="")
                & ~Q(text_cy="")
                & (Q(told="", told_cy="") | ~Q(told="") & ~Q(told_cy=""))
                & (Q(outcome="", outcome_cy="") | ~Q(outcome="") & ~Q(outcome_cy=""))
                & (Q(advice="", advice_cy="") | ~Q(advice="") & ~Q(advice_cy=""))
                & (Q(area="", area_cy="") | ~Q(area="") & ~Q(area_cy="")),
            ),
            models.CheckConstraint(
                name="patrolupdate_result_has_its_parts",
                condition=Q(kind="RESULT") & ~Q(told="") & ~Q(outcome="") & ~Q(advice="")
                | ~Q(kind="RESULT") & Q(told="", outcome="", advice=""),
            ),
            models.CheckConstraint(
                name="patrolupdate_planned_has_area_and_half_day",
                condition=Q(kind="PLANNED", planned_on__isnull=False)
                & ~Q(area="")
                & ~Q(half_day="")
                | ~Q(kind="PLANNED") & Q(planned_on__isnull=True, area="", half_day=""),
            ),
            models.CheckConstraint(
                name="patrolupdate_ends_if_it_has_to",
                condition=Q(kind__in=("APPEAL", "EMERGENCY"), ends_on__isnull=False)
                | ~Q(kind__in=("APPEAL", "EMERGENCY")) & Q(ends_on__isnull=True),
            ),
            models.CheckConstraint(
                name="patrolupdate_ends_within_14_days",
                condition=Q(ends_on__isnull=True)
                | Q(published_at__isnull=True)
                | Q(ends_on__lt=F("published_at") + LONGEST_APPEAL),
            ),
        ]
        indexes = [
            models.Index(
                name="patrolupdate_published",
                fields=["neighbourhood", "-published_at"],
                condition=Q(state="PUBLISHED"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        """Whether it tells of what is still to come, so that an operations hold makes it wait."""
        return self.kind == self.Kind.PLANNED or self.state == self.State.SCHEDULED

    def schedule(self, *, at: datetime) -> None:
        """Have a draft published at ``publish_at``, which lies after ``at``. Does not save."""
        self._require_ready(on=london_date(self.publish_at))
        if self.state != self.State.DRAFT or self.publish_at <= at:
            raise TransitionNotAllowed(_("Only a draft can be scheduled, for a time to come."))
        self.state = self.State.SCHEDULED

    def unschedule(self) -> None:
        """Make a scheduled one a draft again. Does not save."""
        if self.state != self.State.SCHEDULED:
            raise TransitionNotAllowed(_("This is not scheduled, or no longer."))
        self.state = self.State.DRAFT

    def publish(self, *, at: datetime) -> None:
        """Show a draft, or one that was scheduled, to residents. Does not save."""
        if self.state not in (self.State.DRAFT, self.State.SCHEDULED):
            raise TransitionNotAllowed(_("Only a draft can be published. This one no longer is."))
        self._require_ready(on=london_date(at))
        self.state, self.published_at = self.State.PUBLISHED, at

    def _require_ready(self, *, on: date) -> None:
        """Raise TransitionNotAllowed where its days do not fit one that is shown from ``on``."""
        if self.ends_on and not on <= self.ends_on < on + LONGEST_APPEAL:
            raise TransitionNotAllowed(
                _("Change its last day: it must end within 14 days of being published.")
            )
        if self.planned_on and self.planned_on < on:
            raise TransitionNotAllowed(_("Change its day: the patrol would be over."))

    def withdraw(self, *, at: datetime, reason: str, reason_cy: str = "") -> None:
        """Take a published update back with a reason that residents see. Does not save."""
        if self.state != self.State.PUBLISHED:
            raise TransitionNotAllowed(_("Only a published update can be withdrawn."))
        self.state, self.withdrawn_at = self.State.WITHDRAWN, at
        self.withdrawal_reason, self.withdrawal_reason_cy = reason, reason_cy
