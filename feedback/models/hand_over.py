from django.db import models
from django.db.models import Q

from feedback.models.message import Message
from priorities.models import Action, Priority


class PostHandOver(models.Model):
    """Who has taken over one thing that was open when a neighbourhood's post changed hands.

    What is open stays the neighbourhood's: this row says that somebody knows of it. Without
    one it waits for whoever answers there.
    """

    message = models.ForeignKey(
        Message, models.CASCADE, null=True, blank=True, related_name="hand_overs"
    )
    priority = models.ForeignKey(
        Priority, models.CASCADE, null=True, blank=True, related_name="hand_overs"
    )
    action = models.ForeignKey(
        Action, models.CASCADE, null=True, blank=True, related_name="hand_overs"
    )
    changed_on = models.DateField()  # the first day on which the post was not the other's any more
    member = models.ForeignKey("teams.Member", models.CASCADE, related_name="hand_overs")
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posthandover_of_exactly_one_thing",
                condition=Q(message__isnull=False, priority__isnull=True, action__isnull=True)
                | Q(message__isnull=True, priority__isnull=False, action__isnull=True)
                | Q(message__isnull=True, priority__isnull=True, action__isnull=False),
            ),
            models.UniqueConstraint(
                name="posthandover_message_once",
                fields=["message", "changed_on"],
                condition=Q(message__isnull=False),
            ),
            models.UniqueConstraint(
                name="posthandover_priority_once",
                fields=["priority", "changed_on"],
                condition=Q(priority__isnull=False),
            ),
            models.UniqueConstraint(
                name="posthandover_action_once",
                fields=["action", "changed_on"],
                condition=Q(action__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk} of {self.changed_on}"
