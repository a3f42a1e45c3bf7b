"""Run every benchmark on a scratch database beside the one in DATABASE_URL.

    python tests/services.py --no-browser python -m bench

The exit code is 0 unless something fails to run: no time is too long. The last line says how
long the whole took, how many processes wanted a processor in its last quarter of an hour, and
which floors were missed.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from django.db import connection

from bench import bulletins, crimes, imports, missed, nation_scale, pages
from tests.processes import test_database_url


def main() -> int:
    if connection.vendor != "postgresql":
        print("DATABASE_URL has to name a PostgreSQL database: use make bench", file=sys.stderr)
        return 2
    # Ended from outside, the run still stops its server and drops its database.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = perf_counter()
    with scratch_database(), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _measure(Path(folder))
    if force := os.environ.get("BENCH_FORCE"):
        with scratch_database():
            bulletins.measure_real(Path(force))
    took, load = round(perf_counter() - began), round(os.getloadavg()[-1], 1)
    last = {"name": "everything", "seconds": took, "load_average": load, "missed": missed}
    print(json.dumps(last), flush=True)
    return 0


def _measure(folder: Path) -> None:
    """Measure one force, and after it, where that is asked for, a nation with it inside."""
    imports.measure_demo()
    pages.measure(folder)
    imports.measure_register(folder)
    bulletins.measure()
    crimes.measure(folder / "crimes")
    if os.environ.get("BENCH_NATION"):
        with copy_of_database() as one_force:
            nation_scale.measure(folder)
            pages.measure_among(folder, one_force)


@contextmanager
def scratch_database() -> Iterator[None]:
    """A new database with every table, dropped at the end; the given one is left alone."""
    given = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(given, verbosity=0)


@contextmanager
def copy_of_database() -> Iterator[str]:
    """The address of a second database with the rows of the first as they are now."""
    connection.close()  # PostgreSQL copies none that somebody is in
    connection.creation.clone_test_db("one_force", verbosity=0, autoclobber=True)
    try:
        yield f"{test_database_url()}_one_force"
    finally:
        connection.creation.destroy_test_db(suffix="one_force", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
