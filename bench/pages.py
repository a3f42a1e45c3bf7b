"""Requests a second that two gunicorn workers answer, beside those of a view that says "ok"."""

from collections.abc import Callable, Iterator
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
WINDOW_S = 1.0
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

    ``floor`` is what its rate beside the peer's must at least be, ``aim`` what it should.
    """

    name: str
    path: str
    status: int = 200
    held: bool = False
    floor: float = 0
    aim: float = 0


@dataclass(frozen=True)
class Window:
    """What all clients together saw in a short while: requests/s, and seconds for each."""

    rate: float
    seconds: list[float]


Measured = tuple[Pair, list[float]]  # a round's rates, and the seconds of each request
HOME = "/areas/casterwell/harkstow/"
POINT = "52.30080,-4.95676"
PEER = Page("health_live", "/health/live")
PAGES = (
    Page("find_postcode", "/find?postcode=WQ2+5HD", 302, floor=0.3, aim=0.45),
    Page("neighbourhood_home", HOME, floor=0.08, aim=0.12),
    Page("neighbourhood_home_held", HOME, 304, held=True, floor=0.4, aim=0.6),
    Page("api_locate_neighbourhood", f"/api/locate-neighbourhood?q={POINT}", floor=0.35, aim=0.6),
    Page("api_postcodes", "/api/postcodes/WQ2%205HD", floor=0.35, aim=0.6),
    Page("api_forces", "/api/forces"),
)


class Clients:
    """Kept-alive connections that all ask for the same page at once, again and again."""

    def __init__(self, connections: list[HTTPConnection], pool: ThreadPoolExecutor):
        self.connections = connections
        self.pool = pool

    def ask(self, page: Page) -> Window:
        headers = {"If-None-Match": self._etag(page)} if page.held else {}
        until = perf_counter() + WINDOW_S

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
    """Print a line for each page.

    The database holds the demonstration; ``folder`` takes a log.
    """
    with _clients(folder, test_database_url()) as clients:
        for page, rounds in _rounds(lambda page: _pair(clients.ask(page), clients.ask(PEER))):
            floors = {"floor": page.floor and f"ratio >= {page.floor}"}
            aims = {"aim": page.aim and f"ratio >= {page.aim}"}
            _report(page.name, rounds, peer=f"GET {PEER.path}", **floors, **aims)


def measure_among(folder: Path, one_force: str) -> None:
    """The same pages where the database holds much more, beside those of ``one_force``.

    That is the address of a database with the demonstration alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    here = _clients(folder, test_database_url())
    with here as clients, _clients(folder, one_force) as others:
        for page, rounds in _rounds(lambda page: _pair(clients.ask(page), others.ask(page))):
            # What has no floor, the list of forces, is longer with more of them.
            floor = page.floor and "ratio >= 0.9"
            _report(f"{page.name}_nation", rounds, peer="the same with one force", floor=floor)


def _rounds(measure: Callable[[Page], Measured]) -> Iterator[tuple[Page, list[Measured]]]:
    """Each page with what its rounds measured. Each round takes all pages; the first warms up."""
    rounds = [{page: measure(page) for page in PAGES} for _ in range(ROUNDS + 1)]
    for page in PAGES:
        yield page, [measured[page] for measured in rounds[1:]]


def _pair(window: Window, peer: Window) -> Measured:
    return Pair(window.rate, peer.rate), window.seconds


@contextmanager
def _clients(folder: Path, database_url: str) -> Iterator[Clients]:
    """Clients of a server of their own, which ends with them."""
    server = start_gunicorn(database_url, free_port(), SERVER_OPTIONS, folder=folder)
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


def _report(name: str, rounds: list[Measured], *, peer: str, **more: object) -> None:
    cuts = quantiles([time for _, seconds in rounds for time in seconds], n=100)
    report(
        name,
        middle(pair for pair, _ in rounds),
        "requests/s",
        peer=peer,
        p50_ms=round(cuts[49] * 1000, 1),
        p99_ms=round(cuts[98] * 1000, 1),
        clients=CLIENTS,
        **{key: value for key, value in more.items() if value},
    )
