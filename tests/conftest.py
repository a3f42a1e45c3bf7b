import os
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import TransactionTestCase, modify_settings, override_settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests import append_only
from tests.etags import remembered
from tests.processes import SmtpSink

# A machine that is busy is no failure, and a failure has to come back when it is looked for.
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "tests")


@pytest.fixture(autouse=True)
def in_english():
    """A page in Welsh that one test asks for leaves no Welsh to the next."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True, scope="session")
def no_limit():
    """All tests ask from one address, and faster than any client may."""
    with override_settings(API_RATE=""):
        yield


@pytest.fixture(autouse=True, scope="session")
def flush_empties_the_audit_record():
    """After a test that commits every table is emptied, as nobody may empty these at work."""
    emptied = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with append_only.set_aside():
            emptied(case)

    with patch.object(TransactionTestCase, "_fixture_teardown", teardown):
        yield


@pytest.fixture(autouse=True, scope="session")
def etags_are_watched():
    with modify_settings(MIDDLEWARE={"prepend": "tests.etags.remember_etags"}):
        yield


@pytest.fixture(autouse=True)
def etags_of_this_test_alone():
    """The next test begins with the same keys and stamps again."""
    yield
    remembered.clear()


@pytest.fixture
def now() -> datetime:
    """A plain winter noon: what a test takes for the present."""
    return datetime(2031, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def smtp_sink(settings):
    """A real mail server that this test's mail goes to."""
    with SmtpSink() as sink:
        send_to(settings, sink.port)
        yield sink


def send_to(settings, port: int) -> None:
    """Let mail leave by SMTP to ``port`` of this machine instead of staying in memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
