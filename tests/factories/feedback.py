from datetime import UTC, date, datetime
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from feedback.clock import Kind
from feedback.models import (
    ClockEvent,
    ContactDetails,
    EscalationNotice,
    KeptFrom,
    Message,
    PostHandOver,
    Reply,
    SenderMark,
)
from priorities.mailboxes import canonical_address
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import PriorityFactory
from tests.factories.teams import MemberFactory, UserFactory

RECEIVED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class MessageFactory(DjangoModelFactory):
    """A message whose clock has begun at ``received_at``, with its writer's address."""

    class Meta:
        model = Message
        skip_postgeneration_save = True

    neighbourhood = factory.SubFactory(NeighbourhoodFactory)
    reference = factory.Sequence(lambda n: f"HARK-{n:04}")
    submission_key = factory.LazyFunction(uuid4)
    text = "E-bikes race along the path by Tern Court after school."
    language = "en-gb"
    received_at = RECEIVED_AT

    event = factory.RelatedFactory(
        "tests.factories.feedback.ClockEventFactory",
        "message",
        at=factory.SelfAttribute("..received_at"),
    )
    details = factory.RelatedFactory("tests.factories.feedback.ContactDetailsFactory", "message")

    class Params:
        erased = factory.Trait(details=None)
        without_clock = factory.Trait(event=None)


class ContactDetailsFactory(DjangoModelFactory):
    class Meta:
        model = ContactDetails

    message = factory.SubFactory(MessageFactory, details=None)
    email = "kelly@example.org"
    mailbox = factory.LazyAttribute(lambda contact: canonical_address(contact.email))
    name = "Kelly"


class ClockEventFactory(DjangoModelFactory):
    """The receipt of a message; another kind with ``kind`` and ``at``."""

    class Meta:
        model = ClockEvent

    message = factory.SubFactory(MessageFactory, event=None)
    kind = Kind.RECEIVED
    at = RECEIVED_AT


class ReplyFactory(DjangoModelFactory):
    """An answer without the event that stops the clock: ``answer_message`` makes both."""

    class Meta:
        model = Reply

    message = factory.SubFactory(MessageFactory)
    text = "We were there on Friday and took two e-bikes."
    written_by = factory.SubFactory(UserFactory)
    sent_at = datetime(2026, 3, 2, 9, tzinfo=UTC)


class EscalationNoticeFactory(DjangoModelFactory):
    class Meta:
        model = EscalationNotice

    message = factory.SubFactory(MessageFactory)
    user = factory.SubFactory(UserFactory)


class PostHandOverFactory(DjangoModelFactory):
    """A priority that somebody took over; another thing with ``priority=None`` and that thing."""

    class Meta:
        model = PostHandOver

    priority = factory.SubFactory(PriorityFactory)
    changed_on = date(2026, 3, 2)
    member = factory.SubFactory(MemberFactory)
    accepted_at = datetime(2026, 3, 3, 9, tzinfo=UTC)


class SenderMarkFactory(DjangoModelFactory):
    class Meta:
        model = SenderMark

    member = factory.SubFactory(MemberFactory)
    sender_key = "0" * 64
    marked_at = datetime(2026, 3, 3, 9, tzinfo=UTC)


class KeptFromFactory(DjangoModelFactory):
    """A message that the member of a mark does not see."""

    class Meta:
        model = KeptFrom

    message = factory.SubFactory(MessageFactory)
    mark = factory.SubFactory(SenderMarkFactory)
    member = factory.SelfAttribute("mark.member")
