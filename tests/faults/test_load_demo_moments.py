import random
from datetime import UTC, datetime, timedelta

import pytest

from config.demo.loading import load_demo
from tests.config.demo_stories import assert_stories

YEAR = datetime(2027, 6, 1, tzinfo=UTC)  # a year that has 29 February in it
MINUTES = 366 * 24 * 60
chance = random.Random(1632)
MOMENTS = [YEAR + timedelta(minutes=chance.randrange(MINUTES)) for _ in range(50)]


@pytest.mark.fault_full
@pytest.mark.django_db
@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_story_is_in_its_state_at_any_moment(now):
    load_demo(now=now)
    assert_stories(now)
