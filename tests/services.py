"""Run a command beside private PostgreSQL and Redis servers that end with it.

    python tests/services.py [--no-browser] COMMAND…

COMMAND finds them in DATABASE_URL and REDIS_URL, and a browser's path in CHROMIUM.
A variable that is set already is left as it is and nothing is started for it; the other
settings that the portal insists on beside a real database get throwaway values.
Where TEST_PROCESSES is over 1, each further test process has a PostgreSQL server of its own,
in DATABASE_URL_1 and so on: the audit record is not sealed past a transaction that is open
anywhere on its server.
The exit code is COMMAND's own; 128 + the signal's number where a signal ended the run.

Only the standard library is used: this runs before anything is installed, too.
"""

import base64
import contextlib
import glob
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

OLDEST_POSTGRESQL = 14  # the oldest that Django 5.2 supports
START_S, STOP_S, COMMAND_STOP_S = 60, 10, 20
# Below the ports that Linux and macOS hand out by themselves: a test that stops a
# server and starts it again must find its port free.
PORTS = range(20_000, 32_000)
POSTGRESQL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# what is needed: (apt package, how to get it with Homebrew)
SOURCES = {
    f"PostgreSQL {OLDEST_POSTGRESQL} or newer": ("postgresql", "brew install postgresql@17"),
    "redis-server": ("redis-server", "brew install redis"),
    "Chromium": ("chromium", "brew install --cask chromium"),
}
# Upper and lower case of Welsh letters need a UTF-8 locale.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


class CannotStart(Exception):
    """A server did not come up, or a program is missing; the message is for the reader."""


def main(arguments: Sequence[str]) -> int:
    browser = arguments[:1] != ["--no-browser"]
    command = list(arguments) if browser else list(arguments[1:])
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end_once)
    try:
        with contextlib.ExitStack() as ends:
            return _run(command, _environment(ends, browser=browser))
    except CannotStart as exc:
        print(exc, file=sys.stderr)
        return 1


def _end_once(number: int, _frame) -> None:
    """Leave by way of every ``finally``; a second signal must not cut that short."""
    _ignore_signals()
    raise SystemExit(128 + number)


def _ignore_signals() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)


def _environment(ends: contextlib.ExitStack, *, browser: bool) -> dict[str, str]:
    """The environment for the command, once everything it names is up."""
    _supply(browser=browser)
    environment = _throwaway_settings() | os.environ
    for folder in ("ROUND_KEY_DIR", "LEDGER_DIR", "MEDIA_ROOT"):
        if not environment.get(folder):
            environment[folder] = ends.enter_context(tempfile.TemporaryDirectory())
    if not environment.get("DATABASE_URL"):
        programs = find_postgresql()
        environment["DATABASE_URL"] = ends.enter_context(postgresql(programs))
        for number in range(1, int(environment.get("TEST_PROCESSES", 1))):
            environment[f"DATABASE_URL_{number}"] = ends.enter_context(postgresql(programs))
    if not environment.get("REDIS_URL"):
        environment["REDIS_URL"] = ends.enter_context(redis(shutil.which("redis-server")))
    if browser and not environment.get("CHROMIUM"):
        environment["CHROMIUM"] = find_browser()
    return environment


def _throwaway_settings() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SECRETS_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "portal@example.org",
    }


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command in a process group of its own and end whatever it leaves behind."""
    try:
        process = subprocess.Popen(command, env=environment, start_new_session=True)
    except OSError as exc:
        raise CannotStart(f"{command[0]}: {exc.strerror}") from exc
    try:
        code = process.wait()
    except SystemExit as exc:
        process.send_signal(exc.code - 128)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(COMMAND_STOP_S)
        raise
    finally:
        _ignore_signals()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return code if code >= 0 else 128 - code


# Programs


def find_postgresql() -> Path | None:
    """The folder with the newest usable PostgreSQL's programs."""
    folders = [folder for pattern in POSTGRESQL_FOLDERS for folder in glob.glob(pattern)]
    if on_path := shutil.which("initdb"):
        folders.append(os.path.dirname(os.path.realpath(on_path)))
    found = [(postgresql_version(Path(folder)), folder) for folder in folders]
    version, folder = max(found, default=(0, ""))
    return Path(folder) if version >= OLDEST_POSTGRESQL else None


def postgresql_version(folder: Path) -> int:
    """The major version; 0 where the folder lacks a program that is needed."""
    needed = ("postgres", "initdb", "pg_isready", "createdb")
    if not all(os.access(folder / name, os.X_OK) for name in needed):
        return 0
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _missing(*, browser: bool) -> list[str]:
    """The names in ``SOURCES`` of what is needed here and not found."""
    have = (
        os.environ.get("DATABASE_URL") or find_postgresql(),
        os.environ.get("REDIS_URL") or shutil.which("redis-server"),
        os.environ.get("CHROMIUM") or find_browser() or not browser,
    )
    return [name for name, found in zip(SOURCES, have, strict=True) if not found]


def _supply(*, browser: bool) -> None:
    """Install what is missing where that is allowed, else stop with the exact list."""
    missing = _missing(browser=browser)
    if missing and (apt_get := _apt_get()):
        packages = [SOURCES[name][0] for name in missing]
        install = ["install", "--yes", "--no-install-recommends", *packages]
        for step in (["update", "--quiet"], install):
            print(f"{', '.join(missing)} missing, so:", *apt_get, *step, flush=True)
            subprocess.run([*apt_get, *step], check=False)
        missing = _missing(browser=browser)
    if missing:
        raise CannotStart("\n".join(["These programs are missing:", *map(_how_to_get, missing)]))


def _how_to_get(name: str) -> str:
    package, brew = SOURCES[name]
    return f"  {name}: apt-get install {package} (Debian, Ubuntu), or {brew} (macOS)"


def _apt_get() -> list[str] | None:
    """How apt-get may be run here without a question; None where it may not."""
    if not shutil.which("apt-get"):
        return None
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if os.geteuid() == 0:
        return quiet
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n", *quiet] if allowed else None


# Servers


@contextlib.contextmanager
def postgresql(programs: Path) -> Iterator[str]:
    """A new cluster with an empty database ``portal``; yields its DATABASE_URL."""
    user, port = _server_user(), free_port()
    with _folder(**user) as folder:
        data, at = folder / "data", ["-h", "127.0.0.1", "-p", str(port)]
        initdb = [programs / "initdb", "-D", data, "-U", "portal", "-E", "UTF8"]
        options = {"cwd": folder, "env": os.environ | {"LC_ALL": LOCALE}, **user}
        _call([*initdb, f"--locale={LOCALE}", "--auth=trust", "--no-sync"], **options)
        # A scratch cluster has nothing to lose, so it need not wait for the disk.
        unsafe = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off"]
        # Several test processes, each with fifty threads that meet in a race.
        room = ["-c", "max_connections=300"]
        server = [programs / "postgres", "-D", data, *at, "-k", folder, *unsafe, *room]
        ready = [programs / "pg_isready", "--quiet", *at]
        with _server(server, folder, lambda: subprocess.run(ready).returncode == 0, **options):
            _call([programs / "createdb", *at, "-U", "portal", "portal"])
            yield f"postgres://portal@127.0.0.1:{port}/portal"


@contextlib.contextmanager
def redis(program: str) -> Iterator[str]:
    """An empty Redis that keeps nothing; yields its REDIS_URL."""
    port = free_port()
    with _folder() as folder:
        server = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        forget = ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        with _server([*server, *forget], folder, lambda: _redis_answers(port), cwd=folder):
            yield f"redis://127.0.0.1:{port}/0"


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextlib.contextmanager
def _server(command: list, folder: Path, is_ready: Callable, **options) -> Iterator[None]:
    """The server, ready, in a session of its own so that Ctrl-C reaches only us."""
    with (folder / "log").open("wb") as log:
        files = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, start_new_session=True, **files, **options)
    try:
        _await(process, is_ready, folder / "log")
        yield
    finally:
        process.send_signal(signal.SIGINT)  # to both servers: end now, cleanly
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen, is_ready: Callable, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(f"{process.args[0]} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _call(command: list, **options) -> None:
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise CannotStart(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _server_user() -> dict:
    """Popen's arguments that make the server another user's: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _folder(user: int = -1, group: int = -1, **_others) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="portal-", ignore_cleanup_errors=True) as name:
        os.chown(name, user, group)
        yield Path(name)


def free_port() -> int:
    """A port of 127.0.0.1 in ``PORTS`` that nothing listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
