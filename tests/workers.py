"""Keeps the processes of one test run apart, each beside databases of its own.

Loaded before the settings (``-p`` in pyproject.toml): they read what is set here.
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from coverage import Coverage

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
COVERAGE_FILE = "TESTS_COVERAGE_FILE"  # where the measured processes of a run write


def keep_apart(worker: str) -> None:
    """A PostgreSQL server, Redis database, keys, ledgers and photos of this process alone."""
    number = worker.removeprefix("gw")
    if database_url := os.environ.get(f"DATABASE_URL_{number}"):
        os.environ["DATABASE_URL"] = database_url
    if redis_url := os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = urlsplit(redis_url)._replace(path=f"/{number}").geturl()
    for name in ("ROUND_KEY_DIR", "LEDGER_DIR", "MEDIA_ROOT"):
        if folder := os.environ.get(name):
            os.environ[name] = str(Path(folder) / worker)


def measure() -> Coverage | None:
    """Coverage of this process, begun, where it is one of several that are measured."""
    if not WORKER and (controller := Coverage.current()):
        os.environ[COVERAGE_FILE] = controller.get_option("run:data_file")
    if not WORKER or COVERAGE_FILE not in os.environ:
        return None
    measured = Coverage(data_file=os.environ[COVERAGE_FILE], data_suffix=True)
    measured.start()
    return measured


# Without the launcher, too, no test writes among the photos of a demonstration.
PHOTOS = tempfile.TemporaryDirectory()
os.environ.setdefault("MEDIA_ROOT", PHOTOS.name)
if WORKER:
    keep_apart(WORKER)
MEASUREMENT = measure()


def pytest_sessionfinish() -> None:
    if MEASUREMENT:
        MEASUREMENT.stop()
        MEASUREMENT.save()
