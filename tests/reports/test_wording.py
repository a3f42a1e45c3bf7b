from datetime import date

import pytest
from django.utils import translation

from neighbourhoods.quarters import Quarter
from reports.wording import (
    MonthRow,
    answers_sentence,
    asb_sentence,
    crime_sentence,
    month_rows,
    percent,
)

QUARTER = Quarter(2030, 4)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en-gb"):
        yield


def months(*counts):
    """One month for each of (crime, anti-social behaviour), or None for one not supplied."""
    return month_rows(
        [
            {
                "month": f"2030-{10 + at}",
                "supplied": count is not None,
                "crime": count[0] if count else 0,
                "asb": count[1] if count else 0,
            }
            for at, count in enumerate(counts)
        ]
    )


def test_rows_have_a_count_of_all_that_was_recorded():
    assert months((30, 10), None) == [
        MonthRow(date(2030, 10, 1), supplied=True, crimes=30, asb=10),
        MonthRow(date(2030, 11, 1), supplied=False, crimes=0, asb=0),
    ]
    assert months((30, 10))[0].count == 40


@pytest.mark.parametrize(
    ("counts", "crime", "asb"),
    [
        (
            [(40, 18), (45, 16), (50, 16)],
            "185 crimes and incidents were recorded from October to December 2030.",
            "50 of them were anti-social behaviour.",
        ),
        (
            [(0, 1), (0, 0), (0, 0)],
            "1 crime or incident was recorded from October to December 2030.",
            "1 of them was anti-social behaviour.",
        ),
        (
            [(40, 18), (45, 16), None],
            "December 2030 has not been supplied. "
            "We say nothing about crime this quarter until it is.",
            "",
        ),
        (
            [None, (45, 16), None],
            "October 2030 has not been supplied. December 2030 has not been supplied. "
            "We say nothing about crime this quarter until it is.",
            "",
        ),
    ],
)
def test_what_is_said_about_crime(counts, crime, asb):
    rows = months(*counts)

    assert (crime_sentence(rows, QUARTER), asb_sentence(rows)) == (crime, asb)


@pytest.mark.parametrize(
    ("due", "in_time", "said"),
    [
        (0, 0, "No message of this quarter had to be answered."),
        (1, 0, "We answered 0 of 1 message within 72 hours."),
        (44, 37, "We answered 37 of 44 messages within 72 hours."),
    ],
)
def test_what_is_said_about_messages(due, in_time, said):
    assert answers_sentence(due, in_time) == said


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (19, 19, None),
        (20, 20, 100),
        (0, 20, 0),
        (37, 44, 84),
        (1, 40, 3),
        (399, 400, 99),
        (1, 400, 1),
    ],
)
def test_a_percentage_needs_twenty_and_never_reaches_all_or_none_by_rounding(part, whole, expected):
    assert percent(part, whole) == expected
