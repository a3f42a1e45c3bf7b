"""Redis is a doorbell: without it staff notice nothing and tick does all the work."""

import time

import pytest
from django.core.management import call_command
from django.utils import timezone

from neighbourhoods import outbox
from neighbourhoods.models import Announcement, OutboxEntry
from teams.models import PatrolUpdate
from teams.services.invitations import invite_member
from teams.services.updates import publish_update
from tests.factories.teams import MemberFactory, PatrolUpdateFactory, UserFactory
from tests.processes import silent_server
from tests.racing import on_postgresql
from tests.services import free_port

pytestmark = [pytest.mark.fault_smoke, pytest.mark.django_db(transaction=True), on_postgresql]
REQUEST_S = 5


def invite_and_publish() -> float:
    """Do both as a request would, committed; return how many seconds it took."""
    update, member, by = PatrolUpdateFactory(), MemberFactory(), UserFactory()
    began = time.monotonic()
    invite_member(
        member=member, email="ana@example.org", language="en-gb", by=by, now=timezone.now()
    )
    publish_update(update=update, by=by, now=timezone.now())
    return time.monotonic() - began


def test_with_redis_down_staff_go_on_and_tick_sends(broker_at, smtp_sink, caplog):
    broker_at(f"redis://127.0.0.1:{free_port()}/0")

    assert invite_and_publish() < REQUEST_S

    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.PUBLISHED
    assert Announcement.objects.count() == 1
    logged = [r.getMessage() for r in caplog.records if r.name == outbox.__name__]
    assert len(logged) == 2
    assert all(said.startswith("The bell could not be rung, tick will send") for said in logged)
    assert "ana@example.org" not in caplog.text

    call_command("tick")

    assert [mail.to for mail in smtp_sink.journal] == [("ana@example.org",)]
    assert OutboxEntry.objects.get().state == OutboxEntry.State.SENT


def test_a_redis_that_does_not_answer_does_not_hold_a_request_up(broker_at, settings, caplog):
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = options | {"socket_timeout": 0.5}
    with silent_server() as port:
        broker_at(f"redis://127.0.0.1:{port}/0")

        assert invite_and_publish() < REQUEST_S

    assert Announcement.objects.count() == OutboxEntry.objects.count() == 1
    assert caplog.text.count("The bell could not be rung") == 2


def test_a_redis_that_comes_back_is_rung_again(broker_at, broker, settings):
    used = settings.CELERY_BROKER_URL
    broker_at(f"redis://127.0.0.1:{free_port()}/0")
    invite_and_publish()
    assert broker.llen("celery") == 0

    broker_at(used)
    outbox.ring()

    assert broker.llen("celery") == 1
