from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from feedback.clock import Clock, Kind, read_clock
from priorities.mailboxes import MAILBOX_LENGTH

TEXT_LENGTH = 4000
# Whoever writes more often than this is not refused: it may be urgent, and a refusal would tell
# a stranger that somebody with that address has written. The team is asked to look instead.
MOST_FROM_A_MAILBOX = {timedelta(hours=1): 3, timedelta(days=1): 10}


class MessageQuerySet(models.QuerySet):
    def open(self):
        """Messages that nobody has answered yet."""
        return self.filter(~self._answer())

    def answered(self):
        return self.filter(self._answer())

    def shown_to(self, user):
        """Without those whose sender the account's member is kept from."""
        return self.exclude(kept_from__member__user=user)

    def closed_before(self, moment: datetime):
        """Messages whose last answer was sent before ``moment``."""
        return self.answered().filter(~self._answer(at__gte=moment))

    def with_look(self):
        """Annotate ``needs_look``: more had come before from its mailbox than people write.

        To whichever team. Read from the rows, so that many at once cannot get past it; a
        message whose contact details are erased needs none.
        """
        return self.annotate(needs_look=Q(*map(_too_many, MOST_FROM_A_MAILBOX), _connector=Q.OR))

    def with_clock(self):
        """Read the events together with the messages, so that ``clock`` asks no more."""
        return self.prefetch_related("clock_events")

    def _answer(self, **which: object) -> Exists:
        answers = ClockEvent.objects.filter(message=OuterRef("pk"), kind=Kind.ANSWERED)
        return Exists(answers.filter(**which))


def _too_many(period: timedelta) -> Exists:
    """Whether as many as are allowed in ``period`` had come from the mailbox before."""
    most = MOST_FROM_A_MAILBOX[period]
    begin = ExpressionWrapper(OuterRef("received_at") - period, output_field=DateTimeField())
    earlier = Q(received_at__lt=OuterRef("received_at")) | Q(
        received_at=OuterRef("received_at"), pk__lt=OuterRef("pk")
    )
    same = Message.objects.filter(contact__mailbox=OuterRef("contact__mailbox"))
    return Exists(same.filter(earlier, received_at__gt=begin)[most - 1 : most])


class Message(models.Model):
    """What a resident wrote to a team. Where it stands is read from its clock events."""

    neighbourhood = models.ForeignKey(
        "neighbourhoods.Neighbourhood", models.PROTECT, related_name="messages"
    )
    reference = models.CharField(max_length=9, unique=True)
    # Comes with the form, so that pressing the button twice sends one message.
    submission_key = models.UUIDField(unique=True)
    text = models.TextField(max_length=TEXT_LENGTH)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    received_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="message_text_at_most_4000_characters",
                condition=LessThanOrEqual(Length("text"), TEXT_LENGTH),
            ),
            models.CheckConstraint(name="message_has_reference", condition=~Q(reference="")),
        ]
        indexes = [
            models.Index(name="message_received", fields=["neighbourhood", "-received_at"]),
        ]

    def __str__(self) -> str:
        return self.reference

    def clock(self, now: datetime) -> Clock:
        """Where the 72-hour clock stands at ``now``. One query, none after ``with_clock``."""
        return read_clock(self.clock_events.all(), now)


class ContactDetails(models.Model):
    """Whom to answer. Apart from the message, so that it can be erased and the times stay."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="contact")
    email = models.EmailField()
    mailbox = models.CharField(max_length=MAILBOX_LENGTH)  # one for all spellings of the address
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "contact details"
        constraints = [
            models.CheckConstraint(name="contactdetails_has_email", condition=~Q(email="")),
            models.CheckConstraint(name="contactdetails_has_mailbox", condition=~Q(mailbox="")),
        ]
        indexes = [models.Index(name="contactdetails_mailbox", fields=["mailbox"])]

    def __str__(self) -> str:
        return f"contact of message {self.message_id}"


class ClockEvent(models.Model):
    """Something that happened to a message and that its clock is read from. Never changed."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="clock_events")
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.value) for kind in Kind])
    at = models.DateTimeField()
    by = models.CharField(max_length=60, blank=True)  # a username; nobody for what residents do

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clockevent_kind_is_known", condition=Q(kind__in=[kind.value for kind in Kind])
            ),
            models.UniqueConstraint(
                name="clockevent_received_once",
                fields=["message"],
                condition=Q(kind="RECEIVED"),
            ),
            models.UniqueConstraint(
                name="clockevent_escalated_once",
                fields=["message"],
                condition=Q(kind="ESCALATED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
