"""Tasks are doorbells: each makes one call, whatever an older or newer sender adds to it."""

import pytest
from django.utils import timezone

from config.celery import app
from config.tasks import tick
from neighbourhoods.models import JobRun, OutboxEntry
from neighbourhoods.tasks import send_due
from tests.factories.neighbourhoods import OutboxEntryFactory

TASKS = {"config.tick", "neighbourhoods.send_due", "reports.prepare_bulletins"}


def test_these_tasks_and_no_others_are_ours():
    app.loader.import_default_modules()

    assert {name for name in app.tasks if not name.startswith("celery.")} == TASKS


def test_beat_rings_tasks_that_exist():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_task_that_is_lost_is_found_again_before_another_worker_gets_it():
    options = app.conf.broker_transport_options

    assert app.conf.task_time_limit * 2 < options["visibility_timeout"]
    assert app.conf.timezone == "UTC"


@pytest.mark.django_db
def test_send_due_takes_what_is_due():
    entry = OutboxEntryFactory(next_at=timezone.now(), object_id=0)

    send_due(added_by_a_newer_release=1)

    entry.refresh_from_db()
    assert entry.state == OutboxEntry.State.DROPPED  # there is no such update


@pytest.mark.django_db
def test_tick_runs_the_jobs():
    tick(added_by_a_newer_release=1)

    assert set(JobRun.objects.filter(finished_at__isnull=False).values_list("job", flat=True)) == {
        "neighbourhoods.delete_expired",
        "teams.delete_expired",
        "feedback.erase_contacts",
        "priorities.destroy_keys",
        "reports.open_last_quarter",
        "neighbourhoods.apply_areas",
        "reports.audit_coverage",
        "teams.count_patrols",
        "teams.look_after_posts",
        "teams.send_route_tests",
        "teams.sweep_photos",
        "teams.verify_audit",
    }
