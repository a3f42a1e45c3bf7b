from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from feedback.clock import Kind
from feedback.models import ClockEvent, Reply
from neighbourhoods.models import OutboxEntry
from tests.factories.feedback import ClockEventFactory, MessageFactory, ReplyFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    errors_of,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEXT = "We were there on Friday and took two e-bikes."
GETS = ["message_list", "message_detail"]
POSTS = ["message_answer", "message_pause", "message_resume"]


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


@pytest.fixture
def message(place):
    return received(place, 1)


def received(place, hours_ago, **fields):
    at = timezone.now() - hours_ago * HOUR
    return MessageFactory(neighbourhood=place, received_at=at, **fields)


def url(name, message, place=None):
    kwargs = dict((place or message.neighbourhood).url_kwargs)
    return reverse(
        f"feedback:{name}", kwargs=kwargs if name == "message_list" else kwargs | {"pk": message.pk}
    )


def call(client, name, message, place=None):
    send = client.post if name in POSTS else client.get
    return send(url(name, message, place))


def page(response):
    return response.content.decode()


def banners(client, message):
    return [str(m) for m in client.get(url("message_detail", message)).context["messages"]]


def kinds(message):
    return list(message.clock_events.order_by("at", "pk").values_list("kind", flat=True))


@pytest.mark.parametrize("name", GETS + POSTS)
def test_an_outsider_is_told_nothing(name, message):
    outsider = acting(SERGEANT, NeighbourhoodFactory(force=message.neighbourhood.force))

    assert call(outsider, name, message).status_code == 404


@pytest.mark.parametrize("name", GETS + POSTS)
def test_an_insider_without_the_role_is_refused(name, message):
    insider = acting(ADMINISTRATOR, message.neighbourhood.force)

    assert call(insider, name, message).status_code == 403
    assert kinds(message) == [Kind.RECEIVED]


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(name, message):
    response = acting(SERGEANT, message.neighbourhood).get(url(name, message))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert kinds(message) == [Kind.RECEIVED]


@pytest.mark.parametrize("name", GETS)
def test_what_is_read_is_not_posted_to(name, message):
    assert acting(SERGEANT, message.neighbourhood).post(url(name, message)).status_code == 405


@pytest.mark.parametrize("name", ["message_detail", *POSTS])
def test_a_message_is_found_in_its_own_neighbourhood_only(name, message):
    other = NeighbourhoodFactory(force=message.neighbourhood.force)

    assert call(acting(SERGEANT, other), name, message, other).status_code == 404


def test_many_messages_of_one_mailbox_are_marked_for_a_look(place):
    *others, fourth = [received(place, 1) for _number in range(4)]
    officer = acting(OFFICER, place)
    listed, marked, plain = (
        page(officer.get(url(name, message)))
        for name, message in (
            ("message_list", fourth),
            ("message_detail", fourth),
            ("message_detail", others[-1]),
        )
    )

    assert [found.count("Needs a look") for found in (listed, marked, plain)] == [1, 1, 0]
    assert "Many messages came from this address" in marked


def test_the_inbox_has_the_most_urgent_first_and_the_answered_below(place):
    fresh, late = received(place, 67), received(place, 80)
    answered = received(place, 90)
    ClockEventFactory(message=answered, kind=Kind.ANSWERED, at=timezone.now())

    found = page(acting(OFFICER, place).get(url("message_list", late)))

    places = [
        found.index(word)
        for word in (late.reference, "Late", fresh.reference, "Due in ", answered.reference)
    ]
    assert places == sorted(places)
    assert late.text not in found
    assert "kelly@example.org" not in found


def test_an_inbox_without_messages_says_so(place):
    response = acting(OFFICER, place).get(reverse("feedback:message_list", kwargs=place.url_kwargs))

    assert "No message waits for an answer." in page(response)
    assert "Nothing has been answered yet." in page(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_the_same_questions_whatever_there_is(
    place, rows, django_assert_num_queries
):
    for _row in range(rows):
        ClockEventFactory(message=received(place, 1), kind=Kind.ANSWERED, at=timezone.now())
        message = received(place, 2)
    client = acting(OFFICER, place)

    with django_assert_num_queries(9):
        client.get(url("message_list", message))


def test_a_message_is_shown_as_text_with_whom_to_answer(place):
    message = received(place, 1, text="<b>Bikes</b> & noise", language="cy")

    response = acting(OFFICER, place).get(url("message_detail", message))

    assert escape("<b>Bikes</b> & noise") in page(response)
    assert '<div class="govuk-inset-text" lang="cy">' in page(response)
    assert "Kelly<br>kelly@example.org" in page(response)
    assert "no-store" in response["Cache-Control"]


def test_an_erased_address_is_said(place):
    message = received(place, 1, erased=True)

    found = page(acting(OFFICER, place).get(url("message_detail", message)))

    assert "address has been deleted" in found


@pytest.mark.parametrize("rows", [1, 3])
def test_a_message_asks_the_same_questions_whatever_there_is(
    message, rows, django_assert_num_queries
):
    ReplyFactory.create_batch(rows, message=message)
    client = acting(OFFICER, message.neighbourhood)

    with django_assert_num_queries(10):
        client.get(url("message_detail", message))


@pytest.mark.parametrize("role", [OFFICER, SERGEANT, INSPECTOR])
def test_an_answer_is_sent_and_shown(message, role):
    user = account(role, message.neighbourhood)
    client = client_of(user)

    response = client.post(url("message_answer", message), {"text": TEXT, "seen": 0})

    assert response["Location"] == url("message_detail", message)
    assert banners(client, message) == ["Your answer is on its way to the resident."]
    found = page(client.get(url("message_detail", message)))
    assert TEXT in found
    assert "Answered in time" in found
    assert Reply.objects.get().written_by == user
    assert OutboxEntry.objects.get().to == "kelly@example.org"


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"text": " ", "seen": 0}, {"text": ["Enter your answer"]}),
        ({"text": "é" * 4001, "seen": 0}, {"text": ["The text must be 4,000 characters or fewer"]}),
        ({"text": TEXT}, {"seen": ["Open the message again, then answer"]}),
        ({"text": TEXT, "seen": "x"}, {"seen": ["Open the message again, then answer"]}),
        ({"text": TEXT, "seen": -1}, {"seen": ["Open the message again, then answer"]}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_sent(message, data, errors):
    response = acting(OFFICER, message.neighbourhood).post(url("message_answer", message), data)

    assert errors_of(response) == errors
    assert "<title>Error: " in page(response)
    assert (Reply.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_an_answer_that_was_overtaken_shows_the_other_and_can_be_sent_after_it(message):
    ReplyFactory(message=message, text="I was there yesterday.")
    client = acting(OFFICER, message.neighbourhood)

    response = client.post(url("message_answer", message), {"text": TEXT, "seen": 0})

    [(field, [error])] = errors_of(response).items()
    assert (field, error.startswith("An answer has been sent meanwhile.")) == ("text", True)
    assert "I was there yesterday." in page(response)
    assert TEXT in page(response)
    form = response.context["form"]
    again = {"text": form["text"].value(), "seen": form["seen"].value()}
    assert client.post(url("message_answer", message), again).status_code == 302
    assert Reply.objects.count() == 2


def test_a_clock_is_stopped_and_goes_on(message):
    client = acting(OFFICER, message.neighbourhood)

    client.post(url("message_pause", message))
    assert banners(client, message) == ["The clock stands still until you let it go on."]
    assert "Let the clock go on" in page(client.get(url("message_detail", message)))

    client.post(url("message_resume", message))
    assert banners(client, message) == ["The clock goes on."]
    assert kinds(message) == [Kind.RECEIVED, Kind.PAUSED, Kind.RESUMED]


def test_a_step_that_cannot_be_taken_is_said(message):
    client = acting(OFFICER, message.neighbourhood)

    client.post(url("message_resume", message))

    assert banners(client, message) == ["This message is not waiting for the resident."]
    assert kinds(message) == [Kind.RECEIVED]


def test_a_late_message_says_that_the_sergeant_was_asked(place):
    message = received(place, 80)
    ClockEventFactory(message=message, kind=Kind.ESCALATED, at=timezone.now() - HOUR)

    found = page(acting(SERGEANT, place).get(url("message_detail", message)))

    assert "Late, sergeant asked" in found
    assert ClockEvent.objects.count() == 2
