"""Real processes for tests: the web server, a worker, a mail server that keeps a journal.

Each starts on a free port of 127.0.0.1, is waited for until it is ready, and is ended by
its own process id. What it writes goes to a file in the folder that the test gives.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from django.db import connection, connections

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
START_S, STOP_S = 30, 15
# What docs/operations.md and docker-compose.yml start, too; tests/config/test_compose.py compares.
WEB = ["gunicorn", "config.wsgi", "--workers", "2", "--threads", "4", "--no-control-socket"]
WORKER = ["celery", "-A", "config", "worker"]


class NotInTime(AssertionError):
    """A condition that a test waited for did not come about."""


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = START_S) -> object:
    """What ``condition`` returns once that is true. Raises NotInTime, naming ``what``."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise NotInTime(f"Not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return found


def together(count: int, call: Callable[[], object]) -> list[object]:
    """What ``count`` threads return that make the same call at the same moment.

    Each has a database connection of its own. The first failure is raised.
    """
    gate, results, failures = threading.Barrier(count), [], []

    def run() -> None:
        try:
            gate.wait()
            results.append(call())
        except BaseException as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def test_database_url() -> str:
    """The address of the database that this test writes to, for processes beside it."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    password = f":{of['PASSWORD']}" if of["PASSWORD"] else ""
    return f"postgres://{of['USER']}{password}@{of['HOST']}:{of['PORT']}/{of['NAME']}"


test_database_url.__test__ = False


# Mail


@dataclass(frozen=True)
class Received:
    """A mail that reached the sink, whatever the sink then answered."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]

    def part(self, subtype: str) -> str:
        """The text of the ``plain`` or ``html`` part."""
        return self.message.get_body((subtype,)).get_content()


class SmtpSink:
    """A mail server on loopback that writes down what it is given.

    ``answer_sender``, ``answer_recipient`` and ``answer_data`` are what it answers at those
    steps. From ``hold`` to ``release`` it keeps a mail's sender waiting for the answer to
    the text: ``holding`` is set once one waits.
    """

    def __init__(self) -> None:
        self.journal: list[Received] = []
        self.answer_sender = self.answer_recipient = self.answer_data = "250 OK"
        self.holding = threading.Event()
        self._let_go = threading.Event()
        self._let_go.set()
        self._server = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def url(self) -> str:
        """What to put into EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [mail.message_id for mail in self.journal]

    def __enter__(self) -> "SmtpSink":
        self._server.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()
        self._server.stop()

    def hold(self) -> None:
        self._let_go.clear()

    def release(self) -> None:
        self._let_go.set()
        self.holding.clear()

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.answer_sender.startswith("250"):
            envelope.mail_from = address
        return self.answer_sender

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.answer_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_recipient

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.journal.append(Received(tuple(envelope.rcpt_tos), message))
        if not self._let_go.is_set():
            self.holding.set()
            await server.loop.run_in_executor(None, self._let_go.wait)
        return self.answer_data


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word; yields its port."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


# Processes


@dataclass
class Process:
    """A running program, with the file that it writes to."""

    popen: subprocess.Popen
    log: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """End it with SIGKILL, as the kernel would, children included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self) -> None:
        """Ask it to end; kill it where it does not in time."""
        self.popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(STOP_S)
        self.kill()


@contextlib.contextmanager
def running(
    module: Sequence[str], *, env: dict[str, str], log: Path, ready: Callable[[Process], object]
) -> Iterator[Process]:
    """``python -m module`` in a process group of its own, once ``ready`` says so."""
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = Process(popen, log)
    try:
        _await(process, ready)
        yield process
    finally:
        process.stop()


def _await(process: Process, ready: Callable[[Process], object]) -> None:
    def ready_or_ended() -> bool:
        return bool(process.popen.poll() is not None or ready(process))

    try:
        wait_for(ready_or_ended, f"{process.popen.args} is ready")
    except NotInTime as exc:
        raise NotInTime(f"{exc}\n{process.said[-4000:]}") from None
    if process.popen.poll() is not None:
        raise NotInTime(f"{process.popen.args} ended at once:\n{process.said[-4000:]}")


@contextlib.contextmanager
def start_gunicorn(
    database_url: str, port: int, env: dict[str, str] | None = None, *, folder: Path
) -> Iterator[str]:
    """The portal's web server on ``port``; yields its base address, without a last slash."""
    base_url = f"http://127.0.0.1:{port}"
    # A control socket would be a file in the home folder, shared by all.
    module = [*WEB, "--bind", f"127.0.0.1:{port}"]
    hosts = {"ALLOWED_HOSTS": "127.0.0.1,localhost"}  # by its name for passkeys
    own = {"DATABASE_URL": database_url, "SITE_URL": base_url, **hosts}
    log = folder / f"gunicorn-{port}.log"
    with running(module, env=own | (env or {}), log=log, ready=lambda _: _answers(base_url)):
        yield base_url


def _answers(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/health/live", timeout=5) as response:  # noqa: S310
            return response.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def start_worker(
    database_url: str, env: dict[str, str] | None = None, *, folder: Path
) -> Iterator[Process]:
    """A Celery worker on the launcher's Redis, in one process, once it takes tasks."""
    name = f"worker-{free_port()}"
    module = [*WORKER, "-P", "solo", "--loglevel", "INFO"]
    module += ["--hostname", f"{name}@test", "--without-gossip", "--without-mingle"]
    with running(
        module,
        env={"DATABASE_URL": database_url} | (env or {}),
        log=folder / f"{name}.log",
        ready=lambda process: " ready." in process.said,
    ) as process:
        yield process
