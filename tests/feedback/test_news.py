from datetime import timedelta

import pytest
from django.utils import translation

from feedback.clock import Kind
from feedback.news import answered, escalated, received
from neighbourhoods.notifications import NewsItem
from tests.factories.feedback import (
    RECEIVED_AT,
    ClockEventFactory,
    EscalationNoticeFactory,
    MessageFactory,
    ReplyFactory,
)

pytestmark = pytest.mark.django_db
SOON = RECEIVED_AT + timedelta(hours=1)
LATE = RECEIVED_AT + timedelta(hours=73)


def word(item, pk, now=SOON, language="en-gb"):
    with translation.override(language):
        return item(pk, language=language, now=now)


def test_an_acknowledgement_gives_reference_due_time_and_a_secret_link():
    message = MessageFactory(reference="HARK-7K3Q")

    assert word(received, message.pk) == NewsItem(
        title="Your local team: it has arrived",
        text="Your reference is HARK-7K3Q. The team answers by 12pm on Wednesday 4 March.",
        url="/messages/",
        link_text="See where it stands",
        purpose="feedback.received",
        link_lives=timedelta(days=400),
    )


def test_an_acknowledgement_without_a_due_time_does_not_name_one():
    message = MessageFactory(reference="HARK-7K3Q", without_clock=True)

    assert word(received, message.pk).text == "Your reference is HARK-7K3Q."


def test_an_answer_is_announced_and_not_quoted():
    reply = ReplyFactory(message__reference="HARK-7K3Q")

    assert word(answered, reply.pk) == NewsItem(
        title="Your local team: there is an answer",
        text="Your reference is HARK-7K3Q.",
        url="/messages/",
        link_text="Read the answer",
        purpose="feedback.answered",
        link_lives=timedelta(days=400),
    )


def test_a_sergeant_is_led_to_the_message():
    notice = EscalationNoticeFactory(
        message__reference="HARK-7K3Q",
        message__neighbourhood__force__id="casterwell",
        message__neighbourhood__code="harkstow",
        message__neighbourhood__name="Harkstow",
    )

    item = word(escalated, notice.pk, now=LATE)

    assert (item.title, item.url, item.purpose) == (
        "Late: message HARK-7K3Q",
        f"/staff/areas/casterwell/harkstow/messages/{notice.message_id}/",
        "",
    )
    assert item.text.endswith("Harkstow.")


def test_a_sergeant_who_left_or_comes_too_late_is_not_told():
    notice = EscalationNoticeFactory()
    ClockEventFactory(message=notice.message, kind=Kind.ANSWERED, at=SOON)

    assert word(escalated, notice.pk, now=LATE) is None
    assert word(escalated, EscalationNoticeFactory(user__left=True).pk, now=LATE) is None


@pytest.mark.parametrize("language", ["en-gb", "cy"])
def test_no_mail_holds_a_word_of_the_message_or_the_answer(language):
    notice = EscalationNoticeFactory(message__text="canary-of-the-message")
    message = notice.message
    reply = ReplyFactory(message=message, text="canary-of-the-answer")

    items = [
        word(received, message.pk, language=language),
        word(answered, reply.pk, language=language),
        word(escalated, notice.pk, language=language),
    ]

    assert "canary" not in repr(items)
    assert "kelly" not in repr(items).lower()
    prefix = "" if language == "en-gb" else "/cy"
    assert [item.url for item in items[:2]] == [f"{prefix}/messages/"] * 2
