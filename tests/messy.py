"""Read every damaged file of a folder, and compare with what its list of defects expects.

The folder has ``DEFECTS.csv`` (file, line, defect, expected), month files of recorded
crime, a register of postcodes, ``kml/``, and postcodes as people type them. A defect of
the list for which nothing is known here counts as a difference, too.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from neighbourhoods.geometry import area_from_stored, holds
from neighbourhoods.postcodes import InvalidPostcode, parse_postcode

CRIMES = "2021-05-leicestershire-street"
FORCE, FORCE_NAME = "leicestershire", "Leicestershire Police"
REGISTER = "onspd_damaged.csv"
FIRST_DAY = date(2001, 1, 1)
IN_WEST, IN_EAST, BETWEEN = (f"52.756639,{lng}" for lng in ("-1.248626", "-1.228626", "-1.238626"))


@dataclass(frozen=True)
class Outcome:
    """What an import printed, and what stood in the database then."""

    refused: bool
    lines: list[str]
    postcodes: dict[str, object]  # by code
    outlines: dict[str, bytes]  # by neighbourhood

    def about(self, file: str, line: str) -> list[str]:
        """What was printed of one line of the file."""
        return [said for said in self.lines if said.startswith(f"{Path(file).name}:{line}: ")]


Check = Callable[[Outcome, str, str], bool]


def compare(folder: Path) -> Iterator[str]:
    """A line for each defect that gives something else than it should."""
    defects = _table(folder / "DEFECTS.csv")
    outcomes = {file: _outcome(folder / file) for file in {row["file"] for row in defects}}
    for row in defects:
        file, line = row["file"], row["line"]
        check = CHECKS.get((file.removeprefix(f"{CRIMES}."), line), _unknown)
        if not check(outcomes[file], file, line):
            yield f"{file}:{line}: {row['defect']}: expected {row['expected']!r}"
    yield from _compare_set(folder / "kml")
    yield from _compare_typed(folder / "postcodes_as_typed.csv")
    print(f"compared: {len(defects)} defects of damaged files")


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _outcome(path: Path) -> Outcome:
    """Import one file as an operator would, look, and leave nothing."""
    said, refused = io.StringIO(), False
    with transaction.atomic():
        call_command("import_force", FORCE, name=FORCE_NAME, stdout=io.StringIO())
        try:
            _import(path, said)
        except CommandError as exc:
            refused = True
            said.write(str(exc))
        known = apps.get_model("neighbourhoods", "Postcode").objects
        postcodes = known.in_bulk() if path.name == REGISTER else {}
        drawn = apps.get_model("neighbourhoods", "Boundary").objects.filter(
            boundary_set__source=path.name
        )
        outlines = dict(drawn.values_list("neighbourhood__code", "geometry"))
        transaction.set_rollback(True)
    return Outcome(refused, said.getvalue().splitlines(), postcodes, outlines)


def _import(path: Path, said: io.StringIO) -> None:
    if path.name.startswith(CRIMES):
        call_command("import_crimes", path, stdout=said)
    elif path.suffix == ".csv":
        apps.get_model("neighbourhoods", "Postcode").objects.all().delete()
        call_command("import_postcodes", path, stdout=said)
    else:
        call_command("import_boundaries", FORCE, path, valid_from=FIRST_DAY, stdout=said)


def _compare_set(folder: Path) -> Iterator[str]:
    """All the outlines at once: bad ones are named, the others are imported."""
    outcome = _outcome(folder)
    bad = {"truncated.kml", "two-points.kml", "empty.kml", "not-xml.kml"}
    good = {path.stem for path in folder.glob("*.kml") if path.name not in bad}
    if outcome.outlines.keys() != good:
        yield f"kml: imported {sorted(outcome.outlines)}, expected {sorted(good)}"
    for name in sorted(bad):
        if not any(said.startswith(f"{name}: ") for said in outcome.lines):
            yield f"kml/{name}: is not named where the whole folder is imported"


def _compare_typed(path: Path) -> Iterator[str]:
    for row in _table(path):
        try:
            code = parse_postcode(row["typed"])
        except InvalidPostcode:
            code = ""
        if code != row["means"].replace(" ", ""):
            yield f"{path.name}: {row['typed']!r} read as {code!r}, expected {row['means']!r}"


def _unknown(outcome: Outcome, file: str, line: str) -> bool:
    return False


def _refused(outcome: Outcome, file: str, line: str) -> bool:
    """With the file named."""
    return outcome.refused and Path(file).name in outcome.lines[0]


def _rejected(outcome: Outcome, file: str, line: str) -> bool:
    said = outcome.about(file, line)
    return len(said) == 1 and "counted without" not in said[0] and not outcome.refused


def _unplaced(outcome: Outcome, file: str, line: str) -> bool:
    return ["counted without coordinates" in said for said in outcome.about(file, line)] == [True]


def _silent(outcome: Outcome, file: str, line: str) -> bool:
    return not outcome.refused and not outcome.about(file, line)


def _says(text: str) -> Check:
    return lambda outcome, file, line: (
        not outcome.refused and any(text in said for said in outcome.lines)
    )


def _postcode(code: str, **expected: object) -> Check:
    def check(outcome: Outcome, file: str, line: str) -> bool:
        found = outcome.postcodes.get(code)
        return found is not None and all(
            getattr(found, name) == value for name, value in expected.items()
        )

    return check


def _drawn(*, inside: tuple[str, ...] = (), outside: tuple[str, ...] = (), says: str = "") -> Check:
    """One valid outline with these points (``lat,lng``) inside and outside of it."""

    def check(outcome: Outcome, file: str, line: str) -> bool:
        if len(outcome.outlines) != 1 or not any(says in said for said in outcome.lines):
            return False
        (stored,) = outcome.outlines.values()
        placed = [(point, True) for point in inside] + [(point, False) for point in outside]
        return area_from_stored(stored).is_valid and all(
            _holds(stored, point) == wanted for point, wanted in placed
        )

    return check


def _holds(stored: bytes, point: str) -> bool:
    lat, lng = map(float, point.split(","))
    return holds(stored, lat=lat, lng=lng)


def _of(file: str, *lines: str, check: Check) -> dict[tuple[str, str], Check]:
    return {(file, line): check for line in lines}


CHECKS: dict[tuple[str, str], Check] = {
    **_of("bom-crlf.csv", "*", check=_says("read 40 · kept 40 ")),
    **_of("cp1252.csv", "2", "9", "16", check=_says("read 40 · kept 40 ")),
    **_of("utf8-welsh.csv", "3", "12", check=_says("read 40 · kept 40 ")),
    **_of("quotes.csv", "3", "5", check=_says("read 8 · kept 8 ")),
    **_of("ragged.csv", "4", "6", "13", "16", "21", check=_rejected),
    **_of("ragged.csv", "9", "11", check=_silent),
    **_of("coords.csv", "3", "4", "6", "7", "8", "9", "10", "15", check=_unplaced),
    **_of("coords.csv", "5", check=_says("no coordinates 9 ")),
    **_of("coords.csv", "11", "12", "13", "14", "16", check=_silent),
    **_of("months-types.csv", "3", "4", "5", "6", "7", "8", check=_rejected),
    **_of("months-types.csv", "9", "10", "11", check=_silent),
    **_of("months-types.csv", "12", check=_says("unknown type, counted under its name, 'Hover")),
    **_of("duplicates.csv", "4", check=_says("1 exact repeats")),
    **_of("duplicates.csv", "6", "8", "13", check=_says("3 rows repeat a Crime ID with other")),
    **_of("duplicates.csv", "9-11", "14", check=_says("read 13 · kept 12 ")),
    **_of("lowercase-header.csv", "*", check=_says("read 6 · kept 6 ")),
    **_of("no-header.csv", "*", check=_refused),
    **_of("header-only.csv", "*", check=_refused),
    **_of("empty.csv", "*", check=_refused),
    **_of("error-page.csv", "*", check=_refused),
    **_of(REGISTER, "3", check=_postcode("LE131LZ", lat=None)),
    **_of(REGISTER, "4", check=_postcode("LE144NU", lat=52.83835, terminated_on=date(2019, 12, 1))),
    **_of(REGISTER, "5", check=_postcode("LE29ZH", lat=52.63281)),
    **_of(REGISTER, "6", "7", "8", "11", check=_rejected),
    **_of(REGISTER, "14", check=_says("2 postcodes came again; the last row counts")),
    **_of(REGISTER, "15", check=_postcode("LE651SN", lat=51.5)),
    **_of("kml/good.kml", "*", check=_drawn()),
    **_of("kml/unclosed.kml", "*", check=_drawn(says="open ring(s) closed")),
    **_of("kml/bowtie.kml", "*", check=_drawn(says="repaired")),
    **_of("kml/hole.kml", "*", check=_drawn(outside=(IN_WEST,))),
    **_of("kml/multi.kml", "*", check=_drawn(inside=(IN_WEST, IN_EAST), outside=(BETWEEN,))),
    **_of("kml/osgb-metres.geojson", "*", check=_drawn(says="metres of the National Grid")),
    **{(f"kml/{name}.kml", "*"): _drawn() for name in ("no-altitude", "bom")},
    **{
        (f"kml/{name}.kml", "*"): _refused
        for name in ("two-points", "empty", "truncated", "not-xml")
    },
}
