from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from neighbourhoods.quarters import NotAQuarter, Quarter, parse_quarter, quarter_of


def test_a_quarter_is_read_as_it_is_written():
    quarter = parse_quarter("2021-Q4")

    assert (quarter, str(quarter)) == (Quarter(2021, 4), "2021-Q4")


@pytest.mark.parametrize(
    "text",
    ["", "2021", "2021-Q5", "2021-Q0", "2021-q4", "21-Q4", "2021-Q4\n", "٢٠٢١-Q4", "0000-Q1"],
)
def test_another_text_is_named(text):
    with pytest.raises(NotAQuarter) as caught:
        parse_quarter(text)

    assert str(caught.value) == f"{text!r} is no quarter: write it like 2021-Q4."


def test_its_days_and_months():
    quarter = Quarter(2021, 4)

    assert (quarter.start, quarter.end) == (date(2021, 10, 1), date(2021, 12, 31))
    assert quarter.months == (date(2021, 10, 1), date(2021, 11, 1), date(2021, 12, 1))


def test_its_instants_are_londons_midnights():
    spring = Quarter(2026, 2)

    assert spring.begins_at == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert spring.ends_at == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert Quarter(2026, 1).begins_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_its_months_in_words(number):
    first, last = Quarter(2031, number).months[0], Quarter(2031, number).months[2]

    with translation.override("en-gb"):
        assert Quarter(2031, number).in_words == f"{first:%B} to {last:%B} 2031"


@given(st.dates(date(1900, 4, 1), date(9998, 9, 30)))
def test_every_day_lies_in_one_quarter_between_its_neighbours(day):
    quarter = quarter_of(day)

    assert quarter.start <= day <= quarter.end
    assert quarter.next.previous == quarter == quarter.previous.next
    assert quarter.previous.end + timedelta(days=1) == quarter.start
    assert parse_quarter(str(quarter)) == quarter
