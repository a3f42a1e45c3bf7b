"""Rows of the ``teams`` app about duty: who was where for nine weeks, and time on patrol."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from config.demo.offsets import day, instant
from config.demo.people import People
from config.demo.places import Places
from neighbourhoods.clock import london_instant
from teams.models import Duty, HalfDay, PatrolTotal
from teams.models.duty import Kind

WEEKS = timedelta(weeks=9)
ONE_DAY = timedelta(days=1)
DAYTIME, EVENING = time(9), time(18)
WEEK = 7


def load_duty(tables: dict, people: People, places: Places, *, now: datetime) -> None:
    """Write the shifts of nine weeks up to yesterday, those that are told one by one, patrols."""
    first = day("D", now=now) - WEEKS
    for told in tables["duty"]:
        Duty.objects.bulk_create(_shifts(told, people, first))
    Duty.objects.bulk_create(_told_alone(tables.get("shifts", []), people, now=now))
    PatrolTotal.objects.bulk_create(
        total for told in tables["patrols"] for total in _totals(told, places, first)
    )


def _shifts(told: dict, people: People, first: date) -> Iterator[Duty]:
    """Each day one of ``people`` in turn, and each seventh ``evening_of`` for some hours."""
    reasons = _by_number(told.get("elsewhere", {}))
    for number in range(told["days"]):
        member = people.members[told["people"][number % len(told["people"])]]
        starts_at = london_instant(first + number * ONE_DAY, DAYTIME)
        yield _duty(member, starts_at, told["hours"], reasons.get(number, ""))
    reasons = _by_number(told.get("evenings_elsewhere", {}))
    for number, hours in enumerate(told.get("evenings", [])):
        starts_at = london_instant(first + number * WEEK * ONE_DAY, EVENING)
        yield _duty(people.members[told["evening_of"]], starts_at, hours, reasons.get(number, ""))


def _by_number(told: dict[str, list[int]]) -> dict[int, str]:
    """The reason of each shift that was spent elsewhere, by its number."""
    return {number: reason for reason, numbers in told.items() for number in numbers}


def _duty(member, starts_at: datetime, hours: int, reason: str) -> Duty:
    return Duty(
        member=member,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        kind=Kind.ELSEWHERE if reason else Kind.HERE,
        reason=reason,
        source=Duty.Source.IMPORT,
    )


def _told_alone(told: list[dict], people: People, *, now: datetime) -> Iterator[Duty]:
    for row in told:
        starts_at = instant(row["starts"], now=now)
        yield _duty(people.members[row["person"]], starts_at, row["hours"], row.get("reason", ""))


def _totals(told: dict, places: Places, first: date) -> Iterator[PatrolTotal]:
    """``hours`` in all over nine weeks, so much of them at peak time, evenly over the half-days."""
    halves = [
        HalfDay(first + number * ONE_DAY, afternoon)
        for number in range(WEEKS.days)
        for afternoon in (False, True)
    ]
    minutes = told["hours"] * 60
    at_peak = round(minutes * told["percent_at_peak"] / 100)
    for peak, share in ((True, at_peak), (False, minutes - at_peak)):
        chosen = [half for half in halves if half.is_peak == peak]
        for number, half in enumerate(chosen):
            yield PatrolTotal(
                neighbourhood=places.neighbourhoods[told["place"]],
                on=half.on,
                half_day=half.part,
                minutes=share // len(chosen) + (number < share % len(chosen)),
                source=PatrolTotal.Source.IMPORT,
            )
