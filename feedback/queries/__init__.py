"""What pages and ``reports`` read of messages and of posts that changed hands."""

from feedback.queries.cases import (
    AnsweredInTime,
    Case,
    answered_cases,
    answered_in_time,
    asked_when_late,
    case_of,
    open_cases,
)
from feedback.queries.hand_overs import (
    HandOver,
    OpenItem,
    TakenOver,
    WorkedOn,
    asked_of_takers,
    hand_overs_at,
    taken_over,
    taker_of,
    worked_on,
)

__all__ = [
    "AnsweredInTime",
    "Case",
    "HandOver",
    "OpenItem",
    "TakenOver",
    "WorkedOn",
    "answered_cases",
    "answered_in_time",
    "asked_of_takers",
    "asked_when_late",
    "case_of",
    "hand_overs_at",
    "open_cases",
    "taken_over",
    "taker_of",
    "worked_on",
]
