"""Rows of the ``feedback`` app about posts that changed hands."""

from datetime import datetime

from config.demo.offsets import day, instant
from config.demo.people import People
from config.demo.places import Places
from feedback.models import PostHandOver
from priorities.models import Action, Priority

KINDS = {"priority": Priority, "action": Action}


def load_hand_overs(told: list[dict], places: Places, people: People, *, now: datetime) -> None:
    """Write what a successor has accepted, each known by its title or by what is to be done."""
    PostHandOver.objects.bulk_create(
        PostHandOver(
            **{kind: _found(kind, row, places)},
            changed_on=day(row["changed"], now=now),
            member=people.members[row["person"]],
            accepted_at=instant(row["accepted"], now=now),
        )
        for row in told
        for kind in KINDS
        if kind in row
    )


def _found(kind: str, row: dict, places: Places) -> Priority | Action:
    place = places.neighbourhoods[row["place"]]
    if kind == "priority":
        return Priority.objects.get(neighbourhood=place, title=row[kind])
    return Action.objects.get(priority__neighbourhood=place, what=row[kind])
