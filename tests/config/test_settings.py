"""The settings module is run anew under an environment of the test's own."""

import runpy
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"
READ = [
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "TRUSTED_PROXY_COUNT",
    "MAP_TILE_URL",
    "MAP_ATTRIBUTION",
    "DEMO",
    "SECRETS_KEY",
    "ROUND_KEY_DIR",
    "LEDGER_DIR",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "MEDIA_ROOT",
]
SERVER = {
    "DATABASE_URL": "postgres://portal:portal@127.0.0.1:5432/portal",
    "SECRET_KEY": "k" * 50,
    "SECRETS_KEY": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "portal.example.org",
    "SITE_URL": "https://portal.example.org/",
    "EMAIL_URL": "smtp://mail.example.org:25",
    "DEFAULT_FROM_EMAIL": "team@example.org",
    "ROUND_KEY_DIR": "/srv/portal/round_keys",
    "LEDGER_DIR": "/srv/portal/ledger",
    "MEDIA_ROOT": "/srv/portal/media",
}


@pytest.fixture
def settings_of(monkeypatch):
    def run(environment):
        for name in READ:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_without_any_setting_it_is_embedded_local_and_not_in_debug(settings_of):
    found = settings_of({})

    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert (found["DEBUG"], found["DEMO"]) == (False, False)
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]
    assert found["SITE_URL"] == "http://127.0.0.1:8000"
    assert found["CELERY_BROKER_URL"] is None
    assert len(found["SECRET_KEY"]) >= 50
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert Path(found["EMAIL_FILE_PATH"]) == found["MAIL_DIR"]


def test_local_secrets_are_made_once_and_readable_for_their_owner_alone(settings_of):
    first, second = settings_of({}), settings_of({})

    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    for name in ("secret_key", "secrets_key"):
        mode = (first["VAR_DIR"] / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_a_server_with_every_setting_starts_and_speaks_tls_alone(settings_of):
    found = settings_of(SERVER)

    assert found["SITE_URL"] == "https://portal.example.org"
    assert found["EMBEDDED"] is False
    assert found["DATABASES"]["default"]["OPTIONS"] == {
        "connect_timeout": 3,
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["EMAIL_HOST"] == "mail.example.org"
    assert "SECURE_PROXY_SSL_HEADER" not in found


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "SECRETS_KEY",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "ROUND_KEY_DIR",
        "LEDGER_DIR",
        "MEDIA_ROOT",
    ],
)
def test_a_server_without_a_setting_stops_and_names_it(settings_of, name):
    environment = {key: value for key, value in SERVER.items() if key != name}

    with pytest.raises(ImproperlyConfigured, match=rf"^Set {name}\b"):
        settings_of(environment)


@pytest.mark.parametrize(("name", "weak"), [("SECRET_KEY", "k" * 49), ("SECRETS_KEY", "weak")])
def test_a_weak_secret_stops_the_start_and_is_named(settings_of, name, weak):
    with pytest.raises(ImproperlyConfigured, match=rf"^Set {name}\b"):
        settings_of({**SERVER, name: weak})


def test_debug_lends_local_values_to_another_database(settings_of):
    found = settings_of({"DATABASE_URL": SERVER["DATABASE_URL"], "DEBUG": "1"})

    assert (found["DEBUG"], found["LOCAL"], found["EMBEDDED"]) == (True, True, False)


def test_forwarded_headers_are_believed_behind_a_proxy_only(settings_of):
    found = settings_of({**SERVER, "TRUSTED_PROXY_COUNT": "1"})

    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_a_page_may_load_nothing_from_elsewhere(settings_of):
    directives = settings_of({})["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert {source for sources in directives.values() for source in sources} == {
        "'self'",
        "'none'",
    }
    assert directives["default-src"] == ["'none'"]


def test_without_tiles_there_is_no_map(settings_of):
    assert settings_of({})["MAP_TILE_URL"] == ""


@pytest.mark.parametrize(
    "url", ["http://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org/{z}/{x}.png"]
)
def test_tiles_come_over_tls_and_from_an_address_with_all_parts(settings_of, url):
    with pytest.raises(ImproperlyConfigured, match="MAP_TILE_URL"):
        settings_of({"MAP_TILE_URL": url})


OIDC = {
    "OIDC_ISSUER": "https://login.example.org/harkstow",
    "OIDC_CLIENT_ID": "portal",
    "OIDC_CLIENT_SECRET": "a-secret-of-both",
}


def test_single_sign_on_is_set_whole_or_not_at_all(settings_of):
    assert {name: settings_of({**SERVER, **OIDC})[name] for name in OIDC} == OIDC
    assert settings_of(SERVER)["OIDC_ISSUER"] == ""


@pytest.mark.parametrize("lacking", OIDC)
def test_half_a_single_sign_on_stops_the_start(settings_of, lacking):
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_SECRET, or none"):
        settings_of({**SERVER, **OIDC, lacking: ""})
