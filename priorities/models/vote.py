from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from priorities.models.round import Option, Round


class VoteQuerySet(models.QuerySet):
    def counted(self):
        return self.filter(state=Vote.State.COUNTED)


class Vote(models.Model):
    """What one mailbox asked for in one round.

    Who it was cannot be read here: ``mailbox_key`` is made with a key that lies outside the
    database (``priorities.mailboxes``). The database holds that a mailbox counts once.
    """

    class State(models.TextChoices):
        PENDING = "PENDING"  # the mail was not answered yet
        COUNTED = "COUNTED"
        REPLACED = "REPLACED"  # the same mailbox confirmed another one
        EXPIRED = "EXPIRED"  # the round closed before it was confirmed

    class Connection(models.TextChoices):
        LIVES = "LIVES", _("I live here")
        WORKS = "WORKS", _("I work or study here")
        BUSINESS = "BUSINESS", _("I have a business here")

    round = models.ForeignKey(Round, models.PROTECT, related_name="votes")
    mailbox_key = models.CharField(max_length=64)
    slot = models.PositiveSmallIntegerField(default=1)
    connection = models.CharField(max_length=8, choices=Connection)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="vote_one_counted_for_a_mailbox",
                fields=["round", "mailbox_key", "slot"],
                condition=Q(state="COUNTED"),
            ),
            models.CheckConstraint(name="vote_one_slot", condition=Q(slot=1)),
            models.CheckConstraint(
                name="vote_mailbox_key_is_a_digest",
                condition=Q(mailbox_key__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="vote_confirmed_has_its_moment",
                condition=Q(state__in=["PENDING", "EXPIRED"], confirmed_at__isnull=True)
                | Q(state__in=["COUNTED", "REPLACED"], confirmed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="vote_of_mailbox", fields=["round", "mailbox_key"])]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class VoteChoice(models.Model):
    vote = models.ForeignKey(Vote, models.CASCADE, related_name="choices")
    option = models.ForeignKey(Option, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="votechoice_place_unique", fields=["vote", "place"]),
            models.UniqueConstraint(name="votechoice_option_unique", fields=["vote", "option"]),
            models.CheckConstraint(
                name="votechoice_one_of_three", condition=Q(place__gte=1, place__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.place} of vote {self.vote_id}"
