import subprocess
import sys
from datetime import timedelta

import pytest

from config.checks import (
    demo_is_local,
    issuer_is_kept_well,
    issuer_is_one,
    pdf_can_be_made,
    photos_can_be_kept,
    site_is_secure,
    wiring_imports,
)
from tests.processes import ROOT

# The portal on a machine that finds none of the libraries that WeasyPrint opens by name.
WITHOUT_PANGO = """
import cffi
from django.core.management import execute_from_command_line

def dlopen(ffi, name, flags=0):
    raise OSError(f"cannot load library '{name}'")

cffi.FFI.dlopen = dlopen
execute_from_command_line(["manage.py", "check"])
"""


def ids(errors):
    return [error.id for error in errors]


class TestWiring:
    def test_as_it_stands_leads_somewhere(self):
        assert wiring_imports(None) == []

    def test_each_name_that_leads_nowhere_is_told(self, settings):
        settings.NEWS = {"teams.gone": "teams.news.gone", "x": "nowhere.at_all"}
        settings.JOBS = {"sweep": ("neighbourhoods.retention.sweep", timedelta(days=1), None)}

        errors = wiring_imports(None)

        assert ids(errors) == ["config.E001"] * 3
        assert [error.msg.split(":")[0] for error in errors] == [
            "config.wiring names 'teams.news.gone'",
            "config.wiring names 'nowhere.at_all'",
            "config.wiring names 'neighbourhoods.retention.sweep'",
        ]


class TestDemo:
    @pytest.fixture(autouse=True)
    def local(self, settings):
        settings.DEMO = True
        settings.EMBEDDED = True
        settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
        settings.SITE_URL = "http://127.0.0.1:8000"

    def test_on_the_embedded_database_and_loopback_may_start(self):
        assert demo_is_local(None) == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("EMBEDDED", False),
            ("ALLOWED_HOSTS", ["localhost", "portal.example.org"]),
            ("ALLOWED_HOSTS", ["*"]),
            ("ALLOWED_HOSTS", ["0.0.0.0"]),  # noqa: S104  named here to be refused
            ("SITE_URL", "https://portal.example.org"),
        ],
    )
    def test_anywhere_else_is_refused(self, settings, name, value):
        setattr(settings, name, value)

        assert ids(demo_is_local(None)) == ["config.E002"]

    def test_nothing_is_asked_where_there_is_no_demonstration(self, settings):
        settings.DEMO, settings.EMBEDDED, settings.ALLOWED_HOSTS = False, False, ["*"]

        assert demo_is_local(None) == []


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("https://portal.example.org", []),
        ("http://127.0.0.1:8000", []),
        ("http://localhost", []),
        ("http://[::1]:8000", []),
        ("http://portal.example.org", ["config.E003"]),
        ("ftp://portal.example.org", ["config.E003"]),
    ],
)
def test_outside_loopback_the_site_is_served_over_tls(settings, site, expected):
    settings.SITE_URL = site

    assert ids(site_is_secure(None)) == expected


def test_photos_need_a_folder_that_can_be_written_to(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "not" / "there yet")
    assert photos_can_be_kept(None) == []

    (tmp_path / "not").touch()

    [error] = photos_can_be_kept(None)
    assert (error.id, error.msg) == (
        "config.E005",
        f"Nothing can be written into MEDIA_ROOT, {tmp_path}/not/there yet.",
    )


def test_where_a_pdf_can_be_made_nothing_is_said():
    assert pdf_can_be_made(None) == []


def test_without_the_libraries_of_pdf_the_portal_starts_and_names_them():
    checked = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANGO], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr
    assert "(config.W001) No PDF can be made: cannot load library" in checked.stderr
    assert "HINT: apt-get install libpango-1.0-0 libpangoft2-1.0-0" in checked.stderr


class TestIssuer:
    @pytest.fixture(autouse=True)
    def pinned(self, settings):
        settings.OIDC_ISSUER = "https://login.example.org/harkstow/v2.0"
        settings.OIDC_CLIENT_SECRET = "s" * 16

    def test_one_issuer_over_tls_may_start(self):
        assert (issuer_is_one(None), issuer_is_kept_well(None)) == ([], [])

    def test_no_issuer_may_start(self, settings):
        settings.OIDC_ISSUER = settings.OIDC_CLIENT_SECRET = ""

        assert (issuer_is_one(None), issuer_is_kept_well(None)) == ([], [])

    @pytest.mark.parametrize(
        ("issuer", "says"),
        [
            ("http://login.example.org", "it must begin with https://"),
            ("login.example.org", "it must begin with https://"),
            ("https://login.example.org/?tenant=1", "no query, fragment or password"),
            ("https://login.example.org/#1", "no query, fragment or password"),
            ("https://me:secret@login.example.org", "no query, fragment or password"),
            ("https://login.example.org/common/v2.0", "name your own tenant"),
            ("https://login.example.org/organizations/v2.0", "name your own tenant"),
        ],
    )
    def test_an_issuer_whose_word_cannot_be_relied_on_stops_the_start(self, settings, issuer, says):
        settings.OIDC_ISSUER = issuer

        [error] = issuer_is_one(None)

        assert (error.id, says in error.msg) == ("config.E004", True)

    def test_on_this_machine_it_may_go_without_tls_but_not_to_work(self, settings):
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_SECRET = "http://127.0.0.1:9000", "short"

        assert issuer_is_one(None) == []
        assert ids(issuer_is_kept_well(None)) == ["config.W002", "config.W002"]
