from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from neighbourhoods.clock import LONDON, london_instant
from teams.models.patrol_update import PatrolUpdate

NOON = time(12)
PEAK_DAYS = (4, 5)  # Friday and Saturday


class HalfDay(NamedTuple):
    """One half of a day in London, until noon or from noon on; in the order of time.

    What a team plans and counts by: nothing finer about times to come is told to residents.
    """

    on: date
    afternoon: bool

    @classmethod
    def at(cls, now: datetime) -> "HalfDay":
        local = now.astimezone(LONDON)
        return cls(local.date(), local.time() >= NOON)

    @classmethod
    def of(cls, on: date, part: str) -> "HalfDay":
        """By the name that ``PatrolUpdate.HalfDay`` has for it."""
        return cls(on, part == PatrolUpdate.HalfDay.AFTERNOON)

    @property
    def part(self) -> PatrolUpdate.HalfDay:
        halves = PatrolUpdate.HalfDay
        return halves.AFTERNOON if self.afternoon else halves.MORNING

    @property
    def begins_at(self) -> datetime:
        return london_instant(self.on, NOON if self.afternoon else time.min)

    @property
    def ends_at(self) -> datetime:
        return self.next.begins_at

    @property
    def next(self) -> "HalfDay":
        if self.afternoon:
            return HalfDay(self.on + timedelta(days=1), False)
        return HalfDay(self.on, True)

    @property
    def is_peak(self) -> bool:
        """Whether most is going on in town then: Fridays and Saturdays from noon."""
        return self.afternoon and self.on.weekday() in PEAK_DAYS

    @property
    def before(self) -> "HalfDay":
        if self.afternoon:
            return HalfDay(self.on, False)
        return HalfDay(self.on - timedelta(days=1), True)
