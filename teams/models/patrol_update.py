from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _


class TransitionNotAllowed(Exception):
    """An update cannot take the step asked for from the state it is in."""


class PatrolUpdateQuerySet(models.QuerySet):
    def public(self):
        """Updates that residents see in lists, newest first."""
        return self.filter(state=PatrolUpdate.State.PUBLISHED).order_by("-published_at", "-pk")

    def drafts(self):
        return self.filter(state=PatrolUpdate.State.DRAFT).order_by("-written_at", "-pk")


class PatrolUpdate(models.Model):
    """What a team tells its residents about its work."""

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        PUBLISHED = "PUBLISHED"
        WITHDRAWN = "WITHDRAWN"

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
    title = models.CharField(max_length=120)
    title_cy = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=2000)
    text_cy = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    written_at = models.DateTimeField(db_default=models.functions.Now())
    published_at = models.DateTimeField(null=True, blank=True)
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
                condition=Q(title_cy="", text_cy="") | ~Q(title_cy="") & ~Q(text_cy=""),
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

    def publish(self, *, at: datetime) -> None:
        """Show a draft to residents. Does not save."""
        if self.state != self.State.DRAFT:
            raise TransitionNotAllowed(_("Only a draft can be published. This one no longer is."))
        self.state, self.published_at = self.State.PUBLISHED, at

    def withdraw(self, *, at: datetime, reason: str, reason_cy: str = "") -> None:
        """Take a published update back with a reason that residents see. Does not save."""
        if self.state != self.State.PUBLISHED:
            raise TransitionNotAllowed(_("Only a published update can be withdrawn."))
        self.state, self.withdrawn_at = self.State.WITHDRAWN, at
        self.withdrawal_reason, self.withdrawal_reason_cy = reason, reason_cy
