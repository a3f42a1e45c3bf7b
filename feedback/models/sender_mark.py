"""Senders whose messages somebody of the team is kept from."""

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac


def sender_key(mailbox: str) -> str:
    """What stands for a mailbox in a mark: nobody reads the address from it without our key."""
    secret = settings.SECRETS_KEY
    return salted_hmac("feedback.sender", mailbox, secret=secret, algorithm="sha256").hexdigest()


class SenderMark(models.Model):
    """Whatever comes from a sender is not for one member: others see it and answer."""

    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="sender_marks")
    sender_key = models.CharField(max_length=64)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sendermark_once_for_a_member", fields=["sender_key", "member"]
            ),
        ]

    def __str__(self) -> str:
        return f"sender mark {self.pk}"


class KeptFrom(models.Model):
    """One message that a member neither sees nor answers.

    It stays when the sender's address was erased, and when the mark has run out: nobody
    could tell any more whom the message came from.
    """

    message = models.ForeignKey("feedback.Message", models.CASCADE, related_name="kept_from")
    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="kept_messages")
    mark = models.ForeignKey(
        SenderMark, models.SET_NULL, null=True, blank=True, related_name="kept_messages"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="keptfrom_once", fields=["message", "member"]),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} kept from member {self.member_id}"
