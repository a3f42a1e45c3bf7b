"""Rows of the ``teams`` app about a team's work: its patrol updates."""

from datetime import datetime

from config.demo.offsets import instant
from config.demo.places import Places
from teams.models import PatrolUpdate, User

WORDS = ("title", "text", "title_cy", "text_cy")


def load_updates(
    told: list[dict], places: Places, users: dict[str, User], *, now: datetime
) -> list[PatrolUpdate]:
    """Write the updates, each in the state that its dates give it."""
    return PatrolUpdate.objects.bulk_create(
        _update(row, places, users[row["by"]], now=now) for row in told
    )


def _update(told: dict, places: Places, by: User, *, now: datetime) -> PatrolUpdate:
    update = PatrolUpdate(
        neighbourhood=places.neighbourhoods[told["place"]],
        written_by=by,
        written_at=instant(told["written"], now=now),
        **{field: told[field] for field in WORDS if field in told},
    )
    if "published" in told:
        update.publish(at=instant(told["published"], now=now))
    if "withdrawn" in told:
        update.withdraw(
            at=instant(told["withdrawn"], now=now),
            reason=told["reason"],
            reason_cy=told["reason_cy"],
        )
    return update
