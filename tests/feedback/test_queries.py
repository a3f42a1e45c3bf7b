from datetime import timedelta

import pytest

from feedback.clock import Kind
from feedback.queries import AnsweredInTime, answered_cases, answered_in_time, open_cases
from neighbourhoods.models import Neighbourhood
from teams.models import User
from tests.factories.feedback import RECEIVED_AT, ClockEventFactory, MessageFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory

pytestmark = pytest.mark.django_db
READER = User(pk=0)  # of no member
HOUR = timedelta(hours=1)
NOW = RECEIVED_AT + 80 * HOUR


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def message(place, hours, **events):
    """A message received ``hours`` after RECEIVED_AT, with kind=hours events after that."""
    found = MessageFactory(neighbourhood=place, received_at=RECEIVED_AT + hours * HOUR)
    for kind, after in events.items():
        ClockEventFactory(message=found, kind=kind.upper(), at=RECEIVED_AT + (hours + after) * HOUR)
    return found


def test_open_cases_come_most_urgent_first(place):
    paused = message(place, 0, paused=1)
    fresh, late, middle = message(place, 70), message(place, 2), message(place, 20)
    message(place, 0, answered=3)
    message(NeighbourhoodFactory(), 0)

    cases = open_cases([place], NOW, reader=READER)

    assert [(case.message, case.tag) for case in cases] == [
        (late, "Late"),
        (middle, "Due in 12 hours"),
        (fresh, "Due in 62 hours"),
        (paused, "Waiting for the resident"),
    ]


def test_answered_cases_come_newest_first(place):
    late, in_time = message(place, 0, answered=73), message(place, 1, answered=72)
    message(place, 5)

    assert [(case.message, case.tag) for case in answered_cases(place, NOW, reader=READER)] == [
        (in_time, "Answered in time"),
        (late, "Answered late"),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_same_queries_whatever_there_is(place, rows, django_assert_num_queries):
    for _row in range(rows):
        message(place, 0)
        message(place, 0, answered=1)

    with django_assert_num_queries(2):
        open_cases(Neighbourhood.objects.values("pk"), NOW, reader=READER)
    with django_assert_num_queries(2):
        answered_cases(place, NOW, reader=READER)
    with django_assert_num_queries(2):
        answered_in_time(place, RECEIVED_AT, NOW, NOW)


def test_answered_in_time_counts_what_is_due(place):
    message(place, 0, answered=72)
    message(place, 1, answered=73)
    message(place, 2)  # late, unanswered
    message(place, 20)  # has time
    message(place, 21, answered=1)
    message(place, 22, paused=1)  # waits for the resident
    message(NeighbourhoodFactory(), 0, answered=1)

    assert answered_in_time(place, RECEIVED_AT, NOW, NOW) == AnsweredInTime(answered=2, due=4)


def wrote(place, minutes, email="kelly@gmail.com", **fields):
    at = RECEIVED_AT + timedelta(minutes=minutes)
    return MessageFactory(neighbourhood=place, received_at=at, details__email=email, **fields)


def look():
    """The open messages that need a look, in any place."""
    everywhere = Neighbourhood.objects.values("pk")
    return {case.message for case in open_cases(everywhere, NOW, reader=READER) if case.needs_look}


def test_the_fourth_message_of_an_hour_needs_a_look_whatever_its_spelling(place):
    wrote(place, 0)
    wrote(place, 20, "k.elly+1@googlemail.com")
    wrote(NeighbourhoodFactory(), 40, "Kelly@Gmail.com")
    wrote(place, 50, "somebody.else@gmail.com")
    fourth = wrote(place, 59, "ke.lly@gmail.com")
    wrote(place, 80)  # the third of its hour

    assert look() == {fourth}


def test_the_eleventh_message_of_24_hours_needs_a_look(place):
    for number in range(10):
        wrote(place, number * 60)
    eleventh = wrote(place, 1439)
    wrote(place, 1530)  # the tenth of its 24 hours

    assert look() == {eleventh}


def test_an_hour_before_to_the_second_is_not_within_the_hour(place):
    for minutes in (0, 10, 20, 60):
        wrote(place, minutes)

    assert look() == set()


def test_of_messages_of_one_instant_the_first_three_need_no_look(place):
    _first, _second, _third, fourth, fifth = [wrote(place, 0) for _number in range(5)]

    assert look() == {fourth, fifth}


def test_whose_contact_is_erased_needs_no_look(place):
    for _number in range(4):
        MessageFactory(neighbourhood=place, erased=True)

    assert look() == set()


def test_an_answered_message_is_still_marked(place):
    *_before, fourth = [wrote(place, 0) for _number in range(4)]
    ClockEventFactory(message=fourth, kind=Kind.ANSWERED, at=NOW)

    assert [
        (case.message, case.needs_look) for case in answered_cases(place, NOW, reader=READER)
    ] == [(fourth, True)]


def test_a_period_begins_with_its_start_and_ends_before_its_end(place):
    message(place, 0, answered=1)
    message(place, 10, answered=1)

    def period(start, end):
        return answered_in_time(place, RECEIVED_AT + start * HOUR, RECEIVED_AT + end * HOUR, NOW)

    assert period(0, 10) == (1, 1)
    assert period(0, 11) == (2, 2)
    assert period(1, 10) == (0, 0)


def test_an_automatic_acknowledgement_is_no_answer(place):
    message(place, 0)

    assert answered_in_time(place, RECEIVED_AT, NOW, NOW) == (0, 1)
    assert not place.messages.get().clock_events.exclude(kind=Kind.RECEIVED).exists()
