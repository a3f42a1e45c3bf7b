"""Docker starts what the handbook says and what these tests start as local processes."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.processes import WEB, WORKER

ROOT = Path(settings.BASE_DIR)
PORTAL = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def command_of(service: dict) -> list[str]:
    return shlex.split(service["command"])


def in_handbook(process: str) -> list[str]:
    """The command that docs/operations.md gives for a process."""
    text = (ROOT / "docs/operations.md").read_text()
    return shlex.split(re.search(rf"^\| {process} \| `([^`]+)`", text, re.MULTILINE)[1])


def test_web_and_worker_are_what_the_tests_start(services):
    assert command_of(services["web"]) == WEB
    assert command_of(services["worker"]) == WORKER


@pytest.mark.parametrize(
    ("process", "service"), [("web", "web"), ("worker", "worker"), ("scheduler", "beat")]
)
def test_the_handbook_names_the_same_commands(services, process, service):
    assert command_of(services[service]) == in_handbook(process)


def test_the_image_serves_the_web_by_default():
    [command] = re.findall(r"^CMD (\[.+\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert yaml.safe_load(command) == WEB


def test_beat_lives_in_utc(services):
    assert services["beat"]["environment"]["TZ"] == "UTC"


def test_the_database_is_set_up_once_before_anything_starts(services):
    assert services["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_secrets_come_from_the_environment_file_alone(services):
    for name in PORTAL:
        assert services[name]["env_file"] == ".env"
        assert not {"SECRET_KEY", "SECRETS_KEY"} & services[name]["environment"].keys()
    passwords = [
        services["postgres"]["environment"]["POSTGRES_PASSWORD"],
        re.search(r"portal:(.+)@postgres", services["web"]["environment"]["DATABASE_URL"])[1],
    ]
    assert passwords == ["${POSTGRES_PASSWORD:?Set POSTGRES_PASSWORD in .env}"] * 2
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()


def test_the_image_runs_without_rights_and_says_how_it_is():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["portal"]
    assert re.search(r"^HEALTHCHECK .+/health/live", dockerfile, re.MULTILINE | re.DOTALL)
