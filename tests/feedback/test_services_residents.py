import re
from datetime import timedelta
from functools import partial
from itertools import chain
from uuid import uuid4

import pytest

from feedback.clock import Kind
from feedback.models import ClockEvent, ContactDetails, EscalationNotice, Message
from feedback.services import residents
from feedback.services.residents import (
    LinkNotUsable,
    NotLate,
    escalate_message,
    find_message,
    receive_message,
)
from feedback.services.staff import answer_message, pause_clock
from neighbourhoods.models import OutboxEntry
from neighbourhoods.tokens import token_digest
from teams.models import AuditEvent
from tests.factories.feedback import RECEIVED_AT, MessageFactory, ReplyFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory, TokenFactory
from tests.factories.teams import UserFactory
from tests.racing import on_postgresql, race
from tests.teams.acting import INSPECTOR, OFFICER, SERGEANT, account

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATE = RECEIVED_AT + 73 * HOUR
TEXT = "E-bikes race along the path by Tern Court."


@pytest.fixture
def place():
    return NeighbourhoodFactory(name="Harkstow Estate")


def written(place, **fields):
    return {
        "neighbourhood": place,
        "text": TEXT,
        "email": "kelly@example.org",
        "name": "Kelly",
        "language": "cy",
        "key": uuid4(),
        "now": RECEIVED_AT,
    } | fields


def linked(message, purpose="feedback.received", object_id=None, **period):
    """Keep "a-link" as the link of the message, good for 400 days from its receipt."""
    period = {"begins_at": RECEIVED_AT, "expires_at": RECEIVED_AT + timedelta(days=400)} | period
    TokenFactory(
        sha256=token_digest("a-link"),
        purpose=purpose,
        object_id=object_id or message.pk,
        **period,
    )
    return message


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def mails():
    return list(
        OutboxEntry.objects.order_by("pk").values_list("kind", "object_id", "to", "language")
    )


def test_receive_message_starts_the_clock_and_posts_the_acknowledgement(place):
    message = receive_message(**written(place))

    assert re.fullmatch(r"HARK-[34679CDFGHJKMNPQRTVWXY]{4}", message.reference)
    assert (message.neighbourhood, message.text, message.language) == (place, TEXT, "cy")
    assert list(message.clock_events.values_list("kind", "at", "by")) == [
        (Kind.RECEIVED, RECEIVED_AT, "")
    ]
    assert (message.received_at, message.contact.email, message.contact.name) == (
        RECEIVED_AT,
        "kelly@example.org",
        "Kelly",
    )
    assert mails() == [("feedback.received", message.pk, "kelly@example.org", "cy")]
    assert acts() == [("(resident)", "message.received", str(message.pk))]


def test_receive_message_keeps_one_spelling_of_the_mailbox(place):
    message = receive_message(**written(place, email="K.Elly+police@GoogleMail.com"))

    assert (message.contact.email, message.contact.mailbox) == (
        "K.Elly+police@GoogleMail.com",
        "kelly@gmail.com",
    )


def test_an_address_of_no_mailbox_is_not_kept(place):
    with pytest.raises(ValueError, match="shorter"):
        receive_message(**written(place, email=f"{'k' * 65}@example.org"))

    assert (Message.objects.count(), mails(), acts()) == (0, [], [])


def test_however_often_a_mailbox_writes_each_message_is_kept_and_acknowledged(place):
    messages = [receive_message(**written(place)) for _number in range(12)]

    assert mails() == [
        ("feedback.received", message.pk, "kelly@example.org", "cy") for message in messages
    ]
    assert [message.clock(LATE).late for message in messages] == [True] * 12


def test_the_audit_record_holds_no_word_of_the_message(place):
    receive_message(**written(place))

    assert AuditEvent.objects.get().detail == {"neighbourhood": place.pk}


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Harkstow Estate", "HARK"), ("Tŷ Du", "TYDU"), ("A6", "A6"), ("李", "AREA")],
)
def test_a_reference_begins_with_the_place(name, letters):
    message = receive_message(**written(NeighbourhoodFactory(name=name)))

    assert message.reference.partition("-")[0] == letters


def test_a_reference_that_is_taken_is_drawn_again(place, monkeypatch):
    MessageFactory(reference="HARK-7777")
    signs = chain("7777", "7773")
    monkeypatch.setattr(residents.secrets, "choice", lambda _signs: next(signs))

    assert receive_message(**written(place)).reference == "HARK-7773"


def test_a_form_sent_twice_is_one_message(place):
    words = written(place)
    first = receive_message(**words)

    second = receive_message(**words | {"text": "Something else", "now": LATE})

    assert (second.pk, second.text) == (first.pk, TEXT)
    assert (ClockEvent.objects.count(), len(mails()), len(acts())) == (1, 1, 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_message(place):
    words = written(place)

    # Both inserts reach for the neighbourhood that they point at.
    ends = race(
        *(partial(receive_message, **words) for _press in range(2)),
        at=type(place).objects.all(),
    )

    assert {end.pk for end in ends} == {Message.objects.get().pk}
    assert (ContactDetails.objects.count(), ClockEvent.objects.count(), len(mails())) == (1, 1, 1)


def test_a_link_of_the_acknowledgement_opens_the_message():
    message = linked(MessageFactory())

    assert find_message(token="a-link", now=LATE) == message


def test_a_link_of_an_answer_opens_the_message():
    reply = ReplyFactory()
    linked(reply.message, "feedback.answered", reply.pk)

    assert find_message(token="a-link", now=LATE) == reply.message


@pytest.mark.parametrize(
    "link",
    [
        {"expires_at": LATE},
        {"begins_at": LATE + HOUR},
        {"purpose": "teams.invitation"},
        {"object_id": 999},
        {"purpose": "feedback.answered"},
    ],
)
def test_a_link_that_does_not_work(link):
    message = linked(MessageFactory(), **link)

    for call in (find_message, escalate_message):
        with pytest.raises(LinkNotUsable, match="This link has ended"):
            call(token="a-link", now=LATE)
    assert message.clock_events.count() == 1


@pytest.mark.parametrize("token", ["", "b-link", "a-link "])
def test_a_link_that_never_was_one(token):
    linked(MessageFactory())

    with pytest.raises(LinkNotUsable):
        find_message(token=token, now=LATE)


def test_escalate_message_tells_every_sergeant_there(place):
    message = linked(MessageFactory(neighbourhood=place))
    sergeants = [account(SERGEANT, place, language="cy"), account(SERGEANT, place.force)]
    account(SERGEANT, place, left=True)
    account(SERGEANT, NeighbourhoodFactory(force=place.force))
    account(INSPECTOR, place)
    account(OFFICER, place)

    escalate_message(token="a-link", now=LATE)

    assert message.clock(LATE).escalated_at == LATE
    notices = list(EscalationNotice.objects.order_by("pk"))
    assert [notice.user for notice in notices] == sergeants
    assert mails() == [
        ("feedback.escalated", notice.pk, notice.user.email, notice.user.language)
        for notice in notices
    ]
    assert acts() == [("(resident)", "message.escalated", str(message.pk))]


def test_escalate_message_tells_the_inspectors_where_there_is_no_sergeant(place):
    linked(MessageFactory(neighbourhood=place))
    inspector = account(INSPECTOR, place)
    account(OFFICER, place)

    escalate_message(token="a-link", now=LATE)

    assert [to for _kind, _pk, to, _language in mails()] == [inspector.email]


def test_escalate_message_is_kept_where_there_is_nobody_to_tell():
    message = linked(MessageFactory())

    escalate_message(token="a-link", now=LATE)

    assert (message.clock(LATE).escalated_at, mails()) == (LATE, [])


def test_a_second_press_changes_nothing(place):
    message = linked(MessageFactory(neighbourhood=place))
    account(SERGEANT, place)
    escalate_message(token="a-link", now=LATE)

    escalate_message(token="a-link", now=LATE + HOUR)

    assert message.clock(LATE + HOUR).escalated_at == LATE
    assert (len(mails()), len(acts())) == (1, 1)


def answered(message):
    answer_message(message=message, text="We did.", seen=0, by=UserFactory(), now=LATE)


def paused(message):
    pause_clock(message=message, by=UserFactory(), now=RECEIVED_AT + HOUR)


@pytest.mark.parametrize(("happened", "hours"), [(None, 72), (answered, 74), (paused, 100)])
def test_what_is_answered_or_not_late_is_not_escalated(happened, hours):
    message = linked(MessageFactory())
    if happened:
        happened(message)
    before = (message.clock_events.count(), len(mails()), len(acts()))

    with pytest.raises(NotLate, match="answered or is not late"):
        escalate_message(token="a-link", now=RECEIVED_AT + hours * HOUR)

    assert (message.clock_events.count(), len(mails()), len(acts())) == before


def test_an_escalation_after_its_answer_is_refused():
    message = linked(MessageFactory())
    escalate_message(token="a-link", now=LATE)
    answered(message)

    with pytest.raises(NotLate):
        escalate_message(token="a-link", now=LATE + HOUR)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_escalations_at_once_one_counts(place):
    message = linked(MessageFactory(neighbourhood=place))
    account(SERGEANT, place)

    ends = race(
        *(partial(escalate_message, token="a-link", now=LATE) for _press in range(2)),
        at=Message.objects.all(),
    )

    assert ends == [message, message]
    assert message.clock_events.filter(kind=Kind.ESCALATED).count() == 1
    assert (len(mails()), len(acts())) == (1, 1)
