from datetime import datetime

from django.db import models
from django.db.models import F, Q


class TokenQuerySet(models.QuerySet):
    def usable(self, *, now: datetime):
        """Tokens that have begun, have not ended and were not used.

        Both ends are checked: a clock set back must not revive a dead link.
        """
        return self.filter(begins_at__lte=now, expires_at__gt=now, used_at__isnull=True)

    def expired_before(self, moment: datetime):
        return self.filter(expires_at__lt=moment)


class Token(models.Model):
    """A link that was sent: what it opens, and until when. Holds a digest, never the token."""

    sha256 = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    begins_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_expires_after_it_begins", condition=Q(expires_at__gt=F("begins_at"))
            ),
        ]
        indexes = [models.Index(name="token_object", fields=["purpose", "object_id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.object_id}"
