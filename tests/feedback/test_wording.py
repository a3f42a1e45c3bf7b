from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from feedback.clock import Clock
from feedback.wording import clock_in_words, moment_in_words

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 25, 18, 40, tzinfo=UTC), "6:40pm on Wednesday 25 November"),
        (datetime(2026, 11, 25, 9, tzinfo=UTC), "9am on Wednesday 25 November"),
        (datetime(2026, 11, 25, 12, tzinfo=UTC), "12pm on Wednesday 25 November"),
        (datetime(2026, 11, 25, 0, 5, tzinfo=UTC), "12:05am on Wednesday 25 November"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "12:30am on Thursday 2 July"),
    ],
)
def test_a_moment_is_said_in_london_time(moment, words):
    assert moment_in_words(moment) == words


def test_the_day_is_said_in_welsh():
    with translation.override("cy"):
        assert "25 Tachwedd" in moment_in_words(NOON)


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (Clock(running=True, due_at=NOON + 5.5 * HOUR), ("Due in 5 hours", "yellow")),
        (Clock(running=True, due_at=NOON + HOUR), ("Due in 1 hour", "yellow")),
        (Clock(running=True, due_at=NOON + 0.5 * HOUR), ("Due within the hour", "yellow")),
        (Clock(running=True, due_at=NOON), ("Due within the hour", "yellow")),
        (Clock(), ("Waiting for the resident", "grey")),
        (Clock(running=True, late=True, due_at=NOON - HOUR), ("Late", "red")),
        (Clock(late=True, due_at=NOON - HOUR), ("Late", "red")),
        (Clock(late=True, escalated_at=NOON), ("Late, sergeant asked", "red")),
        (Clock(answered_at=NOON, answered_in_time=True), ("Answered in time", "green")),
        (Clock(answered_at=NOON, answered_in_time=False), ("Answered late", "orange")),
    ],
)
def test_where_a_clock_stands(clock, words):
    assert clock_in_words(clock, NOON) == words
