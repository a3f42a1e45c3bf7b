"""The lines of a duty file: who, from when to when in London, and what they do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled
from neighbourhoods.models import Force
from teams.models import Duty, Member
from teams.models.duty import LONGEST_SHIFT, Kind

COLUMNS = Columns(
    ("reference", "start", "end", "planned", "actual"),
    longest={"reference": Member._meta.get_field("reference").max_length},
)
YEARS = range(2000, 2100)  # outside them it is a slip of the keyboard
A_DAY = len("2026-11-27")
WORKED = (Kind.HERE, Kind.ELSEWHERE)


class Line(NamedTuple):
    """One duty as the file tells it, and where."""

    where: str
    member: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    reason: str

    @property
    def last_on(self) -> date:
        return london_date(self.ends_at - timedelta(seconds=1))

    def overlaps(self, duty: Duty) -> bool:
        return self.starts_at < duty.ends_at and duty.starts_at < self.ends_at

    def agrees_with(self, duty: Duty) -> bool:
        said = (duty.ends_at, duty.kind, duty.reason, duty.source)
        return said == (self.ends_at, self.kind, self.reason, Duty.Source.IMPORT)


class Reading:
    """Reads the lines of one file, one after the other.

    ``strangers`` counts lines about people whom the portal does not have: a duty system knows
    the whole force. A code that the force has not explained is named once.
    """

    def __init__(self, force: Force):
        self.strangers = 0
        self._members = dict(force.members.values_list("reference", "pk"))
        self._codes = {code.code: (code.kind, code.reason) for code in force.duty_codes.all()}
        self._unexplained = set()

    def line(self, text: dict[str, str], where: str) -> Line | None:
        """What the line says; None where it is about a stranger. Raises BadRow."""
        check_filled(text, "reference", "start", "end")
        if text["reference"] not in self._members:
            self.strangers += 1
            return None
        starts_at, ends_at = _period(text)
        kind, reason = self._meaning(text)
        if kind in WORKED and ends_at - starts_at > LONGEST_SHIFT:
            raise BadRow(f"nobody works for more than 24 hours, {text['end']!r}")
        return Line(where, self._members[text["reference"]], starts_at, ends_at, kind, reason)

    def _meaning(self, text: dict[str, str]) -> tuple[str, str]:
        """What was done, or as long as that is not known, what is planned."""
        name = "actual" if text["actual"] else "planned"
        check_filled(text, name)
        meaning = self._codes.get(text[name], ("", ""))
        if text[name] not in self._codes and text[name] not in self._unexplained:
            self._unexplained.add(text[name])
            raise BadRow(f"{name} has a code that import_duty_codes has not had, {text[name]!r}")
        return meaning


def refuse_overlaps(told: list[Line], source: str) -> None:
    """Raises UnusableFile where somebody would do two things at once."""
    if wrong := list(_overlaps(told)):
        raise UnusableFile("\n".join([*wrong, f"{source}: nothing was imported; mend these lines"]))


def by_member(told: list[Line]) -> dict[int, list[Line]]:
    """Everybody's lines, in the order of time."""
    told = sorted(told, key=attrgetter("member", "starts_at"))
    return {pk: list(lines) for pk, lines in groupby(told, attrgetter("member"))}


def _overlaps(told: list[Line]) -> Iterator[str]:
    for lines in by_member(told).values():
        for one, next_one in pairwise(lines):
            if next_one.starts_at < one.ends_at:
                begins = next_one.starts_at.astimezone(LONDON)
                yield (
                    f"{next_one.where}: begins before the duty of {one.where} has ended,"
                    f" '{begins:%Y-%m-%d %H:%M}'"
                )


def _period(text: dict[str, str]) -> tuple[datetime, datetime]:
    """The two instants. In October's repeated hour the first, unless the duty then ended first."""
    starts_at, ends_at = _instant(text, "start"), _instant(text, "end")
    if ends_at <= starts_at:
        ends_at = _instant(text, "end", fold=1)
    if ends_at <= starts_at:
        raise BadRow(f"ends before it begins, {text['end']!r}")
    return starts_at, ends_at


def _instant(text: dict[str, str], name: str, *, fold: int = 0) -> datetime:
    """London's clock unless an offset stands there. A day alone is all of it, first and last."""
    try:
        told = datetime.fromisoformat(text[name])
    except ValueError as exc:
        raise BadRow(f"{name} is no time like 2026-11-27 07:00, {text[name]!r}") from exc
    if told.year not in YEARS:
        raise BadRow(f"{name} is in no year that can be meant, {text[name]!r}")
    if len(text[name]) == A_DAY and name == "end":
        told = datetime.combine(told + timedelta(days=1), time.min)
    if told.tzinfo is None:
        told = told.replace(tzinfo=LONDON, fold=fold)
    return told.astimezone(UTC)
