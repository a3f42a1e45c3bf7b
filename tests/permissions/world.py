"""Four places and a client of each role: whom the matrix asks, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.db import connection, transaction
from django.test import Client

from teams.models import Photo
from teams.permissions import OF_A_WHOLE_FORCE, Role
from tests.architecture.routes import PARAMETER
from tests.factories.neighbourhoods import NeighbourhoodFactory, PolicingAreaFactory
from tests.factories.teams import UserFactory
from tests.teams.acting import acting, client_of, grant
from tests.world import furnish

SCOPES = ("own", "same area", "same force", "other force")
ANYONE = "anyone"
UNENROLLED = "every role, but no second factor"
# The object of an address, where it is not the first of the three of its kind.
OBJECTS = {
    "/areas/<str:force_id>/<str:neighbourhood_id>/updates/<int:pk>/": 1,
    "/staff/areas/<str:force_id>/<str:neighbourhood_id>/updates/<int:pk>/withdraw/": 1,
    "/staff/areas/<str:force_id>/<str:neighbourhood_id>/safety/<int:pk>/show/confirm/": 2,
    "/staff/forces/<str:force_id>/safety/<int:pk>/show/confirm/": 2,
    "/staff/areas/<str:force_id>/<str:neighbourhood_id>/lend/<int:pk>/end/": 1,
}
PDF = "/areas/<str:force_id>/<str:neighbourhood_id>/bulletins/<quarter:quarter>/bulletin.pdf"
APART = ("teams_session", "cache")
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Answer:
    """What came back: a letter of the matrix, or e where a second factor was asked for."""

    letter: str
    status: int
    content: bytes
    written: list[str]  # what was written into the database but for sessions and counts of tries


class World:
    """One neighbourhood for each scope of ``SCOPES``, and a client for whoever asks."""

    def __init__(self):
        own = NeighbourhoodFactory(in_area=True)
        beside = NeighbourhoodFactory(force=own.force, area=own.area)
        elsewhere = NeighbourhoodFactory(force=own.force, area=PolicingAreaFactory(force=own.force))
        places = (own, beside, elsewhere, NeighbourhoodFactory(in_area=True))
        self.keys = {
            scope: [n, n + 1, n + 2] for n, scope in zip(range(901, 1300, 100), SCOPES, strict=True)
        }
        self.places = {
            scope: furnish(place, self.keys[scope], postcode=f"WQ{n}1AA")
            for n, (scope, place) in enumerate(zip(SCOPES, places, strict=True), 10)
        }
        self.photo = Photo.objects.get(member=self.keys[SCOPES[0]][0]).key
        over = {
            Role.INSPECTOR: own.area,
            **dict.fromkeys(OF_A_WHOLE_FORCE, own.force),
        }
        self.clients = {ANYONE: Client()}
        self.clients |= {role.value: acting(role, over.get(role, own)) for role in Role}
        self.clients[UNENROLLED] = self._with_every_role_and_no_second_factor(over, own)
        # Made once for all that ask: a PDF is kept in the cache.
        self.clients[ANYONE].get(self.path(PDF, SCOPES[0]))
        self.cookies = {
            who: {name: cookie.value for name, cookie in client.cookies.items()}
            for who, client in self.clients.items()
        }

    def _with_every_role_and_no_second_factor(self, over, own) -> Client:
        user = UserFactory()
        for role in Role:
            grant(user, role, over.get(role, own))
        return client_of(user)

    def path(self, url: str, scope: str, *, objects_of: str = "") -> str:
        """The address in that place, its objects those of another scope if one is given."""
        of = objects_of or scope
        if "/boundaries/" in url and of != "other force":
            of = "own"  # a set is drawn for the whole force
        key = self.keys[of][OBJECTS.get(url, 0)]
        values = self.places[scope].url_kwargs | {
            "pk": key,
            "posting_pk": key,
            "grant_pk": key,
            "passkey_pk": key,
            "token": "no-such-token",
            "quarter": "2030-Q4",
            "postcode": "WQ10 1AA",
            "key": self.photo,
        }
        return PARAMETER.sub(lambda found: str(values[found[1]]), url)

    def answer(self, who: str, method: str, path: str, *, checks: bool = False) -> Answer:
        """What ``who`` gets; whatever was written is undone.

        With ``checks`` as a browser is answered, which has to send a token with a form.
        """
        client, written = self.clients[who], []
        client.handler.enforce_csrf_checks = checks
        client.cookies = SimpleCookie(self.cookies[who])
        with undone(), connection.execute_wrapper(_noting(written)):
            response = client.generic(method, path)
        return Answer(_letter(response), response.status_code, _content(response), written)


def _content(response) -> bytes:
    return b"" if response.streaming else response.content


def _letter(response) -> str:
    if response.status_code == 302 and response.url.startswith("/staff/sign-in/"):
        return "s"
    if response.status_code == 302 and response.url.startswith("/staff/proof/"):
        return "p"
    if response.status_code == 302 and response.url == "/staff/enrol/needed/":
        return "e"
    return {403: "3", 404: "4", 405: "5"}.get(response.status_code, "y")


def _noting(written: list[str]):
    def note(execute, sql, params, many, context):
        if sql.startswith(WRITES) and not any(f'"{table}"' in sql for table in APART):
            written.append(sql)
        return execute(sql, params, many, context)

    return note


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
