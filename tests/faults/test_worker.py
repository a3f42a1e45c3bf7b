"""A worker may be killed at any moment: what it held is sent after its lease, under the same id."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.models.outbox import SEND_LEASE
from teams.services.invitations import invite_member
from tests.factories.teams import MemberFactory
from tests.processes import start_worker, test_database_url, wait_for
from tests.racing import on_postgresql

pytestmark = [pytest.mark.fault_smoke, pytest.mark.django_db(transaction=True), on_postgresql]
State = OutboxEntry.State
AFTER_THE_LEASE = SEND_LEASE + timedelta(seconds=10)


@pytest.fixture
def worker(broker, smtp_sink, tmp_path):
    """Starts a worker whose mail goes to ``smtp_sink``."""

    def start():
        return start_worker(test_database_url(), {"EMAIL_URL": smtp_sink.url}, folder=tmp_path)

    return start


def invite(number: int = 1) -> None:
    invite_member(
        member=MemberFactory(),
        email=f"member{number}@example.org",
        language="en-gb",
        by=None,
        now=timezone.now(),
    )


def entry_is(state: str) -> bool:
    return OutboxEntry.objects.get().state == state


def test_a_worker_sends_an_invitation_when_the_bell_is_rung(worker, smtp_sink):
    with worker() as process:
        invite()
        wait_for(lambda: entry_is(State.SENT), "the invitation is sent")
        said = process.said

    [mail] = smtp_sink.journal
    assert mail.to == ("member1@example.org",)
    assert "neighbourhoods.send_due" in said
    assert "member1@example.org" not in said


def test_what_a_killed_worker_held_is_sent_after_its_lease_with_the_same_id(worker, smtp_sink):
    smtp_sink.hold()
    with worker() as process:
        invite()
        assert smtp_sink.holding.wait(30)
        process.kill()
    smtp_sink.release()
    held = OutboxEntry.objects.get()
    assert (held.state, held.attempts) == (State.DUE, 1)

    with worker():
        # Its lease still runs: neither the next worker nor a tick may take it.
        call_command("tick")
        assert len(smtp_sink.journal) == 1
        call_command("tick", now=held.lease_until + timedelta(seconds=1))
        call_command("tick", now=timezone.now() + AFTER_THE_LEASE)

    first, second = smtp_sink.journal
    assert first.message_id == second.message_id
    assert first.part("plain") == second.part("plain")
    assert entry_is(State.SENT)
    assert Token.objects.count() == 1


def test_a_lease_that_ran_out_lets_the_next_worker_send(worker, smtp_sink):
    smtp_sink.hold()
    with worker() as process:
        invite()
        assert smtp_sink.holding.wait(30)
        process.kill()
    smtp_sink.release()
    OutboxEntry.objects.update(lease_until=timezone.now())  # as if two minutes had passed

    with worker():
        invite(2)  # rings the bell
        wait_for(lambda: not OutboxEntry.objects.filter(state=State.DUE).exists(), "both are sent")

    first, *others = smtp_sink.message_ids
    assert sorted(smtp_sink.message_ids) == sorted([first, first, *set(others) - {first}])
    assert len(smtp_sink.journal) == 3


def test_a_redis_that_loses_everything_loses_no_mail(broker, smtp_sink):
    for number in range(50):
        invite(number)
    assert broker.llen("celery") == 50
    broker.flushdb()

    call_command("tick")
    call_command("tick")

    assert sorted(mail.to[0] for mail in smtp_sink.journal) == sorted(
        f"member{number}@example.org" for number in range(50)
    )
    assert len(set(smtp_sink.message_ids)) == 50
    assert set(OutboxEntry.objects.values_list("state", "to")) == {(State.SENT, "")}
