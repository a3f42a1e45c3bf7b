from datetime import UTC, date, datetime, timedelta

import pytest

from teams.models import HalfDay

DAY = date(2026, 3, 10)
MORNING, AFTERNOON = HalfDay(DAY, False), HalfDay(DAY, True)
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "half"),
    [
        (datetime(2026, 3, 10, 11, 59, tzinfo=UTC), MORNING),
        (datetime(2026, 3, 10, 12, 0, tzinfo=UTC), AFTERNOON),
        (datetime(2026, 7, 10, 11, 0, tzinfo=UTC), HalfDay(date(2026, 7, 10), True)),
        (datetime(2026, 7, 9, 23, 0, tzinfo=UTC), HalfDay(date(2026, 7, 10), False)),
    ],
)
def test_half_days_are_those_of_london(now, half):
    assert HalfDay.at(now) == half
    assert half.begins_at <= now < half.ends_at
    assert HalfDay.of(half.on, half.part) == half == half.next.before == half.before.next


def test_half_days_are_as_long_as_the_clock_makes_them():
    jumps, repeats = HalfDay(date(2026, 3, 29), False), HalfDay(date(2026, 10, 25), False)

    assert [(half.ends_at - half.begins_at) / HOUR for half in (jumps, MORNING, repeats)] == [
        11,
        12,
        13,
    ]


def test_fridays_and_saturdays_from_noon_are_peak_time():
    week = [HalfDay(DAY + n * ONE_DAY, afternoon) for n in range(7) for afternoon in (False, True)]

    assert [half for half in week if half.is_peak] == [
        HalfDay(date(2026, 3, 13), True),
        HalfDay(date(2026, 3, 14), True),
    ]
