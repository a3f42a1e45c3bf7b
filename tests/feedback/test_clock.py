from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.clock import DUE, Clock, Kind, read_clock
from neighbourhoods.clock import LONDON
from tests.feedback.reference_clock import reference

Event = namedtuple("Event", "kind at")
HOUR = timedelta(hours=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Summer time begins on 29 March and ends on 25 October 2026, each at 01:00 UTC.
CHANGES = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]


def at(hours, kind=Kind.RECEIVED):
    return Event(kind, START + hours * HOUR)


def clock_at(hours, *events):
    return read_clock([at(0), *events], START + hours * HOUR)


def test_a_running_clock_is_due_72_hours_after_the_receipt():
    assert clock_at(5) == Clock(running=True, elapsed=5 * HOUR, due_at=START + DUE)


@pytest.mark.parametrize(("hours", "late"), [(71.99, False), (72, False), (72.01, True)])
def test_it_is_late_after_72_hours(hours, late):
    clock = clock_at(hours)

    assert (clock.late, clock.due_at) == (late, START + DUE)


def test_a_paused_clock_is_due_at_no_known_time():
    clock = clock_at(90, at(10, Kind.PAUSED))

    assert clock == Clock(elapsed=10 * HOUR)
    assert clock.paused


def test_a_resumed_clock_goes_on_where_it_stood():
    clock = clock_at(50, at(10, Kind.PAUSED), at(40, Kind.RESUMED))

    assert clock == Clock(running=True, elapsed=20 * HOUR, due_at=START + DUE + 30 * HOUR)


@pytest.mark.parametrize(("hours", "in_time"), [(72, True), (73, False)])
def test_the_first_answer_stops_it(hours, in_time):
    clock = clock_at(100, at(hours, Kind.ANSWERED), at(90, Kind.ANSWERED))

    assert clock == Clock(
        elapsed=hours * HOUR,
        due_at=START + DUE,
        late=not in_time,
        answered_at=START + hours * HOUR,
        answered_in_time=in_time,
    )
    assert not clock.paused


def test_an_answer_during_a_pause_counts_what_had_run_before():
    clock = clock_at(200, at(70, Kind.PAUSED), at(150, Kind.ANSWERED))

    assert (clock.elapsed, clock.answered_in_time) == (70 * HOUR, True)


def test_a_pause_after_the_due_time_does_not_make_it_good():
    clock = clock_at(100, at(80, Kind.PAUSED))

    assert (clock.late, clock.due_at, clock.paused) == (True, START + DUE, True)
    assert clock.open_to_recourse


def test_the_sergeant_is_asked_once_and_only_when_it_is_late():
    assert clock_at(80, at(71, Kind.ESCALATED)).escalated_at is None
    assert clock_at(80).open_to_recourse

    asked = clock_at(80, at(73, Kind.ESCALATED), at(75, Kind.ESCALATED))

    assert asked.escalated_at == START + 73 * HOUR
    assert not asked.open_to_recourse


def test_nobody_asks_the_sergeant_about_what_is_answered():
    clock = clock_at(80, at(73, Kind.ANSWERED), at(75, Kind.ESCALATED))

    assert (clock.escalated_at, clock.open_to_recourse) == (None, False)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [at(-1, Kind.PAUSED), at(-1, Kind.RESUMED), at(-1, Kind.ANSWERED), at(-1, Kind.ESCALATED)],
        [at(1)],
        [at(1, Kind.RESUMED)],
        [at(9, Kind.ANSWERED)],  # has not happened yet
    ],
)
def test_what_cannot_happen_is_passed_over(events):
    assert clock_at(5, *events) == clock_at(5)


def test_nothing_runs_before_the_receipt():
    assert read_clock([], START) == Clock()
    assert read_clock([at(1, Kind.ANSWERED)], START + 5 * HOUR) == Clock()


def test_events_of_one_instant_happen_in_the_order_of_their_kinds():
    clock = clock_at(5, at(2, Kind.RESUMED), at(2, Kind.PAUSED))

    assert clock == clock_at(5)


@pytest.mark.parametrize(
    ("change", "wall_clock_hours"), [(CHANGES[0], 73), (CHANGES[1], 71)], ids=["march", "october"]
)
def test_hours_are_hours_when_the_clocks_change(change, wall_clock_hours):
    received = (change - 24 * HOUR).astimezone(LONDON)

    clock = read_clock([Event(Kind.RECEIVED, received)], received + HOUR)

    assert clock.due_at - received.astimezone(UTC) == DUE
    on_the_wall = clock.due_at.astimezone(LONDON).replace(tzinfo=None)
    assert on_the_wall - received.replace(tzinfo=None) == wall_clock_hours * HOUR


minutes = st.integers(-200 * 60, 200 * 60) | st.sampled_from([0, 30, 60, -60, 72 * 60, -72 * 60])
instants = st.builds(
    lambda change, minute, zone: (change + timedelta(minutes=minute)).astimezone(zone),
    st.sampled_from(CHANGES),
    minutes,
    st.sampled_from([UTC, LONDON]),
)
histories = st.lists(st.builds(Event, st.sampled_from(Kind), instants), max_size=12)
receipts = st.builds(Event, st.just(Kind.RECEIVED), instants)


@given(receipts, histories, instants, st.randoms())
def test_it_reads_what_the_reference_reads_whatever_the_order(receipt, others, now, dice):
    events = [receipt, *others]
    dice.shuffle(events)

    clock = read_clock(events, now)

    state, ran, due, answered, in_time, escalated = reference(
        [(event.kind.value, event.at.timestamp()) for event in events], now.timestamp()
    )
    assert (clock.running, clock.answered_at is not None) == (
        state == "running",
        state == "answered",
    )
    assert clock.elapsed.total_seconds() == ran
    assert clock.late == (ran > 72 * 3600)
    assert _posix(clock.due_at, clock.answered_at, clock.escalated_at) == (due, answered, escalated)
    assert clock.answered_in_time == in_time


def _posix(*moments):
    return tuple(moment and moment.timestamp() for moment in moments)
