"""How long imports take and how much memory, beside merely reading the same files."""

import csv
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter

from django.db import connection
from django.utils import timezone

from bench import Pair, middle, report
from config.demo.content import read_contents
from config.demo.loading import load_demo
from neighbourhoods.importers.postcode_files import open_sources
from neighbourhoods.importers.postcodes import import_postcodes
from neighbourhoods.models import Postcode
from neighbourhoods.postcodes import UNIT

ROUNDS = 3
ROWS, MANY_ROWS = 20_000, 60_000
MEGABYTE = 1_000_000

AREA = "ZX"  # no postcode begins so, neither a real one nor the demonstration's
FIRST_DISTRICT, SECTORS = 10, 10
# Around the demonstration's Casterwell, so that many rows lie in a neighbourhood.
LAT, LNG = (52.25, 52.35), (-5.0, -4.86)
# The register as it was published in August 2024.
HEADER = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,"
    "osgrdind,oshlthau,nhser,ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,"
    "npark,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,wz11,sicbl,bua24,ru11ind,oac11,lat,long,"
    "lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
COLUMNS = next(csv.reader([HEADER]))
COUNCILS = 350  # about as many as there are: their codes are kept while the file is read
ENDED_SHARE = 0.3  # of the real register's rows about as many are no longer in use


def measure_demo() -> None:
    """Load the demonstration, which stays, and print how long that took."""
    rounds = [
        Pair(_seconds(lambda: load_demo(now=timezone.now())), _seconds(read_contents))
        for _ in range(ROUNDS)
    ]
    with connection.cursor() as cursor:  # as autovacuum does where rows are older than a second
        cursor.execute("ANALYZE")
    report("load_demo", middle(rounds), "s", peer="parsing its content files", floor="value <= 20")


def measure_register(folder: Path) -> None:
    """Import invented registers, written into ``folder``; print the time and the peak memory."""
    few, many = (_register(folder, rows) for rows in (ROWS, MANY_ROWS))
    rounds = [_beside_reading(few) for _ in range(ROUNDS)]
    report("import_postcodes", middle(rounds), "s", peer="csv.reader", rows=ROWS)
    peaks = Pair(_peak_megabytes(many), _peak_megabytes(few))
    report(
        "import_postcodes_peak_memory",
        peaks,
        "MB",
        peer=f"the same at {ROWS:,} rows",
        rows=MANY_ROWS,
        floor="ratio <= 1.2",
    )


def _beside_reading(register: Path) -> Pair:
    reading = _seconds(lambda: _read(register))
    importing = _seconds(lambda: _import(register))
    _forget()
    return Pair(importing, reading)


def _peak_megabytes(register: Path) -> float:
    """The most that Python held at once for the import beyond what it held before."""
    tracemalloc.start()
    try:
        _import(register)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    _forget()
    return peak / MEGABYTE


def _seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def _read(register: Path) -> None:
    with register.open(encoding="utf-8-sig", newline="") as lines:
        deque(csv.reader(lines), maxlen=0)


def _import(register: Path) -> None:
    import_postcodes(open_sources(register), name=register.name, sha256="")


def _forget() -> None:
    """Remove what was imported, so that every round writes new rows."""
    Postcode.objects.filter(code__startswith=AREA).delete()


# The invented register


def _register(folder: Path, rows: int) -> Path:
    """A register of so many rows; the same ones each time."""
    path = folder / f"onspd_{rows}.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(rows, Random(rows)))
    return path


def _rows(count: int, chance: Random) -> Iterator[list[object]]:
    for number in range(count):
        told = _told(number, chance)
        yield [told[column] if column in told else _code(chance) for column in COLUMNS]


def _code(chance: Random) -> str:
    return f"E{chance.randrange(10**8):08}"


def _told(number: int, chance: Random) -> dict[str, object]:
    """The columns that have a shape of their own; the others hold nine-character codes."""
    outward, inward = _halves(number)
    return {
        "pcd": f"{outward:<4}{inward}",
        "pcd2": f"{outward:<4} {inward}",
        "pcds": f"{outward} {inward}",
        "dointr": "198001",
        "oslaua": f"E{7_000_000 + number % COUNCILS:08}",
        "doterm": "201606" if chance.random() < ENDED_SHARE else "",
        "oseast1m": f"{chance.randrange(700_000):06}",
        "osnrth1m": f"{chance.randrange(1_300_000):07}",
        "lat": round(chance.uniform(*LAT), 6),
        "long": round(chance.uniform(*LNG), 6),
        "imd": chance.randrange(1, 33_000),
    }


def _halves(number: int) -> tuple[str, str]:
    """Outward and inward half of a postcode; each number has another one, in the order of codes."""
    rest, unit = divmod(number, len(UNIT) ** 2)
    district, sector = divmod(rest, SECTORS)
    letters = UNIT[unit // len(UNIT)] + UNIT[unit % len(UNIT)]
    return f"{AREA}{FIRST_DISTRICT + district}", f"{sector}{letters}"
