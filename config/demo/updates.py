"""Rows of the ``teams`` app about a team's work: its updates, whom it trusts, what is held."""

from datetime import datetime

from config.demo.offsets import day, day_or_none, instant
from config.demo.places import Places
from teams.models import OperationsHold, PatrolUpdate, PublishingTrust, User
from teams.queries import refer_in

FIELDS = ("title", "text", "told", "outcome", "advice", "area")
PAIRED = (*FIELDS, *(f"{field}_cy" for field in FIELDS))


def load_updates(
    tables: dict, places: Places, users: dict[str, User], *, now: datetime
) -> list[PatrolUpdate]:
    """Write the updates, each in the state that its dates give it, with trusts and holds."""
    PublishingTrust.objects.bulk_create(
        PublishingTrust(
            neighbourhood=places.neighbourhoods[row["place"]], user=users[row["account"]]
        )
        for row in tables.get("trusts", [])
    )
    OperationsHold.objects.bulk_create(
        OperationsHold(
            neighbourhood=places.neighbourhoods[row["place"]],
            from_on=day(row["from"], now=now),
            to_on=day(row["to"], now=now),
            reason=row["reason"],
        )
        for row in tables.get("holds", [])
    )
    return PatrolUpdate.objects.bulk_create(
        _update(row, places, users, now=now) for row in tables["updates"]
    )


def _update(told: dict, places: Places, users: dict[str, User], *, now: datetime) -> PatrolUpdate:
    place = places.neighbourhoods[told["place"]]
    words = {field: told[field] for field in PAIRED if field in told}
    update = PatrolUpdate(
        neighbourhood=place,
        kind=told.get("kind", PatrolUpdate.Kind.PATROL),
        written_by=users[told["by"]],
        written_at=instant(told["written"], now=now),
        planned_on=day_or_none(told.get("planned"), now=now),
        half_day=told.get("half_day", ""),
        ends_on=day_or_none(told.get("ends"), now=now),
        **refer_in(words, place),
    )
    _take_steps(update, told, users, now=now)
    return update


def _take_steps(update: PatrolUpdate, told: dict, users: dict[str, User], *, now: datetime) -> None:
    """What happened to a draft since it was written."""
    if "scheduled" in told:
        update.publish_at = instant(told["scheduled"], now=now)
        update.schedule(at=update.written_at)
    if "published" in told:
        update.publish(at=instant(told["published"], now=now))
    if "scheduled" in told or "published" in told:
        update.published_by = users[told.get("publisher", told["by"])]
        update.on_trust = told.get("on_trust", False)
    if "withdrawn" in told:
        update.withdraw(
            at=instant(told["withdrawn"], now=now),
            reason=told["reason"],
            reason_cy=told["reason_cy"],
        )
