from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.utils.module_loading import import_string

from config.checks import wiring_imports
from config.wiring import JOBS, NEWS, REPLAYS


@pytest.mark.parametrize(
    "name", [*NEWS.values(), *REPLAYS.values(), *(j[0] for j in JOBS.values())]
)
def test_every_name_leads_to_a_function(name):
    assert callable(import_string(name))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", NEWS)
@pytest.mark.parametrize("language", ["en-gb", "cy"])
def test_a_row_that_is_gone_is_no_news(kind, language, now):
    assert import_string(NEWS[kind])(0, language=language, now=now) is None


@pytest.mark.django_db
@pytest.mark.parametrize("job", JOBS)
def test_every_job_runs_twice_on_an_empty_database(job, now, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    function, _period, _window = JOBS[job]

    assert import_string(function)(now=now) == import_string(function)(now=now)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_period_and_window_or_neither(job):
    _function, period, window = JOBS[job]

    assert (period, window) == (None, None) or timedelta(0) < period <= window


def test_the_check_finds_nothing_wrong_with_what_is_wired():
    assert wiring_imports(None) == []


@pytest.mark.parametrize(
    ("table", "entry"),
    [
        ("NEWS", {"broken": "teams.news.no_such_words"}),
        ("JOBS", {"broken": ("teams.no_such_module.job", None, None)}),
    ],
)
def test_the_check_names_what_cannot_be_imported(settings, table, entry):
    setattr(settings, table, getattr(settings, table) | entry)

    [error] = [found for found in run_checks() if found.id == "config.E001"]

    assert ("no_such_words" if table == "NEWS" else "teams.no_such_module.job") in error.msg
