"""What the rows of one month's file count for.

A row is one incident. Rows alike in every field that have a Crime ID count once in a
file; rows without one are separate incidents, however alike.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import Force
from reports.importers.crime_files import CrimeFile, lines_of
from reports.importers.placing import NOWHERE, Outlines, Spots, Written
from reports.models import CrimeCount, CrimeType

COLUMNS = ("crime id", "month", "falls within", "longitude", "latitude", "crime type")
FIRST_MONTH = date(2010, 12, 1)  # data.police.uk has nothing before
MAX_TYPE = CrimeCount._meta.get_field("crime_type").max_length
KNOWN_TYPES = {name.lower(): name for name in CrimeType.values}
KNOWN_TYPES["violent crime"] = CrimeType.VIOLENCE.value  # its name until 2013

Row = list[str]
Head = tuple[str, str, str]  # month, falls within, crime type, as written
Where = tuple[str, int | None]  # CrimeCount.place, key of the neighbourhood


class NotCounted(Exception):
    """The message is the fact and the value for which rows are left out."""


@dataclass(frozen=True)
class Kind:
    """What rows with one head are counted as. Without a force they are not stored."""

    within: str
    force: str | None
    month: date
    crime_type: str
    by_spot: Counter = field(default_factory=Counter)
    repeats: Counter = field(default_factory=Counter)  # under the one key None

    @property
    def rows(self) -> int:
        return self.by_spot.total()


@dataclass(frozen=True)
class MonthTally:
    """What one file says of one month of one force."""

    counts: Counter = field(default_factory=Counter)  # by crime type and Where
    repeats: Counter = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        return self.counts.total()

    @property
    def rows(self) -> int:
        return self.kept + self.repeats.total()


@dataclass(frozen=True)
class Columns:
    """Where in a row things stand."""

    width: int
    crime_id: int
    head: Callable[[Row], Head]
    spot: Callable[[Row], Written]

    @classmethod
    def of(cls, header: Row, source: str) -> "Columns":
        """Raises UnusableFile, which names the columns that are missing."""
        names = [name.strip().lower() for name in header]
        if missing := [name for name in COLUMNS if name not in names]:
            raise UnusableFile(
                f"{source}: the header lacks {', '.join(missing)}; it has {','.join(header)[:300]}"
            )
        at = {name: names.index(name) for name in COLUMNS}
        head = itemgetter(at["month"], at["falls within"], at["crime type"])
        return cls(len(names), at["crime id"], head, itemgetter(at["longitude"], at["latitude"]))


class Heads(dict):
    """What each head of a file's rows means, worked out when it first comes.

    A Kind, the fact for which the rows are left out, or None for a header again.
    """

    def __init__(self, header: Head, file: CrimeFile, forces: list[Force], on: date):
        super().__init__({header: None})
        self.month, self.force, self.on = file.month, file.force, on
        self.forces = {force.pk: force for force in forces}

    def __missing__(self, head: Head) -> Kind | str:
        month, within, crime_type = head
        try:
            at = self._month(month)
            self[head] = Kind(within[:60], self._force(within), at, _type(crime_type))
        except NotCounted as exc:
            self[head] = str(exc)
        return self[head]

    @property
    def kinds(self) -> list[Kind]:
        return [kind for kind in self.values() if isinstance(kind, Kind)]

    def _month(self, text: str) -> date:
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text.strip(), re.ASCII):
            raise NotCounted(f"the month is not YYYY-MM, {text[:60]!r}")
        month = date.fromisoformat(f"{text.strip()}-01")
        if not FIRST_MONTH <= month <= self.on:
            raise NotCounted(f"the month is before December 2010 or still to come, {text!r}")
        if self.month and month != self.month:
            raise NotCounted(f"not the month in the file's name, {text!r}")
        return month

    def _force(self, within: str) -> str | None:
        name = within.strip().lower()
        for force in self.forces.values():
            if name and name in (force.name.lower(), force.name_cy.lower()):
                return force.pk
        return self.force if self.force in self.forces else None


def _type(text: str) -> str:
    """The type's usual name; one that is not known keeps its own."""
    name = text.strip()
    if not name or len(name) > MAX_TYPE or not name.isprintable():
        raise NotCounted(f"not a crime type, {text[:60]!r}")
    return KNOWN_TYPES.get(name.lower(), name)


class FileReading:
    """One file, row by row. ``report`` is what there is to say of it."""

    def __init__(self, file: CrimeFile, forces: list[Force], on: date):
        self.file, self.forces, self.on = file, forces, on
        self.report = ImportReport()

    def read(self, outlines: Callable[[str], Outlines]) -> dict[tuple[str, date], MonthTally]:
        """What each force and month counts. Raises UnusableFile."""
        with lines_of(self.file) as lines:
            reader = csv.reader(lines)
            try:
                header = next(reader, [])
                columns = Columns.of(header, self.file.name)
                heads = Heads(columns.head(header), self.file, self.forces, self.on)
                spots = Spots(lambda: self._line(reader))
                self._count(reader, columns, heads, spots)
            except csv.Error as exc:
                raise UnusableFile(f"{self._line(reader)}: not CSV, {exc}") from exc
        self._tell(heads.kinds, spots)
        return _placed([kind for kind in heads.kinds if kind.force], spots, outlines)

    def _count(self, reader: Iterator[Row], columns: Columns, heads: Heads, spots: Spots) -> None:
        """Add every row to its Kind. The loop runs for each row of a country: it is kept lean.

        Rows are known again by the 64-bit hash of all their fields: that two of a
        hundred thousand others share one has a chance of 1 in 4,000 million.
        """
        width, head_of, spot_of, id_at = columns.width, columns.head, columns.spot, columns.crime_id
        whole_rows, ids = set(), set()
        for row in reader:
            kind = heads[head_of(row)] if len(row) == width else _raggedness(row, width)
            if kind.__class__ is not Kind:
                self._leave_out(kind, reader)
                continue
            if crime_id := row[id_at]:
                whole = hash(tuple(row))
                if whole in whole_rows:
                    kind.repeats[None] += 1
                    continue
                whole_rows.add(whole)
                ids.add(hash(crime_id.lower()))
            kind.by_spot[spots[spot_of(row)]] += 1
        if again := len(whole_rows) - len(ids):
            self._note(f"{again:,} rows repeat a Crime ID with other content; each counts")

    def _leave_out(self, fact: str | None, reader) -> None:
        if fact:
            self.report.counts["read"] += 1
            self.report.reject(self._line(reader), fact)

    def _tell(self, kinds: list[Kind], spots: Spots) -> None:
        """The counts and what is unusual."""
        counts, foreign, unknown = self.report.counts, Counter(), Counter()
        for kind in kinds:
            repeats = kind.repeats.total()
            counts["read"] += kind.rows + repeats
            counts["repeated"] += repeats
            if kind.force is None:
                counts["rejected"] += kind.rows
                foreign[kind.within] += kind.rows
            elif kind.crime_type not in CrimeType.values:
                unknown[kind.crime_type] += kind.rows
        for within, rows in foreign.items():
            self._note(f"{rows:,} rows of a force that is not in the database, {within!r}")
        for crime_type, rows in unknown.items():
            self._note(f"{rows:,} rows of an unknown type, counted under its name, {crime_type!r}")
        if counts["repeated"]:
            self._note(f"{counts['repeated']:,} exact repeats of a row with a Crime ID left out")
        for text in spots.unusable:
            self.report.note(text)

    def _note(self, text: str) -> None:
        self.report.note(f"{self.file.name}: {text}")

    def _line(self, reader) -> str:
        return f"{self.file.name}:{reader.line_num}"


def _raggedness(row: Row, width: int) -> str | None:
    """The fact about a row with too many or too few fields; None for a blank line."""
    return f"{width} fields expected, {len(row)}" if row else None


def _placed(
    kinds: list[Kind], spots: Spots, outlines: Callable[[str], Outlines]
) -> dict[tuple[str, date], MonthTally]:
    found = {
        force: outlines(force).neighbourhoods_at(spots.lngs, spots.lats)
        for force in {kind.force for kind in kinds}
    }
    tallies: dict[tuple[str, date], MonthTally] = defaultdict(MonthTally)
    for kind in kinds:
        tally = tallies[kind.force, kind.month]
        tally.repeats.update(kind.repeats)
        for spot, rows in kind.by_spot.items():
            tally.counts[kind.crime_type, _where(spot, found[kind.force])] += rows
    return dict(tallies)


def _where(spot: int, found: list[int | None]) -> Where:
    if spot == NOWHERE:
        return CrimeCount.Place.NO_COORDINATES.value, None
    if found[spot] is None:
        return CrimeCount.Place.OUTSIDE.value, None
    return CrimeCount.Place.NEIGHBOURHOOD.value, found[spot]
