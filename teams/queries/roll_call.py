"""What a sergeant's roll-call begins with: the team, half a day or a whole one, and who is here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from neighbourhoods.models import Neighbourhood
from teams.models import Duty, HalfDay, Member, Posting
from teams.models.duty import Kind
from teams.queries.posts import seniority

NOT_CALLED = (*Member.NOT_POLICE, Member.Role.VOLUNTEER)
WHOLE_DAY = "DAY"


@dataclass(frozen=True)
class Entry:
    """One person of the roll; ``kind`` is what the grid is filled in with."""

    member: Member
    kind: Kind
    is_imported: bool  # the duty system tells: nothing to call


@dataclass(frozen=True)
class Roll:
    """The team's roll for ``halves``, which follow each other on one day."""

    halves: tuple[HalfDay, ...]
    entries: tuple[Entry, ...]
    reason: str  # why people help elsewhere, as it was called before
    is_called: bool

    @property
    def on(self) -> date:
        return self.halves[0].on

    @property
    def part(self) -> str:
        """The name of the half-day; empty for the whole day."""
        return self.halves[0].part if len(self.halves) == 1 else ""

    @property
    def query(self) -> str:
        """What an address ends with that asks for the same part of the day."""
        return f"?part={self.part or WHOLE_DAY}"

    @property
    def to_call(self) -> list[Member]:
        return [entry.member for entry in self.entries if not entry.is_imported]


def roll_of(neighbourhood: Neighbourhood, now: datetime, part: str = "") -> Roll:
    """The roll for half of today, or for what is left of it. Two queries.

    Filled in with what was called for it, else for the half-day before, else with everybody
    here.
    """
    halves = _halves(HalfDay.at(now), part)
    members = called_on(neighbourhood, halves[0].on)
    known = _known(members, halves)
    entries = tuple(_entry(member, known[member.pk], halves) for member in members)
    called = [duty for duties in known.values() for duty in duties if _is_called(duty, halves)]
    reasons = [duty.reason for duties in known.values() for duty in duties if duty.reason]
    return Roll(halves, entries, reason=next(iter(reasons), ""), is_called=bool(called))


def called_on(neighbourhood: Neighbourhood, on: date) -> list[Member]:
    """Whom a roll-call asks for: the police of the team on the day ``on``. One query."""
    postings = Posting.objects.on(on).filter(neighbourhood=neighbourhood).select_related("member")
    police = postings.exclude(member__role__in=NOT_CALLED)
    return list(dict.fromkeys(posting.member for posting in sorted(police, key=seniority)))


def _halves(now: HalfDay, part: str) -> tuple[HalfDay, ...]:
    whole = (HalfDay(now.on, False), HalfDay(now.on, True))
    if asked := [half for half in whole if half.part == part]:
        return tuple(asked)
    return whole[1:] if now.afternoon and part != WHOLE_DAY else whole


def _known(members: Iterable[Member], halves: tuple[HalfDay, ...]) -> dict[int, list[Duty]]:
    """Everybody's duties in these half-days and in the one before, by member."""
    before = halves[0].before
    duties = Duty.objects.filter(member__in=members).between(before.begins_at, halves[-1].ends_at)
    known = defaultdict(list)
    for duty in duties:
        known[duty.member_id].append(duty)
    return known


def _entry(member: Member, duties: list[Duty], halves: tuple[HalfDay, ...]) -> Entry:
    """The newest word that was said by the beginning of the first half-day counts."""
    inside = [duty for duty in duties if _is_inside(duty, halves)]
    told = [duty for duty in inside if duty.source == Duty.Source.IMPORT]
    said = told or inside or [duty for duty in duties if duty.source == Duty.Source.ROLL_CALL]
    return Entry(member, Kind(said[0].kind) if said else Kind.HERE, is_imported=bool(told))


def _is_inside(duty: Duty, halves: tuple[HalfDay, ...]) -> bool:
    return duty.starts_at < halves[-1].ends_at and duty.ends_at > halves[0].begins_at


def _is_called(duty: Duty, halves: tuple[HalfDay, ...]) -> bool:
    return duty.source == Duty.Source.ROLL_CALL and _is_inside(duty, halves)
