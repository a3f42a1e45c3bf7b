"""Each journey runs twice: in English with JavaScript at 1280 px, in Welsh without it at 320 px.

Every page that a journey reaches through ``Visitor`` is checked: axe finds nothing, every
``href="#x"`` and ``aria-describedby`` has its target, and nothing scrolls sideways.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from tests.processes import SmtpSink, start_gunicorn, start_worker, test_database_url
from tests.services import free_port

AXE = Path(settings.BASE_DIR / "node_modules/axe-core/axe.min.js")
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
LOOSE_ENDS = """() => [
  ...[...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)),
  ...[...document.querySelectorAll('[aria-describedby]')]
    .flatMap(e => e.getAttribute('aria-describedby').split(/\\s+/)),
].filter(id => id && !document.getElementById(id))"""
WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
# Only what is wrong leaves the browser: all that axe has to say is a hundred times as long.
VIOLATIONS = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.html}`))"""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Way:
    """One of the two ways in which every journey is made."""

    language: str
    prefix: str
    width: int
    height: int
    javascript: bool


WAYS = {
    "english-1280": Way("en-gb", "", 1280, 900, javascript=True),
    "welsh-320": Way("cy", "/cy", 320, 640, javascript=False),
}


class Visitor:
    """Somebody at a browser. What they read and press is named in English and found in theirs."""

    def __init__(self, page: Page, checker: Page, site: str, way: Way):
        self.page, self.checker, self.site, self.way = page, checker, site, way

    def text(self, english: str, **values: object) -> str:
        """The page's own words in the visitor's language."""
        with translation.override(self.way.language):
            return translation.gettext(english) % values if values else translation.gettext(english)

    def place(self, english: str) -> str:
        """The name of a neighbourhood in the visitor's language."""
        place = Neighbourhood.objects.get(name=english)
        return text_in(self.way.language, place, "name")[0]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.site}{self.way.prefix}{path}")
        self.check()

    def follow(self, english: str, *, exact: bool = False) -> None:
        self.page.get_by_role("link", name=self.text(english), exact=exact).first.click()
        self.check()

    def press(self, english: str) -> None:
        self.page.get_by_role("button", name=self.text(english), exact=True).click()
        self.page.wait_for_load_state("load")
        self.check()

    def fill(self, english: str, value: str) -> None:
        self.page.get_by_label(self.text(english), exact=True).fill(value)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def sees(self, text: str) -> bool:
        return text in self.page.locator("body").inner_text()

    def main(self) -> Locator:
        return self.page.locator("main")

    def check(self) -> None:
        """No barrier on the page as it is now."""
        where = self.page.url
        assert self._ask(LOOSE_ENDS) == [], where
        wanted, given = self._ask(WIDTHS)
        assert wanted <= given, f"{where} scrolls sideways: {wanted} px in {given} px"
        assert self._axe() == [], where

    def _ask(self, script: str) -> object:
        """What the page answers; asked again where the next page was just taking its place."""
        try:
            return self.page.evaluate(script)
        except Error:
            self.page.wait_for_load_state("load")
            return self.page.evaluate(script)

    def _axe(self) -> list[str]:
        """What axe-core finds; without JavaScript in a copy of the page, in a second tab."""
        page = self.page
        if not self.way.javascript:
            page = self.checker
            page.set_content(SCRIPT.sub("", self.page.content()))
        page.evaluate(AXE.read_text())
        return page.evaluate(VIOLATIONS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, which Django would refuse to query beside.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def mail_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def site(django_db_setup, mail_sink, tmp_path_factory) -> Iterator[str]:
    """The portal as real processes on the test database: gunicorn and a Celery worker.

    Two pages under one ETag are an error of the server, which no journey expects.
    """
    folder, database_url = tmp_path_factory.mktemp("site"), test_database_url()
    env = {"EMAIL_URL": mail_sink.url}
    watched = {**env, "DJANGO_SETTINGS_MODULE": "tests.watched"}
    with (
        start_gunicorn(database_url, free_port(), watched, folder=folder) as base_url,
        start_worker(database_url, {**env, "SITE_URL": base_url}, folder=folder),
    ):
        yield base_url


@pytest.fixture
def world(transactional_db) -> None:
    """The demonstration, loaded now; its accounts have no way in until a journey makes one."""
    call_command("load_demo", verbosity=0)


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def visitor(request, browser: Browser, site: str, world) -> Iterator[Visitor]:
    way = request.param
    context = browser.new_context(
        viewport={"width": way.width, "height": way.height},
        java_script_enabled=way.javascript,
        locale="cy-GB" if way.language == "cy" else "en-GB",
    )
    context.set_default_timeout(10_000)
    checking = browser.new_context(viewport={"width": way.width, "height": way.height})
    checker = checking.new_page()
    checker.goto(f"{site}/cookies/")
    yield Visitor(context.new_page(), checker, site, way)
    context.close()
    checking.close()
