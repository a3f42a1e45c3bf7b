import pytest
from django.db import IntegrityError, transaction

from feedback.clock import DUE, Kind
from feedback.models import ClockEvent, ContactDetails, Message
from tests.factories.feedback import (
    RECEIVED_AT,
    ClockEventFactory,
    ContactDetailsFactory,
    EscalationNoticeFactory,
    MessageFactory,
    PostHandOverFactory,
    ReplyFactory,
)
from tests.factories.priorities import ActionFactory

pytestmark = pytest.mark.django_db


def refused(constraint, call, **fields):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        call(**fields)
    named = constraint in str(refusal.value)
    return named or "UNIQUE" in str(refusal.value)  # SQLite names the columns of those


def test_a_message_has_text_of_at_most_4000_characters():
    MessageFactory(text="é" * 4000)

    assert refused("message_has_text", MessageFactory, text="")
    assert refused("message_text_at_most_4000_characters", MessageFactory, text="é" * 4001)


def test_a_reference_and_a_form_belong_to_one_message():
    message = MessageFactory(reference="HARK-7K3Q")

    assert refused("reference", MessageFactory, reference="HARK-7K3Q")
    assert refused("submission_key", MessageFactory, submission_key=message.submission_key)
    assert refused("message_has_reference", MessageFactory, reference="")


def test_contact_details_are_one_set_with_an_address():
    message = MessageFactory()

    assert refused("message_id", ContactDetailsFactory, message=message)
    assert refused("contactdetails_has_email", ContactDetailsFactory, email="", mailbox="a@b")
    assert refused("contactdetails_has_mailbox", ContactDetailsFactory, mailbox="")


@pytest.mark.parametrize("kind", [Kind.RECEIVED, Kind.ESCALATED])
def test_a_message_is_received_and_escalated_once(kind):
    event = ClockEventFactory(kind=kind)

    assert refused(
        f"clockevent_{kind.lower()}_once", ClockEventFactory, message=event.message, kind=kind
    )


def test_a_clock_event_is_of_a_known_kind():
    assert refused("clockevent_kind_is_known", ClockEventFactory, kind="LOST")


def test_a_message_may_be_answered_again():
    message = MessageFactory()
    for _time in range(2):
        ClockEventFactory(message=message, kind=Kind.ANSWERED)

    assert message.clock_events.filter(kind=Kind.ANSWERED).count() == 2


def test_a_reply_has_text():
    assert refused("reply_has_text", ReplyFactory, text="")


def test_each_is_told_once_of_an_escalation():
    notice = EscalationNoticeFactory()

    assert refused(
        "escalationnotice_once_to_each",
        EscalationNoticeFactory,
        message=notice.message,
        user=notice.user,
    )


def test_open_and_answered_messages():
    open_one, answered = MessageFactory(), MessageFactory()
    for _time in range(2):
        ClockEventFactory(message=answered, kind=Kind.ANSWERED)

    assert list(Message.objects.open()) == [open_one]
    assert list(Message.objects.answered()) == [answered]


def test_a_clock_is_read_from_the_events_and_costs_nothing_when_they_are_there(
    django_assert_num_queries,
):
    MessageFactory()
    [message] = Message.objects.with_clock()

    with django_assert_num_queries(0):
        assert message.clock(RECEIVED_AT).due_at == RECEIVED_AT + DUE


def test_the_address_goes_and_the_times_stay():
    message = MessageFactory()

    message.contact.delete()

    assert (ContactDetails.objects.count(), ClockEvent.objects.count()) == (0, 1)


def test_rows_in_words():
    notice = EscalationNoticeFactory(message__reference="HARK-7K3Q")
    message, reply = notice.message, ReplyFactory()

    assert [str(row) for row in (message, message.contact, message.clock_events.get())] == [
        "HARK-7K3Q",
        f"contact of message {message.pk}",
        f"RECEIVED {message.pk}",
    ]
    assert str(notice) == f"escalation of message {message.pk} to user {notice.user_id}"
    assert str(reply) == f"reply {reply.pk} to message {reply.message_id}"


def test_a_hand_over_is_of_exactly_one_thing():
    assert refused("posthandover_of_exactly_one_thing", PostHandOverFactory, priority=None)
    assert refused(
        "posthandover_of_exactly_one_thing", PostHandOverFactory, message=MessageFactory()
    )


@pytest.mark.parametrize(
    ("kind", "make"), [("message", MessageFactory), ("priority", None), ("action", ActionFactory)]
)
def test_one_thing_is_handed_over_once_at_a_change(kind, make):
    given = {"priority": None, kind: make()} if make else {}
    first = PostHandOverFactory(**given)
    thing = {"priority": None, kind: getattr(first, kind)}

    assert refused(f"posthandover_{kind}_once", PostHandOverFactory, **thing)
    assert PostHandOverFactory(**thing, changed_on=RECEIVED_AT.date())
