from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from neighbourhoods import middleware

RATE = "30 per 2 seconds"
ALLOWED = 30


class Clock:
    """Stands in for the clock of the limiter, which reads the machine's, and for ours."""

    def __init__(self):
        self.now = datetime(2031, 3, 4, 12, tzinfo=UTC)

    def time(self) -> float:
        return self.now.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("limits.storage.memory.time.time", clock.time)
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def ask(settings, clock):
    """Asks for an address from another one, and returns the status."""
    settings.API_RATE = RATE
    handler = middleware.api_for_all(lambda request: HttpResponse("answer"))

    def ask(path="/api/forces", peer="192.0.2.7", method="get", **meta):
        return handler(getattr(RequestFactory(), method)(path, REMOTE_ADDR=peer, **meta))

    return ask


def statuses(ask, count, **asked):
    return [ask(**asked).status_code for _ in range(count)]


def test_thirty_at_once_are_answered_and_the_next_is_told_when_to_come_back(ask, clock):
    assert statuses(ask, ALLOWED) == [200] * ALLOWED

    response = ask()

    assert (response.status_code, response.content) == (429, b"Too Many Requests")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Retry-After"] == "2"
    assert response["Cache-Control"] == "no-store"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_who_waits_as_told_is_answered(ask, clock):
    statuses(ask, ALLOWED)

    clock.pass_by(0.5)
    wait_s = int(ask()["Retry-After"])
    clock.pass_by(wait_s + 0.001)

    assert wait_s == 2
    assert ask().status_code == 200


def test_fifteen_a_second_go_on_for_ever(ask, clock):
    answered = []
    for _ in range(300):
        clock.pass_by(1 / 15 + 0.0001)
        answered.append(ask().status_code)

    assert set(answered) == {200}


def test_each_network_is_counted_by_itself(ask):
    statuses(ask, ALLOWED)
    statuses(ask, ALLOWED, peer="2001:db8:1:2::1")

    assert ask(peer="192.0.2.8").status_code == 200
    assert ask(peer="2001:db8:1:2:ffff::9").status_code == 429
    assert ask(peer="2001:db8:1:3::1").status_code == 200


def test_behind_a_proxy_its_clients_are_counted(ask, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    statuses(ask, ALLOWED, HTTP_X_FORWARDED_FOR="203.0.113.9")

    assert ask(HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429
    assert ask(HTTP_X_FORWARDED_FOR="203.0.113.9, 203.0.113.10").status_code == 200


def test_pages_are_not_counted_and_not_opened(ask):
    response = [ask(path="/areas/") for _ in range(ALLOWED + 1)][-1]

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_without_a_rate_nothing_is_counted(ask, settings):
    settings.API_RATE = ""

    assert statuses(ask, ALLOWED + 1) == [200] * (ALLOWED + 1)


def test_a_flood_of_networks_does_not_pile_up(ask, monkeypatch):
    monkeypatch.setattr(middleware, "NETWORKS_KEPT", 3)
    statuses(ask, ALLOWED)
    for last in range(4):
        ask(peer=f"198.51.100.{last}")

    assert ask().status_code == 200  # forgotten with all the others


def test_a_browser_may_ask_first_what_it_may_ask(ask):
    response = ask(method="options")

    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "*"
    assert response["Access-Control-Expose-Headers"] == "ETag, Retry-After"
