from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """Who did what to which row. Text without foreign keys, so that it outlives its subject."""

    at = models.DateTimeField(db_default=models.functions.Now())
    by = models.CharField(max_length=60)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="auditevent_says_who_and_what", condition=~Q(by="") & ~Q(verb="")
            ),
        ]
        indexes = [models.Index(name="auditevent_subject", fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
