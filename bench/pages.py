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


def measure(folder: Path) -> None:
    """Print a line for each page. The database holds the demonstration; ``folder`` takes a log."""
    with _clients(folder) as clients:
        for page in (PEER, *PAGES):
            clients.ask(page, WARM_UP_S)
        rounds = [{page: _beside_peer(clients, page) for page in PAGES} for _ in range(ROUNDS)]
    for page in PAGES:
        _report(page, [measured[page] for measured in rounds])


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


def _beside_peer(clients: Clients, page: Page) -> tuple[Pair, list[float]]:
    """Both rates, from windows next to each other, and the page's times in seconds."""
    peer, window = clients.ask(PEER), clients.ask(page)
    return Pair(window.rate, peer.rate), window.seconds


def _report(page: Page, rounds: list[tuple[Pair, list[float]]]) -> None:
    cuts = quantiles([time for _, seconds in rounds for time in seconds], n=100)
    report(
        page.name,
        middle(pair for pair, _ in rounds),
        "requests/s",
        peer=f"GET {PEER.path}",
        p50_ms=round(cuts[49] * 1000, 1),
        p99_ms=round(cuts[98] * 1000, 1),
        clients=CLIENTS,
        **({"aim": f"ratio >= {page.aim}"} if page.aim else {}),
    )
