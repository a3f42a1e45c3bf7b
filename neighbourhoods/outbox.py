"""What has to be told: rows written in the caller's transaction, a bell rung after it."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from neighbourhoods import tasks
from neighbourhoods.models import Announcement, Follower, Neighbourhood, OutboxEntry, Topic

logger = logging.getLogger(__name__)

TOLD_AT_ONCE = 2_000


def post(
    kind: str,
    pk: int,
    *,
    to: str,
    language: str,
    now: datetime,
    follower: Follower | None = None,
) -> OutboxEntry:
    """Queue one mail about the row ``pk``; ``kind`` names what words it in ``settings.NEWS``.

    One at a time: IntegrityError while another about the same row is due.
    """
    if kind not in settings.NEWS:
        raise ValueError(f"Nothing words {kind!r}: add it to NEWS in config.wiring.")
    entry = OutboxEntry.objects.create(
        kind=kind, object_id=pk, to=to, language=language, next_at=now, follower=follower
    )
    transaction.on_commit(ring)
    return entry


def announce(kind: str, pk: int, *, neighbourhood: Neighbourhood, topic: str) -> Announcement:
    """Note, once, that the neighbourhood's followers of ``topic`` have to be told of the row."""
    if kind not in settings.NEWS:
        raise ValueError(f"Nothing words {kind!r}: add it to NEWS in config.wiring.")
    Topic(topic)  # raises ValueError where nobody could ever have chosen it
    announcement, _ = Announcement.objects.get_or_create(
        kind=kind, object_id=pk, neighbourhood=neighbourhood, defaults={"topic": topic}
    )
    transaction.on_commit(ring)
    return announcement


def tell(kind: str, pk: int, *, followers: dict[int, list[Follower]], now: datetime) -> None:
    """Queue one mail for each of ``followers``, by the neighbourhood that they hear of from now on.

    About the follower: ``kind`` is worded from their own row. ``pk`` is what happened: of
    that nobody is told twice. Held by the caller, so that nobody leaves in between.
    """
    Announcement.objects.bulk_create(
        [
            Announcement(
                kind=kind, object_id=pk, neighbourhood_id=place, topic="", fanned_out_at=now
            )
            for place in followers
        ],
        ignore_conflicts=True,
    )
    announced = Announcement.objects.filter(kind=kind, object_id=pk)
    by_place = {announcement.neighbourhood_id: announcement for announcement in announced}
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(
                announcement=by_place[place],
                follower=follower,
                kind=kind,
                object_id=follower.pk,
                to=follower.email,
                language=follower.language,
                next_at=now,
            )
            for place, several in followers.items()
            for follower in several
        ],
        batch_size=TOLD_AT_ONCE,
    )
    transaction.on_commit(ring)


def ring() -> None:
    """Wake a worker, if there is one. Never fails: a row that no bell rang for is found by tick.

    With the broker down Celery raises here, after the commit, so it is logged.
    """
    if not settings.CELERY_BROKER_URL:
        return
    try:
        tasks.send_due.delay()
    except OperationalError as exc:
        logger.warning("The bell could not be rung, tick will send: %s", exc)
