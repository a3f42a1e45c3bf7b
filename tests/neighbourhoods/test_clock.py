from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neighbourhoods.clock import london_date, london_hour, london_instant

HOURS_OF_2026 = st.integers(min_value=0, max_value=365 * 24 - 1).map(
    lambda hour: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
)


@pytest.mark.parametrize(
    ("instant", "day", "hour"),
    [
        # The clocks go forward at 01:00 UTC on 29 March: the hour from 01:00 is missing.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29), "2026-03-29T00+0000"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29), "2026-03-29T02+0100"),
        # From then on the day in London begins at 23:00 UTC.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 28), "2026-03-28T23+0000"),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 3, 30), "2026-03-30T00+0100"),
        # They go back at 01:00 UTC on 25 October: the hour from 01:00 comes twice.
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), date(2026, 10, 25), "2026-10-25T00+0100"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25), "2026-10-25T01+0100"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25), "2026-10-25T01+0000"),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 25), "2026-10-25T23+0000"),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 10, 26), "2026-10-26T00+0000"),
    ],
)
def test_day_and_hour_in_london_at_both_changes_of_2026(instant, day, hour):
    assert (london_date(instant), london_hour(instant)) == (day, hour)


def test_the_days_of_the_changes_have_23_and_25_hours():
    year = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(365 * 24)]
    hours = [london_date(instant) for instant in year]

    unusual = {day: hours.count(day) for day in set(hours) if hours.count(day) != 24}

    assert unusual == {date(2026, 3, 29): 23, date(2026, 10, 25): 25}


@given(HOURS_OF_2026)
def test_every_hour_has_a_name_of_its_own(instant):
    assert london_hour(instant) != london_hour(instant + timedelta(hours=1))


@given(HOURS_OF_2026, st.integers(min_value=-12, max_value=12))
def test_the_zone_that_an_instant_is_written_in_does_not_matter(instant, offset):
    elsewhere = instant.astimezone(timezone(timedelta(hours=offset)))

    assert london_hour(elsewhere) == london_hour(instant)
    assert london_date(elsewhere) == london_date(instant)


@pytest.mark.parametrize(
    ("day", "shown", "instant"),
    [
        (date(2026, 1, 5), time(18, 30), datetime(2026, 1, 5, 18, 30, tzinfo=UTC)),
        (date(2026, 7, 5), time(18, 30), datetime(2026, 7, 5, 17, 30, tzinfo=UTC)),
        # 01:30 comes twice on 25 October: the first.
        (date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_instant_that_londons_clocks_show(day, shown, instant):
    assert london_instant(day, shown) == instant
    assert london_instant(day, shown).tzinfo is UTC


def test_a_day_begins_at_midnight_in_london():
    assert london_instant(date(2026, 7, 5)) == datetime(2026, 7, 4, 23, tzinfo=UTC)
