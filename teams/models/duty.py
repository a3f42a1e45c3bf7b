"""When people of a team are on duty, and whether they are where residents expect them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_SHIFT = timedelta(hours=24)
# What a roll-call knows is half a day: it counts as half a shift, whatever the hours were.
HALF_SHIFT = timedelta(hours=4)


class Kind(models.TextChoices):
    """What somebody is doing. Leave, sickness and rest days are one: nothing here tells them apart.

    So no page, file or backup can tell them apart, and nobody has to be kept from reading it.
    """

    HERE = "HERE", pgettext_lazy("on duty", "Here")
    ELSEWHERE = "ELSEWHERE", _("Helping elsewhere")
    COURT = "COURT", _("At court")
    TRAINING = "TRAINING", _("Training")
    AWAY = "AWAY", pgettext_lazy("on duty", "Away")


class Reason(models.TextChoices):
    """What a team was taken away for: a closed list, so that forces can be compared."""

    EVENT = "EVENT", _("A large event")
    RESPONSE = "RESPONSE", _("Answering emergency calls")
    CUSTODY = "CUSTODY", _("Watching people in custody")
    EMERGENCY = "EMERGENCY", _("A major incident")
    OTHER = "OTHER", _("Another duty")


def reason_goes_with_elsewhere(name: str) -> models.CheckConstraint:
    elsewhere = Q(kind=Kind.ELSEWHERE)
    condition = elsewhere & Q(reason__in=Reason.values) | ~elsewhere & Q(reason="")
    return models.CheckConstraint(name=name, condition=condition)


class DutyCode(models.Model):
    """What a code of a force's duty system means here."""

    force = models.ForeignKey("neighbourhoods.Force", models.CASCADE, related_name="duty_codes")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.CharField(max_length=9, choices=Reason, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="dutycode_once", fields=["force", "code"]),
            models.CheckConstraint(name="dutycode_has_code", condition=~Q(code="")),
            reason_goes_with_elsewhere("dutycode_reason_goes_with_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.force_id}"


class DutyQuerySet(models.QuerySet):
    def between(self, begins: datetime, ends: datetime):
        """Duties of which some part lies between the two instants."""
        return self.filter(starts_at__lt=ends, ends_at__gt=begins)

    def called(self):
        """Those that a sergeant entered at a roll-call."""
        return self.filter(source=Duty.Source.ROLL_CALL)

    def imported(self):
        return self.filter(source=Duty.Source.IMPORT)


class Duty(models.Model):
    """A member is on duty, or away, from one instant to another.

    No two of a member begin at once. Those who write see to it that none overlap; where two
    did all the same, the one that began last holds.
    """

    class Source(models.TextChoices):
        IMPORT = "IMPORT"
        ROLL_CALL = "ROLL_CALL"

    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.CharField(max_length=9, choices=Reason, blank=True)
    source = models.CharField(max_length=9, choices=Source)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="duty_begins_once", fields=["member", "starts_at"]),
            models.CheckConstraint(
                name="duty_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="duty_worked_within_a_day",
                condition=~Q(kind__in=("HERE", "ELSEWHERE"))
                | Q(ends_at__lte=F("starts_at") + LONGEST_SHIFT),
            ),
            reason_goes_with_elsewhere("duty_reason_goes_with_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"duty {self.pk}"

    @property
    def worked(self) -> timedelta:
        """How much time it counts as."""
        return HALF_SHIFT if self.source == self.Source.ROLL_CALL else self.ends_at - self.starts_at
