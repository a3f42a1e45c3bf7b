import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from config.demo import serving
from config.demo.loading import RealForcePresent, load_demo
from neighbourhoods.models import Neighbourhood
from tests.factories.neighbourhoods import ForceFactory
from tests.processes import ROOT, Process, running, wait_for
from tests.services import free_port

LOADED = datetime(2026, 5, 14, 10, 30, tzinfo=UTC)
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORES_SIGTERM = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
]


def ends_with(code: int) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.exit({code})"]


@pytest.fixture
def send_soon():
    """Have this process sent a signal in a moment; its handlers are put back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    timers = []

    def send(number: int) -> None:
        timers.append(threading.Timer(0.4, os.kill, [os.getpid(), number]))
        timers[-1].start()

    yield send
    for timer in timers:
        timer.cancel()
        timer.join()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def started(monkeypatch):
    """The processes that serving starts, in order."""
    processes = []

    def start(*args, **kwargs):
        processes.append(real(*args, **kwargs))
        return processes[-1]

    real = subprocess.Popen
    monkeypatch.setattr(serving.subprocess, "Popen", start)
    return processes


# The port -----------------------------------------------------------------------------------


def test_a_free_port_may_be_used_again_at_once():
    port = free_port()
    serving.require_port(port)
    serving.require_port(port)


def test_a_port_in_use_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serving.PortInUse, match=rf"Port {port} .* make demo PORT="):
            serving.require_port(port)


def test_a_port_that_does_not_exist_is_named():
    with pytest.raises(serving.PortInUse, match="Port 70000"):
        serving.require_port(70_000)


# The database -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_prepare_loads_once_and_keeps_what_a_visitor_did():
    serving.prepare(now=LOADED)
    Neighbourhood.objects.filter(code="harkstow").update(name="Renamed by a visitor")

    serving.prepare(now=LOADED + timedelta(days=9))

    assert Neighbourhood.objects.get(code="harkstow").name == "Renamed by a visitor"


@pytest.mark.django_db
def test_neither_served_nor_deleted_where_a_real_force_is():
    ForceFactory(id="real-force")

    with pytest.raises(RealForcePresent, match="holds real-force"):
        serving.prepare(now=LOADED)
    with pytest.raises(RealForcePresent, match="holds real-force"):
        serving.delete_demo()


def test_remove_files_takes_the_database_its_log_and_the_mails_and_nothing_else(tmp_path):
    for name in ("demo.sqlite3", "demo.sqlite3-wal", "demo.sqlite3-shm", "secret_key"):
        (tmp_path / name).touch()
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.log").touch()

    serving.remove_files(tmp_path / "demo.sqlite3", tmp_path / "mail")
    serving.remove_files(tmp_path / "demo.sqlite3", tmp_path / "mail")

    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.django_db
def test_the_keys_of_its_votes_go_with_the_database(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)
    load_demo(now=LOADED)
    assert len(list(tmp_path.iterdir())) == 4

    serving.forget_round_keys()

    assert list(tmp_path.iterdir()) == []


# What it says -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "warning"),
    [
        (timedelta(days=3), ""),
        (
            timedelta(days=3, seconds=1),
            "Demo data is 3 days old: `make demo FRESH=1` renews it",
        ),
        (timedelta(days=9), "Demo data is 9 days old: `make demo FRESH=1` renews it"),
    ],
)
def test_old_data_are_named_after_three_days(age, warning):
    load_demo(now=LOADED)
    assert serving.age_warning(now=LOADED + age) == warning


@pytest.mark.django_db
def test_data_that_were_never_loaded_have_no_age():
    assert serving.age_warning(now=LOADED) == ""


@pytest.mark.django_db
def test_welcome_says_five_things(settings):
    settings.DEMO = True
    load_demo(now=LOADED)

    address, postcodes, staff, mail, set_up = serving.welcome(port=8123, seconds=2.34)

    assert address == "Address    http://127.0.0.1:8123/ (in Welsh: http://127.0.0.1:8123/cy/)"
    assert len(postcodes.splitlines()) == 10
    assert "WQ1 3QS  two teams claim it: choose" in postcodes
    assert staff.startswith("Staff      http://127.0.0.1:8123/staff/ for ")
    assert staff.count(",") == 11
    assert "Insp Ruth Quillfeather" in staff
    assert mail == f"Mail       {settings.MAIL_DIR}"
    assert set_up == "Set up     in 2.3 seconds. Ctrl+C ends it."


# The processes ------------------------------------------------------------------------------


@pytest.mark.usefixtures("send_soon")
def test_one_that_ends_ends_the_other(started):
    assert serving.run_together([ends_with(3), SLEEPER]) == 3
    assert [process.returncode for process in started] == [3, -signal.SIGTERM]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both(started, send_soon, number):
    send_soon(number)

    assert serving.run_together([SLEEPER, SLEEPER]) == 0
    assert [process.returncode for process in started] == [-signal.SIGTERM] * 2


def test_one_that_does_not_listen_is_killed(started, send_soon, monkeypatch):
    monkeypatch.setattr(serving, "STOP_SECONDS", 0.2)
    send_soon(signal.SIGTERM)

    assert serving.run_together([IGNORES_SIGTERM]) == 0
    assert [process.returncode for process in started] == [-signal.SIGKILL]


def test_the_command_serves_says_where_and_ends_cleanly(tmp_path):
    port = free_port()
    own = {"DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3"} | local()
    command = ["manage", "demo", "--port", str(port), "--started", str(time.time())]
    log = tmp_path / "demo.log"

    with running(command, env=own, log=log, ready=lambda _: listens(port)) as process:
        assert f"Address    http://127.0.0.1:{port}/" in process.said
        second = subprocess.run(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        process.popen.terminate()
        assert process.popen.wait(15) == 0

    assert second.returncode == 1
    assert f"Port {port} of this machine cannot be used" in second.stderr
    wait_for(lambda: not listens(port), "the port is free again")
    assert group_is_empty(process)


def test_the_command_is_for_the_demonstration_alone(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="needs DEMO=1"):
        call_command("demo")


@pytest.mark.django_db
def test_tick_every_goes_on_until_it_is_ended(send_soon, settings):
    settings.JOBS = {}
    send_soon(signal.SIGTERM)
    call_command("tick", every=0.05)


@pytest.mark.parametrize("wrong", [{"every": 0}, {"every": 5, "now": LOADED}])
def test_tick_every_takes_seconds_and_no_other_clock(wrong):
    with pytest.raises(CommandError, match="--every takes a number of seconds"):
        call_command("tick", **wrong)


def local() -> dict[str, str]:
    """Empty values for what the test run sets beside a real database."""
    return {"ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": "http://127.0.0.1", "REDIS_URL": ""}


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def group_is_empty(process: Process) -> bool:
    """Whether nothing that the command started is left."""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False
