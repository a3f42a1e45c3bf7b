"""How long counting crime takes and how much memory, beside merely reading the same files."""

import csv
import gzip
import os
import tracemalloc
from collections import deque
from datetime import date
from pathlib import Path
from random import Random
from time import perf_counter

from bench import Pair, middle, report
from neighbourhoods.models import Force
from reports.importers.crime_files import crime_files
from reports.importers.crimes import import_crimes
from reports.models import CrimeCount, CrimeType, DataMonth

ROUNDS = 3
MONTHS_FEW, MONTHS_MANY = 3, 24
ROWS_A_MONTH, PLACES = 8_000, 3_000  # as a middling force has
MEGABYTE = 1_000_000
ON = date(2099, 12, 31)
# Around the demonstration's Casterwell, as the invented postcodes are.
LAT, LNG = (52.25, 52.35), (-5.0, -4.86)
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


def measure(folder: Path) -> None:
    """Import invented months, written into ``folder``, and real ones of BENCH_CRIMES if given.

    BENCH_CRIMES is a folder of one force's files; that force is made for the time being,
    without boundaries.
    """
    force = Force.objects.order_by("pk").first()
    few, many = (_written(folder / str(n), force, n) for n in (MONTHS_FEW, MONTHS_MANY))
    _report("import_crimes", many)
    peaks = Pair(_peak_megabytes(many), _peak_megabytes(few))
    report(
        "import_crimes_peak_memory",
        peaks,
        "MB",
        peer=f"the same with {MONTHS_FEW} months",
        months=MONTHS_MANY,
        floor="ratio <= 1.2",
    )
    if real := os.environ.get("BENCH_CRIMES"):
        _measure_real(Path(real))


def _measure_real(folder: Path) -> None:
    pk = next(file.force for file in crime_files([folder]) if file.force)
    made = None if Force.objects.filter(pk=pk).exists() else Force.objects.create(pk=pk, name=pk)
    _report("import_crimes_real", folder)
    if made:
        made.delete()


def _report(name: str, folder: Path) -> None:
    rounds = [_beside_reading(folder) for _ in range(ROUNDS)]
    report(name, middle(rounds), "s", peer="csv.reader", floor="ratio <= 6")


def _beside_reading(folder: Path) -> Pair:
    began = perf_counter()
    for path in sorted(folder.rglob("*-street.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
            deque(csv.reader(lines), maxlen=0)
    reading = perf_counter() - began
    began = perf_counter()
    _import(folder)
    importing = perf_counter() - began
    _forget()
    return Pair(importing, reading)


def _peak_megabytes(folder: Path) -> float:
    """The most that Python held at once for the import beyond what it held before."""
    tracemalloc.start()
    try:
        _import(folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    _forget()
    return peak / MEGABYTE


def _import(folder: Path) -> None:
    import_crimes(crime_files([folder]), name=folder.name, on=ON)


def _forget() -> None:
    """Remove what was imported, so that every round writes new rows."""
    CrimeCount.objects.all().delete()
    DataMonth.objects.all().delete()


def _written(folder: Path, force: Force, months: int) -> Path:
    """A folder of so many month files; the same ones each time."""
    for number in range(months):
        month = f"{2090 + number // 12}-{number % 12 + 1:02}"
        path = folder / month / f"{month}-{force.pk}-street.csv.gz"
        path.parent.mkdir(parents=True)
        chance = Random(number)
        rows = (_row(month, force.name, chance) for _ in range(ROWS_A_MONTH))
        path.write_bytes(gzip.compress("\n".join([HEADER, *rows]).encode(), 6))
    return folder


def _row(month: str, force_name: str, chance: Random) -> str:
    kind = chance.choice(CrimeType.values)
    crime_id = f"{chance.getrandbits(256):064x}"
    if kind == CrimeType.ANTI_SOCIAL_BEHAVIOUR:
        crime_id = ""
    place = Random(chance.randrange(PLACES))
    at = f"{place.uniform(*LNG):.6f},{place.uniform(*LAT):.6f}"
    street = f"On or near Invented Street {chance.randrange(PLACES)}"
    within = f"{force_name},{force_name}"
    return f"{crime_id},{month},{within},{at},{street},,,{kind},Under investigation,"
