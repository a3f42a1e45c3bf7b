"""The web server as operations start it: what it refuses before and beside Django."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.processes import start_gunicorn, test_database_url
from tests.services import free_port

LONGEST_LINE = 4094
ALLOWED_AT_ONCE = 30


@pytest.fixture
def connection(transactional_db, tmp_path):
    """A kept-alive connection, which one worker answers."""
    with start_gunicorn(test_database_url(), free_port(), folder=tmp_path) as base_url:
        connection = HTTPConnection(urlsplit(base_url).netloc, timeout=30)
        yield connection
        connection.close()


def ask(connection, path):
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response


def path_for_line_of(characters):
    frame = len("GET /api/forces?x= HTTP/1.1")
    return f"/api/forces?x={'x' * (characters - frame)}"


def test_a_network_that_asks_too_often_is_told_to_wait(connection):
    answers = [ask(connection, "/api/forces") for _ in range(ALLOWED_AT_ONCE)]
    while answers[-1].status == 200 and len(answers) < 10 * ALLOWED_AT_ONCE:
        answers.append(ask(connection, "/api/forces"))

    assert {answer.status for answer in answers[:ALLOWED_AT_ONCE]} == {200}
    assert answers[-1].status == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 2


def test_a_line_that_is_too_long_is_refused(connection):
    statuses = {
        characters: ask(connection, path_for_line_of(characters)).status
        for characters in (LONGEST_LINE, LONGEST_LINE + 1, 2 * LONGEST_LINE, 10_000)
    }

    assert statuses == {4094: 200, 4095: 400, 8188: 400, 10_000: 400}
