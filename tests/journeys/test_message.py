"""A resident writes to the team, gets no answer in time, asks the sergeant and is answered."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from feedback.models import Message
from tests.journeys.staff import give_way_in, sign_in
from tests.processes import wait_for

pytestmark = pytest.mark.journey
HARKSTOW = "/areas/casterwell/harkstow/"
TEXT = "E-bikes race along the path by Tern Court after school."
ANSWER = "We were there on Friday and took two e-bikes. We come again on Tuesday."


def mailed(mail_sink, to: str, words: str):
    """The mail to the address that says ``words``, once it has come."""

    def come() -> list:
        to_them = [mail for mail in mail_sink.journal if mail.to == (to,)]
        return [mail for mail in to_them if words in mail.part("plain")]

    return wait_for(come, f"a mail to {to} that says {words!r}")[0]


def link_in(mail) -> str:
    return re.search(r"https?://\S+/messages/\S+", mail.part("plain"))[0]


def let_hours_pass(message: Message, hours: int) -> None:
    earlier = timedelta(hours=hours)
    message.clock_events.update(at=F("at") - earlier)
    Message.objects.update(received_at=F("received_at") - earlier)


def write(visitor, email: str) -> Message:
    visitor.go(HARKSTOW)
    visitor.follow("Ask or tell the team")
    visitor.page.get_by_label(visitor.text("No"), exact=True).check()
    visitor.press("Continue")
    visitor.fill("What would you like to ask or tell the team?", TEXT)
    visitor.fill("Your email address", email)
    visitor.press("Send to the team")
    assert visitor.heading() == visitor.text("The team has your message")
    return Message.objects.get(contact__email=email)


def test_late_message_goes_to_the_sergeant_who_answers(visitor, mail_sink):
    resident = f"kelly-{visitor.way.width}@example.org"
    message = write(visitor, resident)
    assert visitor.sees(message.reference)
    received = mailed(mail_sink, resident, visitor.text("See where it stands"))
    assert TEXT not in received.part("plain")
    assert "Harkstow" not in received.message["Subject"]

    let_hours_pass(message, 73)
    visitor.page.goto(link_in(received))
    visitor.check()
    assert visitor.page.url.endswith("/messages/")
    visitor.press("This is late: ask the sergeant")
    assert visitor.sees(visitor.text("Sergeant asked"))
    assert message.clock(timezone.now()).escalated_at

    sergeant = give_way_in("imran.dalvari")
    told = mailed(mail_sink, sergeant.email, message.reference)
    assert TEXT not in told.part("plain")
    sign_in(visitor, sergeant)
    visitor.page.get_by_role("link", name=message.reference).click()
    visitor.check()
    assert visitor.sees(TEXT)
    visitor.fill("Your answer", ANSWER)
    visitor.press("Send answer")
    assert visitor.sees(visitor.text("Your answer is on its way to the resident."))
    visitor.press("Sign out")

    answered = mailed(mail_sink, resident, visitor.text("Read the answer"))
    assert ANSWER not in answered.part("plain")
    visitor.page.goto(link_in(answered))
    visitor.check()
    assert visitor.sees(ANSWER)


def test_danger_leads_to_999_and_to_no_text_box(visitor):
    visitor.go(f"{HARKSTOW}message/")
    visitor.press("Continue")
    assert visitor.page.title().startswith(visitor.text("Error:"))

    visitor.page.get_by_label(visitor.text("Yes"), exact=True).check()
    visitor.press("Continue")

    assert visitor.heading() == visitor.text("Call 999 now")
    assert visitor.page.locator("textarea").count() == 0


def test_missing_words_are_named_and_nothing_is_lost(visitor):
    visitor.go(f"{HARKSTOW}message/write/")
    visitor.fill("What would you like to ask or tell the team?", TEXT)
    visitor.press("Send to the team")

    visitor.follow("Enter your email address, so that the team can answer you")
    assert visitor.page.evaluate("document.activeElement.id") == "id_email"
    label = visitor.text("What would you like to ask or tell the team?")
    assert visitor.page.get_by_label(label).input_value() == TEXT


def test_messages_of_a_neighbourhood_are_without_barriers(visitor):
    message = write(visitor, "barriers@example.org")
    sign_in(visitor, give_way_in("dee.ferncastle"))

    visitor.go(f"/staff{HARKSTOW}")
    visitor.follow("Read and answer messages")
    visitor.page.get_by_role("link", name=message.reference).click()
    visitor.check()
    visitor.press("Waiting for the resident")
    visitor.press("Let the clock go on")
    assert visitor.sees(visitor.text("The clock goes on."))
