"""How the portal bears all of England and Wales: the register, its matches, the nightly audit.

The import runs as forces run it, the command in a process of its own, so that its peak
memory is that of everything it holds. Rows stay: what comes after is measured among them.
"""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench import Pair, nation, report
from neighbourhoods.importers.bulk import among
from neighbourhoods.importers.matching import match_set
from neighbourhoods.models import BoundarySet, Postcode, PostcodeMatch
from reports.snapshots import audit_coverage
from tests.processes import test_database_url

ROOT = Path(__file__).parents[1]
ROWS = nation.LIVE + nation.ENDED
FEW_ROWS, LOCATED = 20_000, 100_000
ROUNDS = 3  # of what is short
KILOBYTE, MEGABYTE = 1_024, 1_000_000


class Run(NamedTuple):
    """What a command took: on the clock, on processors (its own, not the database's), at most."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def measure(folder: Path) -> None:
    """Make the nation, which stays; print what that and the work on it take."""
    few, register = folder / "onspd_few.csv", folder / "onspd_nation.csv"
    nation.write_register(register)
    with register.open() as whole, few.open("w") as part:
        part.writelines(islice(whole, FEW_ROWS + 1))
    nation.load()
    small, first, again = _import(few), _import(register), _import(register)
    _report_import(small, first, again)
    _report_matching()
    _report_looking_up(folder)
    _report_coverage()
    register.unlink()


def _report_import(small: Run, first: Run, again: Run) -> None:
    copying = _copying()
    for name, run in (("import_nation", first), ("import_nation_again", again)):
        report(
            name,
            Pair(run.seconds, copying),
            "s",
            peer="COPY of the same postcodes into a table like theirs",
            rows=ROWS,
            cpu_s=round(run.cpu_seconds, 1),
            floor="value <= 300",
        )
    report(
        "import_nation_peak_memory",
        Pair(first.megabytes, small.megabytes),
        "MB",
        peer=f"the same at {FEW_ROWS:,} rows",
        floor="value <= 400",
    )


def _import(register: Path) -> Run:
    """Raises CalledProcessError where the command fails."""
    command = [sys.executable, "-m", "bench.watched", "import_postcodes", str(register)]
    environment = os.environ | {"DATABASE_URL": test_database_url()}
    before, began = getrusage(RUSAGE_CHILDREN), perf_counter()
    peak = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    seconds, after = perf_counter() - began, getrusage(RUSAGE_CHILDREN)
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu_seconds, int(peak.stdout) * KILOBYTE / MEGABYTE)


def _copying() -> float:
    """Seconds for COPY of all postcodes into a table with the same columns, checks and indexes."""
    table = connection.ops.quote_name(Postcode._meta.db_table)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} TO STDOUT") as copy:
            content = b"".join(copy)
        return median(_copied(cursor, table, content) for _ in range(ROUNDS))


def _copied(cursor, table: str, content: bytes) -> float:
    cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
    began = perf_counter()
    with cursor.copy("COPY bench_copy FROM STDIN") as copy:
        copy.write(content)
    seconds = perf_counter() - began
    cursor.execute("DROP TABLE bench_copy")
    return seconds


def _report_matching() -> None:
    """Match one force's set with all postcodes, as when boundaries come last."""
    in_force = BoundarySet.objects.filter(force="nation-00").get()
    PostcodeMatch.objects.filter(boundary__boundary_set=in_force).delete()
    matching = _seconds(lambda: match_set(in_force))
    matched = Postcode.objects.filter(matches__boundary__boundary_set=in_force)
    reading = _seconds(lambda: list(matched.values_list("code", "lat", "lng")))
    report(
        "match_set_nation",
        Pair(matching, reading),
        "s",
        peer="reading the postcodes that lie in it",
        postcodes=matched.count(),
    )


def _report_looking_up(folder: Path) -> None:
    asked = folder / "asked.txt"
    codes = list(Postcode.objects.order_by("-pk").values_list("pk", flat=True)[:LOCATED])
    asked.write_text("\n".join(codes))
    locating = _seconds(lambda: call_command("locate", asked, stdout=io.StringIO()))
    reading = _seconds(lambda: list(Postcode.objects.filter(pk__in=among(codes))))
    report(
        "locate_nation",
        Pair(locating, reading),
        "s",
        peer="reading the same postcodes by their keys",
        postcodes=len(codes),
    )


def _report_coverage() -> None:
    counting = _seconds(lambda: Postcode.objects.filter(terminated_on=None).count())
    jobs = {
        "audit_coverage_nation": lambda: audit_coverage(now=timezone.now()),
        "coverage_nation": lambda: call_command("coverage", stdout=io.StringIO()),
    }
    for name, job in jobs.items():
        report(
            name,
            Pair(_seconds(job), counting),
            "s",
            peer="counting the postcodes in use",
            neighbourhoods=nation.NEIGHBOURHOODS,
            aim="value <= 60 for both together",
        )


def _seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began
