from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a neighbourhood's followers can be told of; each value is a field of Following."""

    UPDATES = "updates", _("Updates from the team")
    PRIORITIES = "priorities", _("Votes on priorities, and what was done about them")
    BULLETINS = "bulletins", _("The quarterly bulletin: how well are your police doing?")
    EVENTS = "events", _("Meetings and other events")


class FollowerQuerySet(models.QuerySet):
    def never_confirmed(self):
        """Addresses whose owner has confirmed nothing."""
        return self.exclude(followings__confirmed_at__isnull=False)

    def asked_before(self, moment: datetime):
        return self.filter(asked_at__lt=moment)


class Follower(models.Model):
    """An e-mail address that news of neighbourhoods may go to, once its owner has confirmed."""

    email = models.EmailField()
    language = models.CharField(max_length=5)
    # Told by its owner, to look the home up again when areas are redrawn; shown nowhere.
    postcode = models.CharField(max_length=7, blank=True)
    asked_at = models.DateTimeField()  # when somebody last typed this address

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [
            # Upper, since that is what ``iexact`` compares: the look-up uses this index.
            models.UniqueConstraint(Upper("email"), name="follower_email_unique"),
            models.CheckConstraint(name="follower_has_email", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"follower {self.pk}"


class FollowingQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def of_topic(self, topic: str):
        return self.filter(**{Topic(topic).value: True})


class Following(models.Model):
    """One neighbourhood that an address wants to hear of, and what about.

    Each is confirmed by itself: who types the address of somebody who follows one
    place adds no second place to it, and changes no topic.
    """

    follower = models.ForeignKey(Follower, models.CASCADE, related_name="followings")
    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.CASCADE, related_name="followings"
    )
    updates = models.BooleanField(default=False)
    priorities = models.BooleanField(default=False)
    bulletins = models.BooleanField(default=False)
    events = models.BooleanField(default=False)
    # What came with the address, from anybody; the follower's once the owner presses.
    asked_postcode = models.CharField(max_length=7, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="following_once", fields=["follower", "neighbourhood"]),
            models.CheckConstraint(
                name="following_has_a_topic",
                condition=Q(updates=True) | Q(priorities=True) | Q(bulletins=True) | Q(events=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follower} of {self.neighbourhood}"

    @property
    def topics(self) -> list[str]:
        return [topic.value for topic in Topic if getattr(self, topic)]

    def choose(self, topics: list[str]) -> None:
        """Take ``topics`` in place of those so far. Does not save."""
        for topic in Topic:
            setattr(self, topic, topic in topics)

    def confirm(self, *, at: datetime) -> None:
        """Note that the owner of the address wants it; the first time counts. Does not save."""
        self.confirmed_at = self.confirmed_at or at
