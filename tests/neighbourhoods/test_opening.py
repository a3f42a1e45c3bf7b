from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neighbourhoods.opening import (
    DAYS_AHEAD,
    NoHours,
    Opening,
    Span,
    opening_at,
    parse_spans,
    spans_text,
)

DAY = Span(time(9), time(17))
LUNCH = [Span(time(9), time(12, 30)), Span(time(13, 30), time(17))]
ALWAYS = [Span(time.min, time.min)]
WORKDAYS = {weekday: [DAY] for weekday in range(5)}


def at(*when: int) -> datetime:
    """An instant in UTC; London is the same in winter and an hour ahead in summer."""
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (at(2031, 3, 4, 8, 59), Opening(False, at(2031, 3, 4, 9))),
        (at(2031, 3, 4, 9), Opening(True, at(2031, 3, 4, 17))),
        (at(2031, 3, 4, 16, 59), Opening(True, at(2031, 3, 4, 17))),
        (at(2031, 3, 4, 17), Opening(False, at(2031, 3, 5, 9))),
        (at(2031, 3, 7, 18), Opening(False, at(2031, 3, 10, 9))),  # Friday to Monday
        (at(2031, 7, 1, 8), Opening(True, at(2031, 7, 1, 16))),  # in summer
    ],
)
def test_open_now_or_when_it_opens(now, opening):
    assert opening_at(WORKDAYS, {}, now) == opening


def test_closed_for_lunch():
    assert opening_at({1: LUNCH}, {}, at(2031, 3, 4, 13)) == Opening(False, at(2031, 3, 4, 13, 30))


def test_a_single_day_counts_instead_of_the_week():
    christmas, eve = date(2031, 12, 25), date(2031, 12, 24)
    exceptions = {christmas: [], eve: [Span(time(9), time(12))]}

    # Wednesday, the day before: shut at noon, Christmas closed, Friday opens.
    assert opening_at(WORKDAYS, exceptions, at(2031, 12, 24, 12)) == Opening(
        False, at(2031, 12, 26, 9)
    )
    assert opening_at({}, {christmas: [DAY]}, at(2031, 12, 25, 10)) == Opening(
        True, at(2031, 12, 25, 17)
    )


def test_past_midnight_is_one_stretch():
    week = {4: [Span(time(22), time.min)], 5: [Span(time.min, time(2))]}

    assert opening_at(week, {}, at(2031, 3, 7, 23)) == Opening(True, at(2031, 3, 8, 2))


def test_at_all_hours_nothing_changes():
    assert opening_at({n: ALWAYS for n in range(7)}, {}, at(2031, 3, 4, 3)) == Opening(True, None)


def test_never_open_says_no_day():
    assert opening_at({}, {}, at(2031, 3, 4, 12)) == Opening(False, None)
    far = date(2031, 3, 4) + timedelta(days=DAYS_AHEAD)
    assert opening_at({}, {far: [DAY]}, at(2031, 3, 4, 12)) == Opening(False, None)


@pytest.mark.parametrize(
    ("spans", "now", "opening"),
    [
        # On 30 March 2031 the clocks go from 01:00 to 02:00 London time.
        ([Span(time(0, 30), time(3))], at(2031, 3, 30, 1), Opening(True, at(2031, 3, 30, 2))),
        ([Span(time(1, 10), time(1, 50))], at(2031, 3, 30, 0, 30), Opening(False, None)),
        ([Span(time(1, 30), time(3))], at(2031, 3, 30, 0), Opening(False, at(2031, 3, 30, 1))),
        # On 26 October 2031 the hour from 01:00 to 02:00 comes twice: the day has 25.
        ([Span(time(0, 30), time(3))], at(2031, 10, 26, 1, 30), Opening(True, at(2031, 10, 26, 3))),
        (ALWAYS, at(2031, 10, 26, 12), Opening(True, at(2031, 10, 27, 0))),
        ([Span(time(1), time(1, 30))], at(2031, 10, 26, 1, 10), Opening(False, None)),
    ],
)
def test_when_the_clocks_change(spans, now, opening):
    today = now.date()

    found = opening_at({}, {today: spans}, now)

    assert (found.open, found.changes_at) == (opening.open, opening.changes_at)


times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
spans = st.tuples(times, times).filter(lambda two: two[0] < two[1]).map(lambda two: [Span(*two)])


@given(
    week=st.dictionaries(st.integers(0, 6), spans),
    now=st.integers(0, 366 * 24 * 60).map(
        lambda minutes: at(2031, 1, 1) + timedelta(minutes=minutes)
    ),
)
def test_a_change_lies_ahead_and_changes_it(week, now):
    opening = opening_at(week, {}, now)

    if opening.changes_at:
        assert opening.changes_at > now
        assert opening_at(week, {}, opening.changes_at).open is not opening.open


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("  ", []),
        ("9am to 5pm", [DAY]),
        ("9 am - 5 pm", [DAY]),
        ("09:00–17:00", [DAY]),
        ("9.00 to 17.00", [DAY]),
        ("13:30-17:00, 09:00-12:30", LUNCH),
        ("9am to 12.30pm; 1.30pm to 5pm", LUNCH),
        ("9am to noon", [Span(time(9), time(12))]),
        ("12am to 12pm", [Span(time.min, time(12))]),
        ("22:00-00:00", [Span(time(22), time.min)]),
        ("22:00 to midnight", [Span(time(22), time.min)]),
        ("22:00-24:00", [Span(time(22), time.min)]),
        ("00:00-00:00", ALWAYS),
    ],
)
def test_hours_as_people_write_them(text, spans):
    assert parse_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "closed",
        "9 to 5",  # in the morning or in the evening?
        "9am",
        "9am to 10am to 11am",
        "17:00-09:00",
        "09:00-09:00",
        "25:00-26:00",
        "09:60-10:00",
        "13pm to 5pm",
        "0am to 5am",
        "09:00-12:00, 11:00-13:00",
        "09:00-00:00, 10:00-11:00",
    ],
)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(NoHours):
        parse_spans(text)


@given(spans)
def test_hours_are_read_as_they_are_written(found):
    assert parse_spans(spans_text(found)) == found


@given(st.text(alphabet="0129:.apmto -–,;nd", max_size=40))
def test_any_text_is_hours_or_refused(text):
    try:
        found = parse_spans(text)
    except NoHours:
        return
    assert found == sorted(found)
