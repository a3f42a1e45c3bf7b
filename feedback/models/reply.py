from django.conf import settings
from django.db import models
from django.db.models import Q

from feedback.models.message import TEXT_LENGTH, Message


class Reply(models.Model):
    """An answer that a person of the team wrote. The first one stops the message's clock."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="replies")
    text = models.TextField(max_length=TEXT_LENGTH)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="message_replies",
    )
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(name="reply_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk} to message {self.message_id}"


class EscalationNotice(models.Model):
    """Somebody who is told that a resident asked for the sergeant, each by a mail of their own."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="escalation_notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="escalationnotice_once_to_each", fields=["message", "user"]
            ),
        ]

    def __str__(self) -> str:
        return f"escalation of message {self.message_id} to user {self.user_id}"
