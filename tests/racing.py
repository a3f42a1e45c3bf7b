"""Several calls at once on PostgreSQL: all of them reach the same rows before any may go on."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from neighbourhoods.importers.turns import wait_for_turn

LIMIT_S = 20
# Of this database alone: beside it other test processes race in theirs. A backend that waits
# for a row holds locks on tables; pg_stat_activity would stand still inside a transaction.
WAITING = """
    SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN (
        SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database()
    )
"""
on_postgresql = pytest.mark.skipif(
    settings.EMBEDDED, reason="SQLite lets one writer in at a time; the race is PostgreSQL's"
)


def race(*calls: Callable[[], object], at: QuerySet | type[Model]) -> list[object]:
    """The result of each call, or the exception it raised, in the order given.

    The rows of ``at``, or the whole table, are held until every call waits for them (or has
    ended), so that they meet in the middle of their work however fast the machine is.
    """
    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic():
            _hold(at)
            running = [pool.submit(_on_own_connection, call) for call in calls]
            _await_all_waiting(running)
        return [future.exception() or future.result() for future in running]


def _hold(at: QuerySet | type[Model]) -> None:
    if isinstance(at, QuerySet):
        list(at.order_by().select_for_update())
    else:
        wait_for_turn(at)


def _on_own_connection(call: Callable[[], object]) -> object:
    try:
        return call()
    finally:
        connection.close()


def _await_all_waiting(running: list[Future]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while _waiting() + sum(future.done() for future in running) < len(running):
        assert time.monotonic() < deadline, "not every call came to the rows that are held"


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]
