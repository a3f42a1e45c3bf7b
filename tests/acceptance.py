"""Import one real force into a scratch database and compare with its expected results.

    python tests/services.py --no-browser python -m tests.acceptance FOLDER

FOLDER holds boundaries, postcodes and expected results (docs/DEVELOPERS.md); its file
names name the force. Exit code 0 when everything that was compared agrees, else 1. A postcode
within 5 m of a line may fall on either side of it: those are counted, not held against.
"""

import csv
import gzip
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

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

    def _only(self, pattern: str) -> Path:
        found = sorted(self.path.glob(pattern))
        if len(found) != 1:
            raise Incomplete(f"{self.path}: exactly one {pattern} expected, {len(found)} there")
        return found[0]

    @property
    def crime_months(self) -> int:
        return len(list(self.path.glob("crime_street/*/*.csv*")))


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
            wrong = [*compare_totals(folder), *compare_postcodes(folder)]
    except (Incomplete, CommandError) as exc:
        print(exc, file=sys.stderr)
        return 1
    print(f"{folder.crime_months} months of crime files are not compared: no importer yet.")
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
