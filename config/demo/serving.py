"""What ``make demo`` does around the portal: its database, its port, its two processes."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from config.demo.content import read_contents
from config.demo.loading import load_demo, loaded_at, refuse_other_forces
from config.demo_sign_in import demo_cast
from neighbourhoods.models import Force
from priorities.models import Round
from priorities.round_keys import destroy_round_key

OLD_AFTER = timedelta(days=3)
TICK_SECONDS = 15
STOP_SECONDS = 10
POLL_SECONDS = 0.2
MARGIN = " " * 11


class PortInUse(Exception):
    """Nothing can be served there; the message says what to do."""


def require_port(port: int) -> None:
    """Raise PortInUse unless a server can listen on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as exc:
            raise PortInUse(
                f"Port {port} of this machine cannot be used ({exc}). "
                "Choose another: make demo PORT=8001"
            ) from exc


def delete_demo() -> None:
    """Remove the demonstration's database, the keys of its votes and its mails.

    Raises RealForcePresent, and removes nothing, where it holds another force.
    """
    with suppress(DatabaseError):  # no tables, or no database: nothing of value either
        refuse_other_forces()
        forget_round_keys()
    connection.close()
    remove_files(Path(settings.DATABASES["default"]["NAME"]), settings.MAIL_DIR)


def forget_round_keys() -> None:
    """Destroy the key of every round that the database holds."""
    for pk in Round.objects.values_list("pk", flat=True):
        destroy_round_key(pk)


def remove_files(database: Path, mail_dir: Path) -> None:
    """Delete an SQLite database with what lies beside it, and a folder of mails."""
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    rmtree(mail_dir, ignore_errors=True)


def prepare(*, now: datetime) -> None:
    """Bring the database up to date; load the demonstration where it is empty.

    Raises RealForcePresent where the database holds another force.
    """
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    refuse_other_forces()
    if not Force.objects.exists():
        load_demo(now=now)


def age_warning(*, now: datetime) -> str:
    """A line that says how old the data are; empty while they are young."""
    loaded = loaded_at()
    if loaded is None or now - loaded <= OLD_AFTER:
        return ""
    return f"Demo data is {(now - loaded).days} days old: `make demo FRESH=1` renews it"


def welcome(*, port: int, seconds: float) -> list[str]:
    """What a visitor has to know, in five entries: address, postcodes, staff, mail, time."""
    address = f"http://127.0.0.1:{port}"
    examples = [example for content in read_contents() for example in content.tables["examples"]]
    postcodes = [f"{example['postcode']:<9}{example['shows']}" for example in examples]
    cast = ", ".join(person["name"] for person in demo_cast())
    return [
        f"Address    {address}/ (in Welsh: {address}/cy/)",
        "Postcodes  " + f"\n{MARGIN}".join(postcodes),
        f"Staff      {address}/staff/ for {cast}",
        f"Mail       {settings.MAIL_DIR}",
        f"Set up     in {seconds:.1f} seconds. Ctrl+C ends it.",
    ]


def serve(*, port: int) -> int:
    """Serve the portal and do its periodic work until ended; return the exit code."""
    web = ["-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2"]
    tick = ["manage.py", "tick", f"--every={TICK_SECONDS}"]
    return run_together(
        [
            [sys.executable, *web, "--threads=4", "--log-level=warning", "--no-control-socket"],
            [sys.executable, *tick],
        ]
    )


def run_together(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands side by side until one ends or a signal comes; then end them all.

    Returns the exit code of the one that ended first, 0 after a signal.
    """
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    processes = [subprocess.Popen(command, cwd=settings.BASE_DIR) for command in commands]
    while not asked.wait(POLL_SECONDS) and not _ended(processes):
        continue
    code = 0 if asked.is_set() else _ended(processes)[0].returncode
    _end(processes)
    return code


def _ended(processes: Sequence[subprocess.Popen]) -> list[subprocess.Popen]:
    return [process for process in processes if process.poll() is not None]


def _end(processes: Sequence[subprocess.Popen]) -> None:
    """Ask each to end; kill one that has not after STOP_SECONDS."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
