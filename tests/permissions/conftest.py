import logging
from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.permissions.world import World, undone


@pytest.fixture
def _django_db_helper():
    """No transaction of each test's own: they share that of the one world."""


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all rows: whatever a request writes is undone at once."""
    tiles = override_settings(MAP_TILE_URL="https://tiles.example.org/{z}/{x}/{y}.png")
    logging.disable(logging.ERROR)  # a traceback for each refusal takes longer than to refuse
    with django_db_blocker.unblock(), tiles, undone():
        yield World()
    logging.disable(logging.NOTSET)
