import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.html import escape

from feedback.clock import Kind
from feedback.models import ClockEvent, Message
from feedback.retention import KEEP_CONTACT
from neighbourhoods.models import OutboxEntry
from neighbourhoods.tokens import token_digest
from tests.factories.feedback import ClockEventFactory, MessageFactory, ReplyFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory, TokenFactory
from tests.teams.acting import SERGEANT, account, errors_of

pytestmark = pytest.mark.django_db
BASE = "/areas/casterwell/harkstow/message/"
TEXT = "E-bikes race along the path by Tern Court."
HOUR = timedelta(hours=1)


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell",
        force__report_url="https://force.example.org/report",
        code="harkstow",
        name="Harkstow",
    )


def words(**changed):
    return {"text": TEXT, "name": "", "email": "kelly@example.org", "key": str(uuid4())} | changed


def page(response):
    return response.content.decode()


def received(place, hours_ago, **fields):
    """A message that came ``hours_ago``, whose link is "a-link"."""
    now = timezone.now()
    at = now - hours_ago * HOUR
    message = MessageFactory(neighbourhood=place, received_at=at, **fields)
    TokenFactory(
        sha256=token_digest("a-link"),
        purpose="feedback.received",
        object_id=message.pk,
        begins_at=at,
        expires_at=now + HOUR,
    )
    return message


# The first question


def test_the_first_question_stands_alone(client, place):
    response = client.get(BASE)

    assert response.status_code == 200
    assert page(response).count("<h1") == 1
    assert "Is anyone in danger now?" in page(response)
    assert "<textarea" not in page(response)
    assert "csrfmiddlewaretoken" not in page(response)


@pytest.mark.parametrize(("answer", "leads_to"), [("yes", "danger/"), ("no", "write/")])
def test_the_answer_leads_on_and_changes_nothing(client, place, answer, leads_to):
    response = client.get(BASE, {"asked": "1", "danger": answer})

    assert (response.status_code, response["Location"]) == (302, BASE + leads_to)


@pytest.mark.parametrize("query", [{"asked": "1"}, {"asked": "1", "danger": "perhaps"}])
def test_no_answer_is_named(client, place, query):
    response = client.get(BASE, query)

    assert errors_of(response) == {"danger": ["Select yes if anyone is in danger now"]}
    assert "<title>Error: " in page(response)


def test_whoever_is_in_danger_gets_every_way_to_call_and_no_text_box(client, place):
    found = page(client.get(f"{BASE}danger/"))

    for way in ("Call 999 now", "18000", "https://999bsl.co.uk/", "<strong>55</strong>"):
        assert way in found
    assert "<textarea" not in found
    assert "<form" not in found


@pytest.mark.parametrize("where", ["", "danger/", "write/", "sent/"])
def test_the_pages_of_an_ended_neighbourhood_lead_home(client, place, where):
    type(place).objects.update(ended_on="2020-01-01")

    response = client.get(BASE + where)

    assert (response.status_code, response["Location"]) == (302, "/areas/casterwell/harkstow/")


@pytest.mark.parametrize("where", ["", "danger/", "write/", "sent/"])
def test_a_place_that_is_none(client, place, where):
    assert client.get(f"/areas/casterwell/nowhere/message/{where}").status_code == 404


@pytest.mark.parametrize("where", ["", "danger/", "write/"])
def test_every_page_says_whom_to_call(client, place, where):
    assert 'class="portal-emergency"' in page(client.get(BASE + where))


# Writing


def test_the_form_says_what_it_is_not_for(client, place):
    response = client.get(f"{BASE}write/")

    assert 'href="https://force.example.org/report"' in page(response)
    assert "This is not for reporting a crime" in page(response)
    assert "no-store" in response["Cache-Control"]


def test_a_force_without_a_reporting_page_gives_its_telephone(client, place):
    type(place.force).objects.update(report_url="")

    assert 'This is not for reporting a crime: call <a class="govuk-link" href="tel:101">' in page(
        client.get(f"{BASE}write/")
    )


def test_a_message_is_kept_and_its_writer_told_when_it_is_answered(client, place):
    response = client.post(f"{BASE}write/", words(name="Kelly"))

    assert response["Location"] == f"{BASE}sent/"
    message = Message.objects.get()
    assert (message.neighbourhood, message.text, message.language) == (place, TEXT, "en-gb")
    assert (message.contact.email, message.contact.name) == ("kelly@example.org", "Kelly")
    found = page(client.get(f"{BASE}sent/"))
    assert message.reference in found
    assert "The team answers by " in found
    assert OutboxEntry.objects.get().kind == "feedback.received"


def test_the_form_says_how_long_the_address_is_kept(client, place):
    assert f"{KEEP_CONTACT.days} days after the last answer" in page(client.get(f"{BASE}write/"))


def test_whoever_writes_often_gets_the_same_answer(client, place):
    """Or a stranger who types an address could learn that its owner has written, too."""
    pages = []
    for _number in range(4):
        assert client.post(f"{BASE}write/", words())["Location"] == f"{BASE}sent/"
        message = Message.objects.latest("pk")
        sent = page(client.get(f"{BASE}sent/")).replace(message.reference, "")
        pages.append(re.sub("The team answers by .*", "", sent))

    assert Message.objects.with_look().latest("pk").needs_look
    assert len(set(pages)) == 1


def test_a_message_from_the_welsh_page_is_answered_in_welsh(client, place):
    client.post(f"/cy{BASE}write/", words())

    assert Message.objects.get().language == OutboxEntry.objects.get().language == "cy"


def test_the_form_sent_twice_is_one_message(client, place):
    form = words()

    ends = [client.post(f"{BASE}write/", form)["Location"] for _press in range(2)]

    assert ends == [f"{BASE}sent/"] * 2
    assert (Message.objects.count(), OutboxEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_form_whose_key_was_lost_is_taken(client, place, key):
    client.post(f"{BASE}write/", words(key=key))

    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"text": " "}, {"text": ["Enter what you would like to ask or tell the team"]}),
        ({"text": "é" * 4001}, {"text": ["The text must be 4,000 characters or fewer"]}),
        ({"email": ""}, {"email": ["Enter your email address, so that the team can answer you"]}),
        ({"email": "kelly"}, {"email": ["Enter an email address like name@example.com"]}),
        (
            {"email": f"{'k' * 65}@example.org"},
            {"email": ["Enter an email address like name@example.com"]},
        ),
        ({"name": "K" * 101}, {"name": ["The name must be 100 characters or fewer"]}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_kept(client, place, changed, errors):
    response = client.post(f"{BASE}write/", words(**changed))

    assert errors_of(response) == errors
    assert (Message.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_line_ends_count_once(client, place):
    client.post(f"{BASE}write/", words(text="é" * 1999 + "\r\n" + "é" * 2000))

    assert len(Message.objects.get().text) == 4000


def test_who_has_sent_nothing_is_asked_the_first_question(client, place):
    MessageFactory(neighbourhood=place)

    assert client.get(f"{BASE}sent/")["Location"] == BASE


def test_the_page_after_sending_does_not_promise_what_has_happened(client, place):
    client.post(f"{BASE}write/", words())
    message = Message.objects.get()
    ReplyFactory(message=message)

    assert "The team answers by " not in page(client.get(f"{BASE}sent/"))


# The link


def test_the_secret_goes_from_the_address_into_the_session(client, place):
    received(place, 1)

    response = client.get("/messages/a-link/")

    assert (response.status_code, response["Location"]) == (302, "/messages/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    opened = client.get("/messages/")
    assert "no-store" in opened["Cache-Control"]
    assert opened["Referrer-Policy"] == "same-origin"
    assert "a-link" not in page(opened)


def test_the_status_page_says_how_it_stands_and_not_what_was_written(client, place):
    message = received(place, 1)
    client.get("/messages/a-link/")

    found = page(client.get("/messages/"))

    assert message.reference in found
    assert "Answer due by" in found
    assert message.text not in found
    assert message.contact.email not in found
    assert "ask the sergeant" in found
    assert "<form" not in found


def test_a_late_message_has_the_button(client, place):
    received(place, 73)
    client.get("/messages/a-link/")

    found = page(client.get("/messages/"))

    assert "This is late: ask the sergeant" in found
    assert 'action="/messages/ask/"' in found


def test_the_button_asks_the_sergeant_once(client, place):
    message = received(place, 73)
    sergeant = account(SERGEANT, place)
    client.get("/messages/a-link/")

    for _press in range(2):
        assert client.post("/messages/ask/")["Location"] == "/messages/"

    assert list(OutboxEntry.objects.values_list("kind", "to")) == [
        ("feedback.escalated", sergeant.email)
    ]
    assert message.clock_events.filter(kind=Kind.ESCALATED).count() == 1
    found = page(client.get("/messages/"))
    assert "You asked the sergeant at " in found
    assert 'action="/messages/ask/"' not in found


def test_what_is_not_late_is_not_escalated(client, place):
    received(place, 71)
    client.get("/messages/a-link/")

    assert client.post("/messages/ask/")["Location"] == "/messages/"
    assert not ClockEvent.objects.filter(kind=Kind.ESCALATED).exists()


def test_a_button_is_not_pressed_by_looking(client, place):
    assert client.get("/messages/ask/").status_code == 405


def test_the_answer_is_read_as_it_was_written(client, place):
    message = received(place, 73)
    ClockEventFactory(message=message, kind=Kind.ANSWERED, at=message.received_at + HOUR)
    ReplyFactory(message=message, text="<script>alert(1)</script>\n\nWe were there.")
    client.get("/messages/a-link/")

    found = page(client.get("/messages/"))

    assert escape("<script>alert(1)</script>") in found
    assert "<p>We were there.</p>" in found
    assert 'action="/messages/ask/"' not in found


def test_the_page_says_when_the_team_waits_for_the_resident(client, place):
    message = received(place, 5)
    ClockEventFactory(message=message, kind=Kind.PAUSED, at=message.received_at + HOUR)
    client.get("/messages/a-link/")

    found = page(client.get("/messages/"))

    assert "The team waits for something" in found
    assert "Answer due by" not in found


@pytest.mark.parametrize("call", ["get", "post"])
def test_without_a_link_nothing_is_shown(client, place, call):
    received(place, 73)

    response = getattr(client, call)("/messages/" if call == "get" else "/messages/ask/")

    assert response.status_code == 410
    assert "This link does not work" in page(response)
    assert not ClockEvent.objects.filter(kind=Kind.ESCALATED).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_status_page_asks_the_same_questions_whatever_there_is(
    client, place, rows, django_assert_num_queries
):
    message = received(place, 1)
    ReplyFactory.create_batch(rows, message=message)
    client.get("/messages/a-link/")

    with django_assert_num_queries(8):
        client.get("/messages/")
