from datetime import timedelta

import pytest

from neighbourhoods.models import JobRun, OutboxEntry, Token
from neighbourhoods.retention import KEEP, delete_expired
from tests.factories.neighbourhoods import JobRunFactory, OutboxEntryFactory, TokenFactory

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_what_ended_more_than_90_days_ago_is_deleted_and_nothing_else(now):
    limit = now - timedelta(days=90)
    begins = limit - timedelta(days=3)
    TokenFactory(begins_at=begins, expires_at=limit - SECOND)
    kept_token = TokenFactory(begins_at=begins, expires_at=limit)
    OutboxEntryFactory(sent=True, ended_at=limit - SECOND)
    OutboxEntryFactory(dead=True, ended_at=limit - SECOND)
    kept_entries = [
        OutboxEntryFactory(dropped=True, ended_at=limit),
        OutboxEntryFactory(next_at=limit - timedelta(days=400)),  # still due
    ]
    JobRunFactory(finished=True, period_start=limit - SECOND)
    kept_run = JobRunFactory(finished=True, period_start=limit)

    said = delete_expired(now=now)

    assert said == "1 tokens, 2 outbox entries, 1 job runs"
    assert list(Token.objects.all()) == [kept_token]
    assert list(OutboxEntry.objects.order_by("pk")) == kept_entries
    assert list(JobRun.objects.all()) == [kept_run]


@pytest.mark.django_db
def test_a_second_run_finds_nothing(now):
    TokenFactory(begins_at=now - 2 * KEEP, expires_at=now - KEEP - SECOND)

    assert delete_expired(now=now) == "1 tokens, 0 outbox entries, 0 job runs"
    assert delete_expired(now=now) == "0 tokens, 0 outbox entries, 0 job runs"
