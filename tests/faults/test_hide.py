"""Somebody is hidden while Redis is down and no worker lives: the web process alone does it all."""

import time
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from http.cookiejar import CookieJar

import pytest
from django.urls import reverse

from teams.models import Member
from tests.architecture.test_hide_crawl import LINK, SURNAME, officer, place, public, words
from tests.processes import start_gunicorn, test_database_url
from tests.racing import on_postgresql
from tests.services import free_port
from tests.teams.acting import SERGEANT, acting

__all__ = ["officer", "place"]

pytestmark = [pytest.mark.fault_smoke, pytest.mark.django_db(transaction=True), on_postgresql]
CSRF = "c" * 32
AGAIN_S = 2  # after as long the API answers again


class Browser:
    """Somebody who asks a running portal, with the cookies that they were given."""

    def __init__(self, base: str, session: str = ""):
        self._base = base
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        given = f"sessionid={session}; csrftoken={CSRF}"
        self._cookie = {"Cookie": given} if session else {}

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and all that the answer says; waits where it is asked to."""
        body = data and urllib.parse.urlencode(data).encode()
        url = self._base + urllib.parse.quote(path)
        request = urllib.request.Request(url, body, self._cookie)  # noqa: S310
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.status, words(answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            if answer.code == HTTPStatus.TOO_MANY_REQUESTS:
                time.sleep(AGAIN_S)
                return self.ask(path, data)
            return answer.code, words(answer.headers, answer.read())


@pytest.fixture
def base(officer, settings, tmp_path):
    env = {
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",  # nobody is there
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "LEDGER_DIR": settings.LEDGER_DIR,
    }
    with start_gunicorn(test_database_url(), free_port(), env, folder=tmp_path) as url:
        yield url


def test_with_redis_down_and_no_worker_the_name_is_gone_with_the_press(base, place, officer):
    resident, addresses = Browser(base), list(public(place))
    resident.ask(f"/messages/{LINK}/")
    before = [path for path in addresses if SURNAME.casefold() in resident.ask(path)[1]]
    assert len(before) > 20

    session = acting(SERGEANT, place).cookies["sessionid"].value
    sergeant, here = Browser(base, session), {**place.url_kwargs, "pk": officer.pk}
    began = time.monotonic()
    pressed, _ = sergeant.ask(
        reverse("teams:member_hide", kwargs=here), {"csrfmiddlewaretoken": CSRF}
    )
    hidden_s = time.monotonic() - began
    named_after = [path for path in before if SURNAME.casefold() in resident.ask(path)[1]]
    read_s = time.monotonic() - began
    after = [path for path in addresses if SURNAME.casefold() in resident.ask(path)[1]]

    assert (pressed, named_after, after) == (200, [], [])
    assert Member.objects.hidden().filter(pk=officer.pk).exists()
    print(f"Redis down, no worker: hidden {hidden_s:.2f} s after the press; all {len(before)}")
    print(f"addresses that had the name were without it when read, the last at {read_s:.1f} s")
