"""Requests a second that two gunicorn workers answer, beside those of a view that says "ok"."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from urllib.parse import urlsplit

from django.db import connection

from bench import Pair, middle, report
from tests.processes import start_gunicorn, test_database_url
from tests.services import free_port

ROUNDS = 5
WINDOW_S, WARM_UP_S = 1.0, 0.5
CLIENTS = 8  # one for each of the four threads of both workers
# Longer than any pause between two windows: a connection lasts for the whole run.
SERVER_OPTIONS = {
    "GUNICORN_CMD_ARGS": "--keep-alive=60 --log-level=warning",
    "DJANGO_SETTINGS_MODULE": "tests.unlimited",
}


class WrongAnswer(Exception):
    """A page did not answer as it should, so its speed means nothing."""


@dataclass(frozen=True)
class Page:
    """An address and the status that it answers. ``held``: the reader has the page already.

    ``aim`` is what its rate beside the peer's should at least be.
    """

    name: str
    path: str
    status: int = 200
    held: bool = False
    aim: float = 0


@dataclass(frozen=True)
class Window:
    """What all clients together saw in a short while: requests/s, and seconds for each."""

    rate: float
    seconds: list[float]


Measured = tuple[Pair, list[float]]  # a round's rates, and the seconds of each request
HOME = "/areas/casterwell/harkstow/"
PEER = Page("health_live", "/health/live")
PAGES = (
    Page("find_postcode", "/find?postcode=WQ2+5HD", 302, aim=0.45),
    Page("neighbourhood_home", HOME, aim=0.12),
    Page("neighbourhood_home_held", HOME, 304, held=True, aim=0.6),
    Page("api_locate_neighbourhood", "/api/locate-neighbourhood?q=52.30080,-4.95676", aim=0.6),
    Page("api_postcodes", "/api/postcodes/WQ2%205HD", aim=0.6),
    Page("api_forces", "/api/forces"),
)


class Clients:
    """Kept-alive connections that all ask for the same page at once, again and again."""

    def __init__(self, connections: list[HTTPConnection], pool: ThreadPoolExecutor):
        self.connections = connections
        self.pool = pool

    def ask(self, page: Page, seconds: float = WINDOW_S) -> Window:
        headers = {"If-None-Match": self._etag(page)} if page.held else {}
        until = perf_counter() + seconds

        def one(connection: HTTPConnection) -> list[float]:
            return list(_times(connection, page, headers, until=until))

        took = list(self.pool.map(one, self.connections))
        # Of each client by itself: they do not end at the same moment.
        rate = sum(len(times) / sum(times) for times in took)
        return Window(rate, [time for times in took for time in times])

    def _etag(self, page: Page) -> str:
        """Asked for anew each time: it changes with the hour."""
        self.connections[0].request("GET", page.path)
        answer = self.connections[0].getresponse()
        answer.read()
        return answer.headers["ETag"]


def measure(folder: Path) -> dict[Page, float]:
    """Print a line for each page and return their ratios.

    The database holds the demonstration; ``folder`` takes a log.
    """
    measured = _rounds(folder)
    for page, rounds in measured.items():
        _report(page.name, rounds, aim=page.aim and f"ratio >= {page.aim}")
    return {page: _middle(rounds).ratio for page, rounds in measured.items()}


def measure_among(folder: Path, alone: dict[Page, float]) -> None:
    """The same once the database holds much more; ``alone`` are the ratios from before."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for page, rounds in _rounds(folder).items():
        kept = _middle(rounds).ratio / alone[page]
        aims = {"of_one_force": float(f"{kept:.3g}"), "aim": "of_one_force >= 0.9"}
        _report(f"{page.name}_nation", rounds, **aims)


def _rounds(folder: Path) -> dict[Page, list[Measured]]:
    with _clients(folder) as clients:
        for page in (PEER, *PAGES):
            clients.ask(page, WARM_UP_S)
        rounds = [{page: _beside_peer(clients, page) for page in PAGES} for _ in range(ROUNDS)]
    return {page: [measured[page] for measured in rounds] for page in PAGES}


@contextmanager
def _clients(folder: Path) -> Iterator[Clients]:
    """Clients of a server of their own, which ends with them."""
    server = start_gunicorn(test_database_url(), free_port(), SERVER_OPTIONS, folder=folder)
    with server as address, ThreadPoolExecutor(CLIENTS) as pool:
        host = urlsplit(address).netloc
        connections = [HTTPConnection(host, timeout=30) for _ in range(CLIENTS)]
        try:
            yield Clients(connections, pool)
        finally:
            for connection in connections:
                connection.close()


def _times(
    connection: HTTPConnection, page: Page, headers: dict[str, str], *, until: float
) -> Iterator[float]:
    """Seconds of each request, one after the other; at least one."""
    ended = perf_counter()
    while True:
        began = ended
        connection.request("GET", page.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != page.status:
            raise WrongAnswer(f"{page.path}: {page.status} expected, {answer.status} came")
        ended = perf_counter()
        yield ended - began
        if ended >= until:
            return


def _beside_peer(clients: Clients, page: Page) -> Measured:
    """Both rates, from windows next to each other, and the page's times in seconds."""
    peer, window = clients.ask(PEER), clients.ask(page)
    return Pair(window.rate, peer.rate), window.seconds


def _middle(rounds: list[Measured]) -> Pair:
    return middle(pair for pair, _ in rounds)


def _report(name: str, rounds: list[Measured], **more: object) -> None:
    cuts = quantiles([time for _, seconds in rounds for time in seconds], n=100)
    report(
        name,
        _middle(rounds),
        "requests/s",
        peer=f"GET {PEER.path}",
        p50_ms=round(cuts[49] * 1000, 1),
        p99_ms=round(cuts[98] * 1000, 1),
        clients=CLIENTS,
        **{key: value for key, value in more.items() if value},
    )
