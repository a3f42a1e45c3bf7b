"""The 72-hour clock of a message: what its events mean, whatever order they were kept in.

Clock hours: nights, weekends and bank holidays count. Only an answer that a person wrote
stops it; an automatic acknowledgement is no event at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

DUE = timedelta(hours=72)


class Kind(StrEnum):
    """What can happen to a message. Events of one instant happen in this order."""

    RECEIVED = "RECEIVED"
    PAUSED = "PAUSED"  # the team waits for the resident
    RESUMED = "RESUMED"
    ANSWERED = "ANSWERED"  # by a person
    ESCALATED = "ESCALATED"  # the resident asked for the sergeant


class Event(Protocol):
    kind: str
    at: datetime


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Clock:
    """Where the clock of one message stands. Instants are in UTC.

    ``due_at`` is the last instant in time: None while it is paused, since nobody knows
    when it will go on. ``late`` is for good: it holds once more than DUE has elapsed.
    ``answered_in_time`` is None until there is an answer.
    """

    running: bool = False
    elapsed: timedelta = timedelta(0)
    due_at: datetime | None = None
    late: bool = False
    answered_at: datetime | None = None
    answered_in_time: bool | None = None
    escalated_at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether the team waits for the resident."""
        return not self.running and self.answered_at is None

    @property
    def open_to_recourse(self) -> bool:
        """Whether the resident may ask for the sergeant: late, unanswered, not yet asked."""
        return self.late and self.answered_at is None and self.escalated_at is None


def read_clock(events: Iterable[Event], now: datetime) -> Clock:
    """Where the clock stands at the aware instant ``now``; later events have not happened yet.

    What cannot happen is passed over: anything before the receipt, a second receipt, a
    pause of a clock that stands, a first answer after the first, an escalation of what is
    answered or not late. Differences are taken in UTC, so the hour that is missing in
    March and the one that comes twice in October count as what they are.
    """
    clock = _Reading()
    for at, kind in _in_order(events, now):
        clock.take(kind, at)
    return clock.read(now.astimezone(UTC))


def _in_order(events: Iterable[Event], now: datetime) -> list[tuple[datetime, Kind]]:
    happened = [(event.at.astimezone(UTC), Kind(event.kind)) for event in events]
    past = [(at, kind) for at, kind in happened if at <= now]
    return sorted(past, key=lambda event: (event[0], _ORDER[event[1]]))


class _Reading:
    """A clock on its way through its events."""

    def __init__(self) -> None:
        self.received = False
        self.since: datetime | None = None  # it has run since then; None while it stands
        self.elapsed = timedelta(0)  # until then
        self.answered_at: datetime | None = None
        self.escalated_at: datetime | None = None
        self.became_due: datetime | None = None  # when DUE was reached in a part that is over

    def take(self, kind: Kind, at: datetime) -> None:
        """Let one event happen, if it can."""
        match kind:
            case Kind.RECEIVED if not self.received:
                self.received, self.since = True, at
            case Kind.PAUSED if self.since:
                self._stop(at)
            case Kind.RESUMED if self._can_resume():
                self.since = at
            case Kind.ANSWERED if self.received and self.answered_at is None:
                self._stop(at)
                self.answered_at = at
            case Kind.ESCALATED if self._can_escalate(at):
                self.escalated_at = at

    def read(self, now: datetime) -> Clock:
        elapsed = self._elapsed(now)
        late = elapsed > DUE
        return Clock(
            running=self.since is not None,
            elapsed=elapsed,
            due_at=self._due_at(),
            late=late,
            answered_at=self.answered_at,
            answered_in_time=None if self.answered_at is None else not late,
            escalated_at=self.escalated_at,
        )

    def _elapsed(self, at: datetime) -> timedelta:
        return self.elapsed + (at - self.since if self.since else timedelta(0))

    def _due_at(self) -> datetime | None:
        if self.became_due:
            return self.became_due
        going_on_from = self.since or self.answered_at
        return going_on_from + (DUE - self.elapsed) if going_on_from else None

    def _stop(self, at: datetime) -> None:
        before, self.elapsed = self.elapsed, self._elapsed(at)
        if before < DUE <= self.elapsed:
            self.became_due = self.since + (DUE - before)
        self.since = None

    def _can_resume(self) -> bool:
        return self.received and self.since is None and self.answered_at is None

    def _can_escalate(self, at: datetime) -> bool:
        unasked = self.answered_at is None and self.escalated_at is None
        return unasked and self._elapsed(at) > DUE
