"""From one announcement to one mail for each of its followers."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from neighbourhoods.models import (
    Announcement,
    Follower,
    Following,
    Neighbourhood,
    OutboxEntry,
    Succession,
)

BATCH = 500
# As long as a batch of mails: well inside Celery's soft time limit.
ROUND_LASTS = timedelta(minutes=3)


def fan_out(*, now: datetime) -> int:
    """Make an entry for every follower of what was announced; return how many were told of.

    Each announcement is claimed with a lease and counted before the work. One that
    was half done is done again from the start: whoever has an entry gets no second one.
    """
    began, done = time.monotonic(), 0
    while time.monotonic() - began < ROUND_LASTS.total_seconds():
        announcement = Announcement.objects.claim_next(now=now)
        if announcement is None:
            break
        _tell_followers(announcement, now=now)
        Announcement.objects.filter(pk=announcement.pk).update(fanned_out_at=now, lease_until=None)
        done += 1
    return done


def _tell_followers(announcement: Announcement, *, now: datetime) -> None:
    last, followers = 0, _followers(announcement)
    while last is not None:
        last = _tell_batch(announcement, followers.filter(pk__gt=last), now=now)


@transaction.atomic
def _tell_batch(announcement: Announcement, followers: QuerySet, *, now: datetime) -> int | None:
    """Make the entries of the first of ``followers``; return the last one's pk, None at the end.

    Their rows are held, so that nobody leaves between the reading and the writing.
    """
    batch = list(followers.order_by("pk").select_for_update(no_key=True)[:BATCH])
    OutboxEntry.objects.bulk_create(
        [_entry(announcement, follower, now=now) for follower in batch], ignore_conflicts=True
    )
    return batch[-1].pk if len(batch) == BATCH else None


def _entry(announcement: Announcement, follower: Follower, *, now: datetime) -> OutboxEntry:
    return OutboxEntry(
        announcement=announcement,
        follower=follower,
        kind=announcement.kind,
        object_id=announcement.object_id,
        to=follower.email,
        language=follower.language,
        next_at=now,
    )


def _followers(announcement: Announcement) -> QuerySet:
    followings = Following.objects.confirmed().of_topic(announcement.topic)
    places = _with_predecessors(announcement.neighbourhood_id)
    places |= _with_successors(announcement.neighbourhood_id)
    return Follower.objects.filter(
        pk__in=followings.filter(neighbourhood__in=places).values("follower")
    )


def _with_predecessors(neighbourhood_id: int) -> set[int]:
    """The neighbourhood, and those that it came after: who followed them follows it."""
    found, newest = {neighbourhood_id}, {neighbourhood_id}
    while newest:
        before = Neighbourhood.objects.filter(successor__in=newest).order_by()
        newest = set(before.values_list("pk", flat=True)) - found
        found |= newest
    return found


def _with_successors(neighbourhood_id: int) -> set[int]:
    """The neighbourhood and, where it has ended, what it became: its followers went there."""
    found, newest = {neighbourhood_id}, {neighbourhood_id}
    while newest:
        ended = Neighbourhood.objects.filter(pk__in=newest, ended_on__isnull=False)
        after = Succession.objects.in_effect().filter(before__in=ended.values("pk"))
        newest = set(after.values_list("after", flat=True)) - found
        found |= newest
    return found
