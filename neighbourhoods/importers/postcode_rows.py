"""Rows of the published lists of postcodes: which list it is, and what each row says."""

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple

from neighbourhoods.importers.grid import ACCURACY_M, degrees
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import Council
from neighbourhoods.postcodes import InvalidPostcode, parse_postcode

# The columns under the names they had: pcd until 2024, pcd7 since 2025.
POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd2", "pcd7", "pcd", "postcode")
LAT_COLUMNS, LNG_COLUMNS = ("lat", "latitude"), ("long", "lng", "longitude")
COUNCIL_COLUMN = re.compile(r"(os)?laua|lad\d\dcd")
# The first of these that the header has tells a generation of the ONS directory.
GENERATIONS = {"pcd7": "2025", "icb": "2022 to 2024", "itl": "2021", "nuts": "2018 to 2020"}
# Code-Point Open comes without a header, or with one of the two that are beside it.
CODE_POINT_WIDTH = 10
CODE_POINT_HEADERS = (["pc", "pq", "ea", "no"], ["postcode", "positional_quality_indicator"])
QUALITY, EASTING, NORTHING, DISTRICT = 1, 2, 3, 8
NOWHERE = 99.9  # the register's latitude for "no grid reference" is 99.999999
NO_GRID_REFERENCE = "90"  # Code-Point Open's positional quality of a postcode without a place
LAT, LNG = (49, 61), (-9, 2)  # United Kingdom, Isle of Man, Channel Islands
DECIMALS = 6  # of degrees worked out here: a tenth of a metre, the same on every machine
DISTINCT = 4_096  # more than there are months and councils: each is read once
COUNCIL = re.compile(f"(?!.9{{8}}){Council.CODE}")  # nines: "there is none here"

Fields = list[str]
LatLng = tuple[float | None, float | None]


class UnusableRow(Exception):
    """The message is the fact and the value."""


class Format(StrEnum):
    ONSPD = "onspd"
    NSPL = "nspl"  # also any other list with a header, latitude and longitude
    CODE_POINT_OPEN = "code-point-open"


class Row(NamedTuple):
    """One postcode. What the list does not tell is None in ``council``, False in ``tells_end``."""

    code: str
    lat: float | None
    lng: float | None
    terminated_on: date | None  # None while in use, the first of the month once ended
    tells_end: bool
    council: str | None

    def content(self, standing: tuple | None) -> tuple:
        """``(lat, lng, terminated_on, council_code)`` as they should be, given what stands.

        What the list does not tell stays, and so does the last place of a postcode that ended.
        """
        lat, lng, ended, council = standing or (None, None, None, "")
        if self.lat is not None or not self.terminated_on:
            lat, lng = self.lat, self.lng
        if self.tells_end:
            ended = self.terminated_on
        return lat, lng, ended, council if self.council is None else self.council


@dataclass(frozen=True)
class Layout:
    """Which list it is, and where in a row things stand."""

    format: Format
    name: str
    width: int
    postcodes: list[int]
    place: Callable[[Fields], LatLng]
    doterm: int | None
    council: int | None
    headless: bool = False

    @classmethod
    def of(cls, first: Fields, source: str) -> "Layout":
        """From the first line. Raises UnusableFile, which names the columns that are missing."""
        names = [name.strip().lower() for name in first]
        if len(names) == CODE_POINT_WIDTH and _is_postcode(names[0]):
            return _code_point(headless=True)
        if any(names[: len(header)] == header for header in CODE_POINT_HEADERS):
            return _code_point(headless=False)
        postcodes = [names.index(name) for name in POSTCODE_COLUMNS if name in names]
        lat, lng = _first(LAT_COLUMNS, names), _first(LNG_COLUMNS, names)
        found = {"pcds": postcodes, "lat": lat is not None, "long": lng is not None}
        if missing := [name for name, there in found.items() if not there]:
            raise UnusableFile(
                f"{source}: the header lacks {', '.join(missing)}; it has {','.join(first)[:300]}"
            )
        return cls(
            *_directory(names),
            width=len(names),
            postcodes=postcodes,
            place=partial(_in_degrees, lat, lng),
            doterm=_first(("doterm",), names),
            council=_first(filter(COUNCIL_COLUMN.fullmatch, names), names),
        )

    def row(self, fields: Fields) -> Row:
        """Raises UnusableRow."""
        if len(fields) != self.width:
            raise UnusableRow(f"{self.width} fields expected, {len(fields)}")
        written = next(filter(str.strip, map(fields.__getitem__, self.postcodes)), "")
        try:
            code = parse_postcode(written)
        except InvalidPostcode as exc:
            raise UnusableRow(f"not a postcode, {written[:60]!r}") from exc
        lat, lng = self.place(fields)
        ended = None if self.doterm is None else _month(fields[self.doterm])
        council = None if self.council is None else _council(fields[self.council])
        return Row(code, lat, lng, ended, self.doterm is not None, council)


def read_rows(
    source: str,
    lines: Iterable[str],
    *,
    expected: Format | None,
    report: ImportReport,
    layouts: Counter,
) -> Iterator[Row]:
    """The rows of one file; bad ones are reported, its layout's name counted.

    Raises UnusableFile, also for another format than ``expected``.
    """
    reader = csv.reader(lines)
    try:
        first = next(reader, [])
        layout = Layout.of(first, source)
        if layout.format != (expected or layout.format):
            raise UnusableFile(f"{source}: not {expected}, it looks like {layout.name}")
        layouts[layout.name] += 1
        for fields in filter(None, chain([first], reader) if layout.headless else reader):
            report.counts["read"] += 1
            try:
                yield layout.row(fields)
            except UnusableRow as exc:
                report.reject(f"{source}:{reader.line_num}", str(exc))
    except csv.Error as exc:
        raise UnusableFile(f"{source}:{reader.line_num}: not CSV, {exc}") from exc


def _directory(names: Fields) -> tuple[Format, str]:
    """Which of the ONS lists a header is of: the directory alone has the census areas of 2001."""
    if not any(name.startswith("oa01") for name in names):
        return Format.NSPL, "NSPL or another list with degrees"
    found = (years for column, years in GENERATIONS.items() if column in names)
    return Format.ONSPD, f"ONSPD with the columns of {next(found, 'another year')}"


def _code_point(*, headless: bool) -> Layout:
    return Layout(
        Format.CODE_POINT_OPEN,
        f"Code-Point Open (from metres of the National Grid, good to about {ACCURACY_M} m)",
        width=CODE_POINT_WIDTH,
        postcodes=[0],
        place=_on_grid,
        doterm=None,
        council=DISTRICT,
        headless=headless,
    )


def _is_postcode(text: str) -> bool:
    try:
        return bool(parse_postcode(text))
    except InvalidPostcode:
        return False


def _in_degrees(lat_at: int, lng_at: int, fields: Fields) -> LatLng:
    lat_text, lng_text = fields[lat_at].strip(), fields[lng_at].strip()
    if not lat_text:  # NSPL's way to say nowhere; its longitude is then 0
        return None, None
    lat, lng = _number("latitude", lat_text), _number("longitude", lng_text)
    if lat >= NOWHERE:
        return None, None
    if _inside(lat, lng):
        return lat, lng
    swapped = "latitude and longitude are swapped" if _inside(lng, lat) else ""
    raise UnusableRow(f"{swapped or 'outside the United Kingdom'}, {lat_text},{lng_text}")


def _on_grid(fields: Fields) -> LatLng:
    if fields[QUALITY].strip() == NO_GRID_REFERENCE:
        return None, None
    easting, northing = (
        _number(what, fields[at].strip())
        for what, at in (("easting", EASTING), ("northing", NORTHING))
    )
    lng, lat = degrees(easting, northing)
    if not _inside(lat, lng):
        raise UnusableRow(f"outside Great Britain, {fields[EASTING]},{fields[NORTHING]}"[:120])
    return round(lat, DECIMALS), round(lng, DECIMALS)


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


@lru_cache(DISTINCT)
def _month(text: str) -> date | None:
    """The first of a month written YYYYMM, or None for a blank."""
    if not text.strip():
        return None
    if not re.fullmatch(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])", text.strip()):
        raise UnusableRow(f"the month of termination is not YYYYMM, {text[:60]!r}")
    return date(int(text.strip()[:4]), int(text.strip()[4:]), 1)


@lru_cache(DISTINCT)
def _council(text: str) -> str:
    """The code of the council, empty where there is none."""
    return text.strip() if COUNCIL.fullmatch(text.strip()) else ""


def _first(wanted_names: Iterable[str], names: list[str]) -> int | None:
    return next((names.index(name) for name in wanted_names if name in names), None)
