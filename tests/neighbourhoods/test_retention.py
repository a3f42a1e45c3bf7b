from datetime import timedelta

import pytest

from neighbourhoods.models import Follower, Following, JobRun, OutboxEntry, Token
from neighbourhoods.retention import KEEP, KEEP_UNCONFIRMED, delete_expired
from tests.factories.neighbourhoods import (
    FollowerFactory,
    FollowingFactory,
    JobRunFactory,
    OutboxEntryFactory,
    TokenFactory,
)

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

    assert said == "1 tokens, 2 outbox entries, 1 job runs, 0 unconfirmed addresses"
    assert list(Token.objects.all()) == [kept_token]
    assert list(OutboxEntry.objects.order_by("pk")) == kept_entries
    assert list(JobRun.objects.all()) == [kept_run]


@pytest.mark.django_db
def test_a_second_run_finds_nothing(now):
    TokenFactory(begins_at=now - 2 * KEEP, expires_at=now - KEEP - SECOND)

    assert (
        delete_expired(now=now) == "1 tokens, 0 outbox entries, 0 job runs, 0 unconfirmed addresses"
    )
    assert (
        delete_expired(now=now) == "0 tokens, 0 outbox entries, 0 job runs, 0 unconfirmed addresses"
    )


@pytest.mark.django_db
def test_an_address_that_nobody_confirmed_is_deleted_after_7_days(now):
    limit = now - KEEP_UNCONFIRMED
    FollowingFactory(follower__asked_at=limit - SECOND)
    recent = FollowingFactory(follower__asked_at=limit)
    follower = FollowerFactory(asked_at=limit - SECOND)
    confirmed = FollowingFactory(follower=follower, confirmed=True, asked_postcode="WQ25HD")
    FollowingFactory(follower=follower)  # of a second place, never confirmed

    said = delete_expired(now=now)

    assert said.endswith(", 1 unconfirmed addresses")
    assert list(Follower.objects.order_by("pk")) == [recent.follower, follower]
    assert list(Following.objects.order_by("pk")) == [recent, confirmed]
    assert not Following.objects.exclude(asked_postcode="").exists()
