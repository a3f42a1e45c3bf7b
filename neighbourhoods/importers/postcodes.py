"""The postcode register: ONSPD of any year since 2018, or NSPL, as CSV, gzip or zip."""

import csv
import gzip
import io
import math
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from neighbourhoods.importers.archives import BROKEN, check_members, wanted
from neighbourhoods.importers.matching import (
    BATCH_ROWS,
    Place,
    Shapes,
    batches,
    match_postcodes,
    watched_sets,
)
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import Force, ImportRun, Postcode
from neighbourhoods.postcodes import InvalidPostcode, parse_postcode

COMMAND = "import_postcodes"
Source = tuple[str, Iterable[str]]  # the file's name, and its lines

MAX_LINE = 20_000  # characters; the widest register has about 500
# The register's columns under the names they had: pcd until 2024, pcd7 since 2025.
POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd2", "pcd7", "pcd", "postcode")
LAT_COLUMNS, LNG_COLUMNS = ("lat", "latitude"), ("long", "lng", "longitude")
# In the zip as published the whole list is beside the same rows cut up by postcode area.
ZIP_PLACES = (r"(^|/)data/[^/]+\Z", r"(^|/)data/multi_csv/[^/]+\Z", r"")
NOWHERE = 99.9  # the register's latitude for "no grid reference" is 99.999999
LAT, LNG = (49, 61), (-9, 2)  # United Kingdom, Isle of Man, Channel Islands


class UnusableRow(Exception):
    """The message is the fact and the value."""


@dataclass(frozen=True)
class Row:
    """One postcode. ``terminated_on`` is None while in use, the first of the month once ended."""

    code: str
    lat: float | None
    lng: float | None
    terminated_on: date | None
    tells_end: bool = True  # a short list without the column must not bring ended codes back

    @property
    def place(self) -> Place:
        return self.code, self.lat, self.lng

    def content(self, standing: tuple | None) -> tuple:
        """What the table should say, given what it says now."""
        ended = self.terminated_on if self.tells_end or not standing else standing[2]
        return self.lat, self.lng, ended


@dataclass(frozen=True)
class Columns:
    """Where in a row things stand."""

    width: int
    postcodes: list[int]
    lat: int
    lng: int
    doterm: int | None

    @classmethod
    def of(cls, header: list[str], source: str) -> "Columns":
        """Raises UnusableFile, which names the columns that are missing."""
        names = [name.strip().lower() for name in header]
        postcodes = [names.index(name) for name in POSTCODE_COLUMNS if name in names]
        lat, lng = _first(LAT_COLUMNS, names), _first(LNG_COLUMNS, names)
        found = {"pcds": postcodes, "lat": lat is not None, "long": lng is not None}
        if missing := [name for name, there in found.items() if not there]:
            raise UnusableFile(
                f"{source}: the header lacks {', '.join(missing)}; it has {','.join(header)[:300]}"
            )
        return cls(len(names), postcodes, lat, lng, _first(("doterm",), names))


@dataclass
class Seen:
    """Which postcodes came already: a bit for each, so that a whole register takes a few MB."""

    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def before(self, code: str) -> bool:
        """Whether the code came already; from now on it has."""
        outward, (digit, first, second) = code[:-3], code[-3:]
        bit = 1 << (int(digit) * 676 + (ord(first) - 65) * 26 + ord(second) - 65)
        known = bool(self.units[outward] & bit)
        self.units[outward] |= bit
        return known


@transaction.atomic
def import_postcodes(sources: Iterable[Source], *, name: str, sha256: str) -> ImportReport:
    """Add or change every postcode in ``sources``, and match them with the boundaries.

    Read once, in batches. The last of several rows for a postcode counts. Postcodes
    that are not in the files stay as they are. Bad rows are reported and left out;
    a bad header, or no usable row, raises UnusableFile and nothing was changed.
    """
    # Boundaries wait: their import would not see these postcodes, nor these those.
    list(Force.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    shapes = Shapes.of(watched_sets())
    report = ImportReport()
    for batch in batches(_rows(sources, report), BATCH_ROWS):
        _store({row.code: row for row in batch}, shapes, report)
    counts = report.counts
    counts["kept"] = counts["read"] - counts["rejected"] - counts["repeated"]
    if not counts["kept"]:
        raise UnusableFile("\n".join([*report.rejects, f"{name}: no usable postcode in it"]))
    if counts["repeated"]:
        report.note(f"{counts['repeated']:,} postcodes came again; the last row counts.")
    ImportRun.objects.create(command=COMMAND, source=name[:200], sha256=sha256, counts=counts)
    return report


def open_sources(path: Path) -> Iterator[Source]:
    """The lists in a .csv, .csv.gz or .zip, each with its lines, read as they are asked for."""
    try:
        if zipfile.is_zipfile(path):
            yield from _zip_sources(path)
        else:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as raw:
                yield path.name, _lines(raw, path.name)
    except OSError as exc:
        raise UnusableFile(f"{path.name}: cannot be read, {exc.strerror}") from exc


def _zip_sources(path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path.name)
            for name in _lists(archive, path.name):
                with archive.open(name) as raw:
                    yield name, _lines(raw, name)
    except BROKEN as exc:
        raise UnusableFile(f"{path.name}: not a whole zip file, {exc}") from exc


def _lists(archive: zipfile.ZipFile, source: str) -> list[str]:
    names = sorted(name for name in archive.namelist() if wanted(name, ".csv"))
    for place in ZIP_PLACES:
        if chosen := [name for name in names if re.search(place, name.lower())]:
            return chosen
    raise UnusableFile(f"{source}: no .csv in it")


def _lines(raw: BinaryIO, source: str) -> Iterator[str]:
    """Lines of bearable length. Raises UnusableFile where the file breaks off."""
    number = 0
    try:
        with io.TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="") as text:
            while line := text.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE:
                    raise UnusableFile(f"{source}:{number}: a line over {MAX_LINE:,} characters")
                yield line
    except (OSError, *BROKEN) as exc:
        raise UnusableFile(f"{source}: breaks off after line {number}, {exc}") from exc


def _rows(sources: Iterable[Source], report: ImportReport) -> Iterator[Row]:
    seen = Seen()
    for source, lines in sources:
        for row in _rows_of(source, lines, report):
            report.counts["repeated"] += seen.before(row.code)
            yield row


def _rows_of(source: str, lines: Iterable[str], report: ImportReport) -> Iterator[Row]:
    reader = csv.reader(lines)
    try:
        columns = Columns.of(next(reader, []), source)
        for fields in filter(None, reader):
            report.counts["read"] += 1
            try:
                yield _row(fields, columns)
            except UnusableRow as exc:
                report.reject(f"{source}:{reader.line_num}", str(exc))
    except csv.Error as exc:
        raise UnusableFile(f"{source}:{reader.line_num}: not CSV, {exc}") from exc


def _row(fields: list[str], columns: Columns) -> Row:
    if len(fields) != columns.width:
        raise UnusableRow(f"{columns.width} fields expected, {len(fields)}")
    written = next((fields[at] for at in columns.postcodes if fields[at].strip()), "")
    try:
        code = parse_postcode(written)
    except InvalidPostcode as exc:
        raise UnusableRow(f"not a postcode, {written[:60]!r}") from exc
    lat, lng = _place(fields[columns.lat].strip(), fields[columns.lng].strip())
    if columns.doterm is None:
        return Row(code, lat, lng, None, tells_end=False)
    return Row(code, lat, lng, _month(fields[columns.doterm]))


def _place(lat_text: str, lng_text: str) -> tuple[float | None, float | None]:
    if not lat_text:  # NSPL's way to say nowhere; its longitude is then 0
        return None, None
    lat, lng = _number("latitude", lat_text), _number("longitude", lng_text)
    if lat >= NOWHERE:
        return None, None
    if _inside(lat, lng):
        return lat, lng
    swapped = "latitude and longitude are swapped" if _inside(lng, lat) else ""
    raise UnusableRow(f"{swapped or 'outside the United Kingdom'}, {lat_text},{lng_text}")


def _number(what: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UnusableRow(f"{what} is not a number, {text[:60]!r}")
    return number


def _inside(lat: float, lng: float) -> bool:
    return LAT[0] <= lat <= LAT[1] and LNG[0] <= lng <= LNG[1]


def _month(text: str) -> date | None:
    """The first of a month written YYYYMM, or None for a blank."""
    if not text.strip():
        return None
    if not re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])", text.strip()):
        raise UnusableRow(f"the month of termination is not YYYYMM, {text[:60]!r}")
    return date(int(text.strip()[:4]), int(text.strip()[4:]), 1)


def _store(rows: dict[str, Row], shapes: Shapes, report: ImportReport) -> None:
    """Write what differs from the table; match all, since a row may stand without its match."""
    stored = Postcode.objects.filter(pk__in=rows).values_list("code", "lat", "lng", "terminated_on")
    standing = {code: tuple(content) for code, *content in stored}
    wanted_now = {code: row.content(standing.get(code)) for code, row in rows.items()}
    changed = [code for code, content in wanted_now.items() if standing.get(code) != content]
    Postcode.objects.bulk_create(
        (Postcode(code, *wanted_now[code]) for code in changed),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["lat", "lng", "terminated_on"],
    )
    report.counts["replaced"] += sum(code in standing for code in changed)
    report.counts["no coordinates"] += sum(row.lat is None for row in rows.values())
    report.counts["outside"] += match_postcodes([row.place for row in rows.values()], shapes)


def _first(wanted_names: Iterable[str], names: list[str]) -> int | None:
    return next((names.index(name) for name in wanted_names if name in names), None)
