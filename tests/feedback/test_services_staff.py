from datetime import timedelta
from functools import partial

import pytest

from feedback.clock import Kind
from feedback.models import Message, Reply
from feedback.services.staff import (
    AnsweredMeanwhile,
    answer_message,
    pause_clock,
    resume_clock,
)
from neighbourhoods.models import OutboxEntry
from teams.models import AuditEvent, TransitionNotAllowed
from tests.factories.feedback import RECEIVED_AT, MessageFactory
from tests.factories.teams import UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SOON = RECEIVED_AT + HOUR
TEXT = "We were there on Friday and took two e-bikes."


@pytest.fixture
def officer():
    return UserFactory(username="tamsin.quillow")


@pytest.fixture
def message():
    return MessageFactory(language="cy")


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def events(message):
    return list(message.clock_events.order_by("at", "pk").values_list("kind", "at", "by"))[1:]


def test_answer_message_stops_the_clock_and_mails_the_resident(message, officer):
    reply = answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    assert (reply.message, reply.text, reply.written_by, reply.sent_at) == (
        message,
        TEXT,
        officer,
        SOON,
    )
    assert events(message) == [(Kind.ANSWERED, SOON, "tamsin.quillow")]
    assert message.clock(SOON).answered_in_time
    assert list(OutboxEntry.objects.values_list("kind", "object_id", "to", "language")) == [
        ("feedback.answered", reply.pk, "kelly@example.org", "cy")
    ]
    assert acts() == [("tamsin.quillow", "message.answered", str(message.pk))]
    assert AuditEvent.objects.get().detail == {"neighbourhood": message.neighbourhood_id}


def test_an_answer_can_be_added_to(message, officer):
    answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    answer_message(message=message, text="One more came.", seen=1, by=officer, now=SOON + HOUR)

    assert message.clock(SOON + HOUR).answered_at == SOON
    assert OutboxEntry.objects.count() == 2


def test_an_answer_to_an_erased_address_is_kept_and_not_mailed(officer):
    message = MessageFactory(erased=True)

    answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    assert (Reply.objects.count(), OutboxEntry.objects.count()) == (1, 0)


def test_whoever_has_not_seen_the_answer_before_is_told(message, officer):
    answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    with pytest.raises(AnsweredMeanwhile, match="An answer has been sent meanwhile"):
        answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    assert (Reply.objects.count(), OutboxEntry.objects.count(), len(acts())) == (1, 1, 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_the_second_is_told(message):
    answers = [
        partial(answer_message, message=message, text=TEXT, seen=0, by=UserFactory(), now=SOON)
        for _officer in range(2)
    ]

    ends = race(*answers, at=Message.objects.all())

    assert sorted(type(end).__name__ for end in ends) == ["AnsweredMeanwhile", "Reply"]
    assert (Reply.objects.count(), OutboxEntry.objects.count(), len(events(message))) == (1, 1, 1)


def test_a_clock_is_paused_and_goes_on(message, officer):
    pause_clock(message=message, by=officer, now=SOON)
    assert message.clock(SOON + 5 * HOUR).elapsed == HOUR

    resume_clock(message=message, by=officer, now=SOON + 10 * HOUR)

    assert message.clock(SOON + 11 * HOUR).elapsed == 2 * HOUR
    assert events(message) == [
        (Kind.PAUSED, SOON, "tamsin.quillow"),
        (Kind.RESUMED, SOON + 10 * HOUR, "tamsin.quillow"),
    ]
    assert acts() == [
        ("tamsin.quillow", "message.paused", str(message.pk)),
        ("tamsin.quillow", "message.resumed", str(message.pk)),
    ]


def test_what_does_not_run_is_not_paused(message, officer):
    pause_clock(message=message, by=officer, now=SOON)

    with pytest.raises(TransitionNotAllowed, match="clock of this message is not running"):
        pause_clock(message=message, by=officer, now=SOON + HOUR)

    assert len(events(message)) == len(acts()) == 1


def test_what_runs_does_not_go_on(message, officer):
    with pytest.raises(TransitionNotAllowed, match="not waiting for the resident"):
        resume_clock(message=message, by=officer, now=SOON)

    assert (events(message), acts()) == ([], [])


@pytest.mark.parametrize("step", [pause_clock, resume_clock])
def test_an_answered_clock_stands_for_good(message, officer, step):
    answer_message(message=message, text=TEXT, seen=0, by=officer, now=SOON)

    with pytest.raises(TransitionNotAllowed):
        step(message=message, by=officer, now=SOON + HOUR)

    assert len(events(message)) == len(acts()) == 1
