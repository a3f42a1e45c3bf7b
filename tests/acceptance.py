"""Import one real force into a scratch database and compare with its expected results.

    python tests/services.py --no-browser python -m tests.acceptance FOLDER

FOLDER holds boundaries, postcodes, crimes, residents and expected results
(docs/DEVELOPERS.md); its file names name the force. Exit code 0 when everything that was
compared agrees, else 1. A postcode within 5 m of a line may fall on either side of it:
those are counted, not held against.

Where a folder ``messy`` with a list of DEFECTS.csv stands beside FOLDER, its damaged files
are read, too, and each defect has to give what the list expects.
"""

import csv
import gzip
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import django
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.module_loading import import_string

ZIP_END = "_neighbourhood_kml.zip"
NEAR_M = 5
SHOWN = 20


class Incomplete(Exception):
    """The folder lacks something that every acceptance folder has."""


class Folder:
    """The files of an acceptance folder, and the force they are about."""

    def __init__(self, path: Path):
        self.path = path
        self.outlines = self._only(f"boundaries/*{ZIP_END}")
        self.force = self.outlines.name.removesuffix(ZIP_END)
        self.names = self._only("boundaries/neighbourhoods.json")
        self.postcodes = self._only(f"postcodes/onspd_*_{self.force}.csv.gz")
        self.expected = self._only(f"expected/postcode_neighbourhood_{self.force}.csv.gz")
        self.residents = self._only(f"population/ward_population_estimate_{self.force}.csv")
        self.crimes = self.path / "crime_street"
        self.counts_month = self._only(f"expected/counts_month_{self.force}.csv.gz")
        self.counts_quarter = self._only(f"expected/counts_quarter_{self.force}.csv.gz")
        self.quality = self._only(f"expected/quality_month_{self.force}.csv")
        self.totals = self._only(f"expected/totals_force_{self.force}.csv")
        self.rates = self._only(f"expected/rates_quarter_{self.force}.csv")

    def _only(self, pattern: str) -> Path:
        found = sorted(self.path.glob(pattern))
        if len(found) != 1:
            raise Incomplete(f"{self.path}: exactly one {pattern} expected, {len(found)} there")
        return found[0]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEBUG", "1")  # local values for what a real site has to set
    django.setup()
    try:
        folder = Folder(Path(arguments[0]))
        with scratch_database():
            import_all(folder)
            wrong = [
                *compare_totals(folder),
                *compare_postcodes(folder),
                *compare_crimes(folder),
                *compare_messy(folder),
            ]
    except (Incomplete, CommandError) as exc:
        print(exc, file=sys.stderr)
        return 1
    for line in wrong[:SHOWN]:
        print(f"WRONG {line}")
    print(f"{len(wrong)} differences." if wrong else "Everything that was compared agrees.")
    return 1 if wrong else 0


@contextmanager
def scratch_database() -> Iterator[None]:
    """A new database with every table, dropped at the end; the given one is left alone."""
    given = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"acceptance_{os.getpid()}"
    with timed("scratch database"):
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(given, verbosity=0)


def import_all(folder: Folder) -> None:
    name = folder.force.replace("-", " ").title()
    with timed("import_force"):
        call_command("import_force", folder.force, name=name)
    with timed("import_boundaries"):
        call_command(
            "import_boundaries", folder.force, folder.outlines, names=folder.names, activate=True
        )
    with timed("import_postcodes"):
        call_command("import_postcodes", folder.postcodes)
    with timed("import_population"):
        call_command("import_population", folder.force, folder.residents)
    with timed("import_crimes"):
        call_command("import_crimes", folder.crimes)


def compare_totals(folder: Folder) -> Iterator[str]:
    named = {row["id"]: row["name"] for row in json.loads(folder.names.read_text())}
    neighbourhood = apps.get_model("neighbourhoods", "Neighbourhood")
    stored = dict(neighbourhood.objects.values_list("code", "name"))
    yield from _unequal("neighbourhoods", len(named), len(stored))
    for code in sorted(named.keys() | stored.keys()):
        if named.get(code) != stored.get(code):
            yield f"name of {code}: expected {named.get(code)!r}, stored {stored.get(code)!r}"
    postcode = apps.get_model("neighbourhoods", "Postcode")
    with gzip.open(folder.postcodes, "rt") as lines:
        in_file = len({row["pcd7"].replace(" ", "") for row in csv.DictReader(lines)})
    yield from _unequal("postcodes", in_file, postcode.objects.count())


def compare_postcodes(folder: Folder) -> Iterator[str]:
    """Every expected postcode through ``locate``, answer and neighbourhoods."""
    with gzip.open(folder.expected, "rt") as lines:
        expected = list(csv.DictReader(lines))
    with timed(f"locate, {len(expected):,} postcodes"):
        located = list(csv.DictReader(_locate([row["postcode"] for row in expected])))
    near = 0
    for row, found in zip(expected, located, strict=True):
        wanted = _wanted(row, folder.force)
        got = found["postcode"], found["answer"], found["neighbourhoods"]
        if got == wanted:
            continue
        if row["metres_to_nearest_boundary"] and float(row["metres_to_nearest_boundary"]) <= NEAR_M:
            near += 1
        else:
            yield f"postcode: expected {wanted}, located {got}"
    print(
        f"compared: {len(expected):,} postcodes located; {near} differ within {NEAR_M} m of a line"
    )


def _locate(postcodes: list[str]) -> io.StringIO:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as written:
        written.write("".join(f"{postcode}\n" for postcode in postcodes))
        written.flush()
        answers = io.StringIO()
        call_command("locate", written.name, stdout=answers)
    answers.seek(0)
    return answers


def _wanted(row: dict[str, str], force: str) -> tuple[str, str, str]:
    codes = sorted(code for code in row["all_matches"].replace(";", "|").split("|") if code)
    return row["postcode"], _answer(row, len(codes)), "|".join(f"{force}/{c}" for c in codes)


def _answer(row: dict[str, str], matches: int) -> str:
    if row["retired"] == "yes":
        return "terminated"
    if row["why_none"] == "(no coordinates)":
        return "unknown"
    return ("outside", "found", "several")[min(matches, 2)]


def compare_crimes(folder: Folder) -> Iterator[str]:
    """The exported counts by month, by quarter and of the whole force, the months, the rates."""
    with timed("export_crime_counts"):
        counts = _exported(folder.force)
    yield from _compare_counts("month", folder.counts_month, counts)
    yield from _compare_counts("quarter", folder.counts_quarter, _summed(counts, _by_quarter))
    yield from _compare_counts("month of the force", folder.totals, _summed(counts, _by_force))
    yield from _compare_months(folder)
    yield from _compare_rates(folder)


def _exported(force: str) -> Counter:
    exported = io.StringIO()
    call_command("export_crime_counts", force, stdout=exported)
    exported.seek(0)
    rows = csv.DictReader(exported)
    return Counter({tuple(row.values())[:3]: int(row["count"]) for row in rows})


def _summed(counts: Counter, key: Callable[[tuple], tuple]) -> Counter:
    summed = Counter()
    for found, count in counts.items():
        summed[key(found)] += count
    return summed


def _by_quarter(key: tuple) -> tuple:
    place, month, crime_type = key
    return place, _quarter(month), crime_type


def _by_force(key: tuple) -> tuple:
    return key[1:]


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _compare_counts(what: str, path: Path, counts: Counter) -> Iterator[str]:
    expected = {}
    for row in _rows(path):
        key = tuple(row[name] for name in list(row)[: list(row).index("n_rows")])
        expected[key] = int(row["n_dedup_exact"])
    yield from _unequal(f"rows of counts by {what}", len(expected), len(counts))
    yield from _unequal(f"incidents by {what}", sum(expected.values()), counts.total())
    for key in sorted(expected.keys() | counts.keys()):
        if expected.get(key, 0) != counts[key]:
            yield f"{'|'.join(key)}: expected {expected.get(key, 0)}, stored {counts[key]}"


def _compare_months(folder: Folder) -> Iterator[str]:
    data_month = apps.get_model("reports", "DataMonth")
    stored = {f"{found.month:%Y-%m}": found for found in data_month.objects.all()}
    for row in _rows(folder.quality):
        found = stored.pop(row["month"])
        wanted = int(row["rows"]) - int(row["malformed_rows"]), int(row["rows_after_dedup_exact"])
        if (found.rows, found.kept) != wanted:
            yield f"{row['month']}: expected {wanted}, stored {(found.rows, found.kept)}"
    yield from (f"{month}: stored, but not expected" for month in stored)


def _compare_rates(folder: Folder) -> Iterator[str]:
    """Every expected rate, as the page of figures works it out.

    The expected rates are of rows, repeats included, so a quarter with repeats has its
    residents compared alone; its count is compared with the others above.
    """
    quarter_figure = import_string("reports.queries.figures.quarter_figure")
    neighbourhood = apps.get_model("neighbourhoods", "Neighbourhood")
    places = {place.code: place for place in neighbourhood.objects.all()}
    same = 0
    for row in _rows(folder.rates):
        quarter = quarter_figure(places[row["neighbourhood_id"]], _months(row["quarter"]))
        wanted, got = int(row["population"]), quarter.residents
        if quarter.count == int(row["n_rows"]):
            same += 1
            wanted, got = float(row["rate_per_1000"]), quarter.rate and round(quarter.rate, 2)
        if wanted != got:
            place = f"{row['neighbourhood_id']} {row['quarter']}"
            yield f"rate of {place}: expected {wanted}, got {got}"
    print(f"compared: {same:,} rates of a quarter")


def _months(quarter: str) -> list[date]:
    last = int(quarter[-1]) * 3
    return [date(int(quarter[:4]), month, 1) for month in range(last - 2, last + 1)]


def compare_messy(folder: Folder) -> Iterator[str]:
    """Damaged files, if there are any."""
    beside = folder.path.absolute().parent / "messy"
    if (beside / "DEFECTS.csv").exists():
        with timed("damaged files"):
            yield from import_string("tests.messy.compare")(beside)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield from csv.DictReader(lines)


def _unequal(what: str, expected: int, stored: int) -> Iterator[str]:
    print(f"compared: {what}, expected {expected:,}, stored {stored:,}")
    if expected != stored:
        yield f"{what}: expected {expected:,}, stored {stored:,}"


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{time.perf_counter() - began:7.2f} s  {what}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
