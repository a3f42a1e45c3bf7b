"""What is scheduled is published when its time has come, exactly once, unless it is held."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from neighbourhoods.models import Announcement
from teams.models import AuditEvent, PatrolUpdate
from teams.snapshots import publish_scheduled
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import OperationsHoldFactory, PatrolUpdateFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def states():
    return list(PatrolUpdate.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_due_is_published_and_announced_once():
    due = PatrolUpdateFactory(scheduled=True)
    PatrolUpdateFactory(scheduled=True, publish_at=NOON + timedelta(seconds=1))

    assert [publish_scheduled(now=NOON) for _time in range(2)] == [1, 0]

    assert states() == ["PUBLISHED", "SCHEDULED"]
    assert list(Announcement.objects.values_list("object_id", flat=True)) == [due.pk]
    assert list(AuditEvent.objects.values_list("by", "verb")) == [("(job)", "update.published")]


@pytest.mark.parametrize("over", ["neighbourhood", "area"])
def test_what_is_held_waits_and_goes_when_the_hold_is_over(over):
    place = NeighbourhoodFactory(in_area=True)
    scope = {"neighbourhood": place} if over == "neighbourhood" else {"area": place.area}
    OperationsHoldFactory(**{"neighbourhood": None, **scope})
    PatrolUpdateFactory(neighbourhood=place, scheduled=True)

    assert publish_scheduled(now=NOON) == 0
    assert publish_scheduled(now=NOON + timedelta(days=5)) == 1


def test_an_appeal_whose_time_is_over_becomes_a_draft_again():
    PatrolUpdateFactory(scheduled=True, appeal=True)
    PatrolUpdateFactory(scheduled=True)

    assert publish_scheduled(now=NOON + timedelta(days=10)) == 1
    assert states() == ["DRAFT", "PUBLISHED"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_at_once_one_publishes():
    update = PatrolUpdateFactory(scheduled=True)

    ends = race(
        *(partial(publish_scheduled, now=NOON) for _job in range(2)),
        at=PatrolUpdate.objects.filter(pk=update.pk),
    )

    assert sorted(ends) == [0, 1]
    assert Announcement.objects.count() == 1
