import contextlib

import pytest
from django.db import transaction

from neighbourhoods import outbox
from neighbourhoods.models import Announcement, OutboxEntry
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.processes import together
from tests.racing import on_postgresql


class Undone(Exception):
    """Ends a transaction as a refused service does."""


def post(now, pk=7):
    return outbox.post("teams.invitation", pk, to="a@example.org", language="cy", now=now)


def announce(neighbourhood, pk=7):
    return outbox.announce(
        "teams.update_published", pk, neighbourhood=neighbourhood, topic="updates"
    )


@transaction.atomic
def post_and_announce_in_vain(neighbourhood, now):
    post(now)
    announce(neighbourhood)
    raise Undone


@pytest.mark.django_db
def test_post_queues_one_mail(now):
    post(now)

    assert list(OutboxEntry.objects.values()) == [
        {
            "id": OutboxEntry.objects.get().pk,
            "kind": "teams.invitation",
            "object_id": 7,
            "announcement_id": None,
            "follower_id": None,
            "to": "a@example.org",
            "language": "cy",
            "state": "DUE",
            "attempts": 0,
            "next_at": now,
            "lease_until": None,
            "ended_at": None,
            "last_error": "",
        }
    ]


@pytest.mark.django_db
def test_what_is_rolled_back_leaves_nothing_and_rings_no_bell(
    now, django_capture_on_commit_callbacks
):
    neighbourhood = NeighbourhoodFactory()

    with django_capture_on_commit_callbacks() as bells, contextlib.suppress(Undone):
        post_and_announce_in_vain(neighbourhood, now)

    assert (OutboxEntry.objects.count(), Announcement.objects.count(), bells) == (0, 0, [])


@pytest.mark.django_db
def test_the_bell_is_rung_after_the_commit(now, django_capture_on_commit_callbacks):
    neighbourhood = NeighbourhoodFactory()

    with django_capture_on_commit_callbacks() as bells:
        post(now)
        announce(neighbourhood)

    assert bells == [outbox.ring, outbox.ring]


@pytest.mark.django_db
def test_a_kind_that_nothing_words_is_refused(now):
    neighbourhood = NeighbourhoodFactory()

    with pytest.raises(ValueError, match=r"Nothing words 'teams\.unknown': add it to NEWS"):
        outbox.post("teams.unknown", 7, to="a@example.org", language="cy", now=now)
    with pytest.raises(ValueError, match=r"Nothing words 'teams\.unknown': add it to NEWS"):
        outbox.announce("teams.unknown", 7, neighbourhood=neighbourhood, topic="updates")

    assert (OutboxEntry.objects.count(), Announcement.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_topic_that_nobody_can_choose_is_refused():
    with pytest.raises(ValueError, match="'gossip' is not a valid Topic"):
        outbox.announce(
            "teams.update_published", 7, neighbourhood=NeighbourhoodFactory(), topic="gossip"
        )

    assert Announcement.objects.count() == 0


@pytest.mark.django_db
def test_announced_twice_is_announced_once():
    neighbourhood = NeighbourhoodFactory()

    assert announce(neighbourhood) == announce(neighbourhood)

    assert list(Announcement.objects.values_list("kind", "object_id", "topic")) == [
        ("teams.update_published", 7, "updates")
    ]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_announced_by_four_threads_at_once_is_announced_once():
    neighbourhood = NeighbourhoodFactory()

    made = together(4, lambda: announce(neighbourhood).pk)

    assert made == [Announcement.objects.get().pk] * 4


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_posting_works_all_the_same(now, settings):
    settings.CELERY_BROKER_URL = None

    with transaction.atomic():
        post(now)

    assert OutboxEntry.objects.count() == 1
