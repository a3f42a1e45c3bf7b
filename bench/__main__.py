"""Run every benchmark on a scratch database beside the one in DATABASE_URL.

    python tests/services.py --no-browser python -m bench

The exit code is 0 unless something fails to run: no time is too long.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from bench import bulletins, crimes, imports, nation_scale, pages


def main() -> int:
    if connection.vendor != "postgresql":
        print("DATABASE_URL has to name a PostgreSQL database: use make bench", file=sys.stderr)
        return 2
    # Ended from outside, the run still stops its server and drops its database.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with scratch_database(), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        imports.measure_demo()
        alone = pages.measure(Path(folder))
        imports.measure_register(Path(folder))
        bulletins.measure()
        crimes.measure(Path(folder) / "crimes")
        if os.environ.get("BENCH_NATION"):
            nation_scale.measure(Path(folder))
            pages.measure_among(Path(folder), alone)
    if force := os.environ.get("BENCH_FORCE"):
        with scratch_database():
            bulletins.measure_real(Path(force))
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
