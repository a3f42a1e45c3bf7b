import json
from datetime import timedelta

import pytest

from feedback import retention
from feedback.clock import Kind
from feedback.models import ContactDetails, Message, SenderMark
from feedback.retention import erase_contacts
from teams.ledger import ledger_path
from tests.factories.feedback import (
    RECEIVED_AT,
    ClockEventFactory,
    KeptFromFactory,
    MessageFactory,
    ReplyFactory,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ANSWERED = RECEIVED_AT + timedelta(days=1)
END = ANSWERED + timedelta(days=90)


def answered(*moments):
    message = MessageFactory()
    for moment in moments:
        ReplyFactory(message=message, sent_at=moment)
        ClockEventFactory(message=message, kind=Kind.ANSWERED, at=moment)
    return message


def reachable():
    return [details.message for details in ContactDetails.objects.order_by("message")]


def test_contact_details_go_90_days_after_the_last_answer_and_no_others():
    gone = answered(ANSWERED - SECOND)
    kept = [
        answered(ANSWERED),
        answered(ANSWERED - timedelta(days=30), ANSWERED),
        MessageFactory(),  # waits for an answer, however long
    ]
    also_gone = answered(ANSWERED - timedelta(days=30), ANSWERED - SECOND)

    said = erase_contacts(now=END)

    assert said == "2 contact details, 0 marks of senders"
    assert reachable() == kept
    assert list(Message.objects.filter(contact=None).order_by("pk")) == [gone, also_gone]


def test_many_are_erased_in_batches_with_a_line_each(settings, tmp_path, monkeypatch):
    settings.LEDGER_DIR = str(tmp_path)
    monkeypatch.setattr(retention, "BATCH", 2)
    for _message in range(3):
        answered(ANSWERED - SECOND)

    assert erase_contacts(now=END) == "3 contact details, 0 marks of senders"

    lines = [json.loads(line) for line in ledger_path().read_text().splitlines()]
    assert [len(line["messages"]) for line in lines] == [2, 1]


def test_each_erasure_is_a_line_apart_from_the_database(settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path)
    erase_contacts(now=END)
    assert not ledger_path().exists()
    first, second = answered(ANSWERED - SECOND), answered(ANSWERED - SECOND)

    erase_contacts(now=END)
    erase_contacts(now=END)

    assert [json.loads(line) for line in ledger_path().read_text().splitlines()] == [
        {
            "act": "contact.erased",
            "at": END.isoformat(),
            "messages": [first.reference, second.reference],
        }
    ]


def test_what_was_written_and_when_stays():
    message = answered(ANSWERED)
    before = (message.text, message.clock(END), list(message.replies.values()))

    erase_contacts(now=END + SECOND)

    message = Message.objects.get()
    assert (message.text, message.clock(END), list(message.replies.values())) == before


def test_a_second_run_finds_nothing():
    answered(ANSWERED)

    assert [erase_contacts(now=END + SECOND) for _run in range(2)] == [
        "1 contact details, 0 marks of senders",
        "0 contact details, 0 marks of senders",
    ]


def test_a_message_that_is_already_erased_is_no_obstacle():
    ClockEventFactory(message=MessageFactory(erased=True), kind=Kind.ANSWERED, at=ANSWERED)
    answered(ANSWERED)

    assert erase_contacts(now=END + SECOND) == "1 contact details, 0 marks of senders"


def test_the_mark_of_a_sender_goes_after_a_year_and_what_it_kept_stays_kept():
    old = KeptFromFactory(mark__marked_at=END - timedelta(days=365))
    new = KeptFromFactory(mark__marked_at=END - timedelta(days=365) + SECOND)

    assert erase_contacts(now=END) == "0 contact details, 1 marks of senders"
    assert list(SenderMark.objects.all()) == [new.mark]
    old.refresh_from_db()
    assert old.mark is None
