import lxml.html
import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404
from django.test import Client
from django.urls import path

from config import urls as real
from teams.forms.tries import KNOWN_BROWSER

TEXT = "text/plain; charset=utf-8"

handler400, handler403 = real.handler400, real.handler403
handler404, handler500 = real.handler404, real.handler500


def raising(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("bad/", raising(BadRequest("secret detail"))),
    path("forbidden/", raising(PermissionDenied("secret detail"))),
    path("missing/", raising(Http404("secret detail"))),
    path("broken/", raising(ZeroDivisionError("secret detail"))),
    path("away/", raising(OperationalError("secret detail"))),
    *real.urlpatterns,
]


def said(response):
    return response.status_code, response["Content-Type"], response.content.decode()


def heading(response):
    (h1,) = lxml.html.fromstring(response.content).xpath("//h1")
    return h1.text_content()


def never_cached(response):
    return "no-store" in response["Cache-Control"]


class TestHealthLive:
    def test_is_ok_without_asking_the_database(self, client):
        response = client.get("/health/live")

        assert said(response) == (200, TEXT, "ok")
        assert never_cached(response)

    def test_reads_only_and_has_no_welsh_twin(self, client):
        assert client.post("/health/live").status_code == 405
        assert client.get("/cy/health/live").status_code == 404


@pytest.mark.django_db
class TestHealthReady:
    def test_is_ok_with_database_and_migrations(self, client):
        response = client.get("/health/ready")

        assert said(response) == (200, TEXT, "ok")
        assert never_cached(response)

    def test_without_the_newest_tables_is_503(self, client):
        newest = MigrationLoader(connection).graph.leaf_nodes("teams")[0]
        MigrationRecorder(connection).record_unapplied(*newest)

        response = client.get("/health/ready")

        assert said(response) == (503, TEXT, "migrations are not applied")
        assert response["Retry-After"] == "10"
        assert never_cached(response)

    def test_without_a_database_is_503(self, client):
        def refuse(execute, sql, params, many, context):
            raise OperationalError("connection refused at 192.0.2.1")

        with connection.execute_wrapper(refuse):
            response = client.get("/health/ready")

        assert said(response) == (503, TEXT, "database does not answer")
        assert response["Retry-After"] == "10"

    def test_reads_only(self, client):
        assert client.post("/health/ready").status_code == 405


class TestStatements:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("/accessibility/", "Accessibility statement"),
            ("/privacy/", "Privacy notice"),
            ("/cookies/", "Cookies"),
            ("/developers/", "For developers"),
        ],
    )
    def test_are_public_in_both_languages_without_a_cookie(self, client, address, expected):
        english, welsh = client.get(address), client.get(f"/cy{address}")

        assert (english.status_code, heading(english)) == (200, expected)
        assert welsh.status_code == 200
        assert lxml.html.fromstring(welsh.content).get("lang") == "cy"
        assert not english.cookies
        assert english["Cache-Control"] == "no-cache"
        assert client.post(address).status_code == 405

    def test_cookies_are_listed_under_the_names_they_have(self, client, settings):
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-s", "__Host-c"

        page = lxml.html.fromstring(client.get("/cookies/").content)

        assert page.xpath("//tbody//th/text()") == ["__Host-s", KNOWN_BROWSER, "__Host-c"]
        assert page.xpath("//caption/text()") == ["Essential cookies"]

    def test_developers_learn_the_address_and_the_limits(self, client, settings):
        settings.SITE_URL = "https://portal.example.org"

        page = lxml.html.fromstring(client.get("/developers/").content)

        codes = page.xpath("//main//code/text()")
        assert codes[0] == "https://portal.example.org/api"
        assert {"Retry-After", "If-None-Match", "/postcodes/WQ2 5HD"} <= set(codes)
        assert page.xpath("//main//a/@href") == [
            "/api/openapi.json",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ]

    @pytest.mark.parametrize("prefix", ["", "/cy"])
    def test_every_page_links_to_them(self, client, prefix):
        page = lxml.html.fromstring(client.get(f"{prefix}/cookies/").content)

        assert page.xpath("//footer//a/@href") == [
            f"{prefix}/accessibility/",
            f"{prefix}/privacy/",
            f"{prefix}/cookies/",
            f"{prefix}/developers/",
            f"{prefix}/staff/",
        ]

    def test_privacy_asks_questions_and_links_to_cookies(self, client):
        page = lxml.html.fromstring(client.get("/privacy/").content)

        assert all(h2.text.endswith("?") for h2 in page.xpath("//main//h2"))
        assert "/cookies/" in page.xpath("//main//a/@href")


@pytest.mark.urls(__name__)
class TestErrors:
    @pytest.mark.parametrize(
        ("address", "status", "expected"),
        [
            ("/bad/", 400, "We could not understand that request"),
            ("/forbidden/", 403, "You cannot use this page"),
            ("/missing/", 404, "Page not found"),
            ("/no/such/page/", 404, "Page not found"),
            ("/%00", 404, "Page not found"),
            ("/broken/", 500, "Sorry, there is a problem with the service"),
        ],
    )
    def test_say_what_happened_and_nothing_more(self, address, status, expected):
        response = Client(raise_request_exception=False).get(address)

        assert (response.status_code, heading(response)) == (status, expected)
        assert b"secret detail" not in response.content
        assert b"999" in response.content

    def test_while_the_database_is_away_the_service_is_unavailable(self):
        response = Client(raise_request_exception=False).get("/away/")

        assert (response.status_code, response["Retry-After"]) == (503, "10")
        assert heading(response) == "Sorry, the service is unavailable"
        assert b"secret detail" not in response.content
        assert b"999" in response.content

    def test_are_in_the_language_of_the_address(self, client):
        page = lxml.html.fromstring(client.get("/cy/no/such/page/").content)

        assert page.get("lang") == "cy"


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_without_blaming_the_account():
    response = Client(enforce_csrf_checks=True).post("/staff/sign-in/", {"login": "a"})

    assert (response.status_code, heading(response)) == (
        403,
        "We could not understand that request",
    )
