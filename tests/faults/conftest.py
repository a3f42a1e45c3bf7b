import os
from collections.abc import Callable, Iterator

import pytest
import redis
from celery import Celery

from config.celery import app as configured_app


@pytest.fixture
def broker_at(settings) -> Iterator[Callable[[str], None]]:
    """Let bells be rung at another broker: call it with the URL."""
    made = []

    def use(url: str) -> None:
        settings.CELERY_BROKER_URL = url
        app = Celery("another broker's")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.set_current()
        made.append(app)

    yield use
    configured_app.set_current()
    for app in made:
        app.close()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The launcher's Redis, empty at the start and at the end."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield client
        client.flushdb()
