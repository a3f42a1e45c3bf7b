"""Each bulletin is prepared exactly once, whatever becomes of workers, bells and Redis."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from reports.models import Bulletin
from reports.models.bulletin import PREPARING_LEASE
from reports.tasks import prepare_bulletins
from tests.factories.neighbourhoods import ForceFactory
from tests.processes import running, start_worker, test_database_url, wait_for
from tests.racing import on_postgresql

pytestmark = [pytest.mark.fault_smoke, pytest.mark.django_db(transaction=True), on_postgresql]
State = Bulletin.State
MANY, QUARTER = 400, "2021-Q4"


@pytest.fixture
def places() -> None:
    force = ForceFactory()
    Neighbourhood.objects.bulk_create(
        Neighbourhood(force=force, code=f"N{n:04}", name=f"Place {n}") for n in range(MANY)
    )


@pytest.fixture
def worker(broker, tmp_path):
    return lambda: start_worker(test_database_url(), folder=tmp_path)


def prepared() -> int:
    return Bulletin.objects.exclude(state=State.DUE).count()


def tick_after_the_lease() -> None:
    call_command("tick", now=timezone.now() + PREPARING_LEASE + timedelta(seconds=10))


def assert_each_once(*, kills: int = 0) -> None:
    """One draft for each neighbourhood; what a killed worker held was tried once more."""
    rows = Bulletin.objects.filter(quarter="2021-10-01")
    assert rows.values("neighbourhood").distinct().count() == rows.count() == MANY
    assert set(rows.values_list("state", flat=True)) == {State.DRAFT}
    assert rows.filter(attempts=2).count() <= kills
    assert not rows.filter(attempts__gt=2).exists()


def test_a_worker_that_is_killed_leaves_the_rest_to_the_next_tick(places, worker):
    with worker() as process:
        prepare_bulletins.delay(QUARTER)
        wait_for(prepared, "the first bulletins are prepared")
        process.kill()
    assert 0 < prepared() < MANY

    tick_after_the_lease()

    assert_each_once(kills=1)


def test_a_command_that_is_killed_leaves_the_rest_to_its_next_run(places, tmp_path):
    with running(
        ["manage", "prepare_bulletins", QUARTER],
        env={"DATABASE_URL": test_database_url()},
        log=tmp_path / "command.log",
        ready=lambda _process: prepared(),
    ) as process:
        process.kill()
    assert 0 < prepared() < MANY

    call_command("prepare_bulletins", QUARTER, verbosity=0)
    tick_after_the_lease()

    assert_each_once(kills=1)


def test_a_redis_that_loses_the_bell_loses_no_bulletin(places, broker):
    prepare_bulletins.delay(QUARTER)
    assert broker.llen("celery") == 1
    broker.flushdb()

    call_command("prepare_bulletins", QUARTER, verbosity=0)

    assert_each_once()


def test_bells_that_ring_twice_for_two_workers_prepare_each_once(places, worker):
    with worker(), worker():
        for _bell in range(4):
            prepare_bulletins.delay(QUARTER)
        wait_for(lambda: prepared() == MANY, "all are prepared")

    assert_each_once()
