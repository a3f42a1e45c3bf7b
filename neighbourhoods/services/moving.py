"""Followers go where their postcode went, or where their neighbourhood did. Nobody is lost."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time

from neighbourhoods import outbox
from neighbourhoods.clock import LONDON
from neighbourhoods.importers.matching import batches
from neighbourhoods.models import Follower, Following, ImportRun, Topic
from neighbourhoods.notifications import BOUNDARY_CHANGED
from neighbourhoods.queries.generations import Generation, Parts, followings_after

BATCH = 5_000
STATE = ["neighbourhood", "confirmed_at", *Topic.values]


@dataclass
class Changes:
    """What has to be written: pks by the neighbourhood they move to, and rows."""

    moved: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    joined: list[Following] = field(default_factory=list)
    new: list[Following] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    told: dict[int, list[Follower]] = field(default_factory=lambda: defaultdict(list))


def move_followers(
    old: Generation, new: Generation, parts: Parts, *, run: ImportRun, on: date
) -> dict[str, int]:
    """Move the followings that a switch changes and tell their owners, once; return how many.

    A following that others join keeps what either wanted to hear of. Whoever has
    confirmed nothing is told nothing. A handful of queries for each 5,000 followers.
    """
    after = followings_after(old, new, parts)
    # By what was drawn, and not by their own keys: a query takes no more than 65,535 of those.
    rows = Following.objects.filter(neighbourhood__in=old.drawn).values_list("pk", "follower")
    followers = sorted({follower for pk, follower in rows if pk in after})
    told = 0
    for batch in batches(followers, BATCH):
        changes = _changes(batch, after)
        _write(changes)
        told += sum(map(len, changes.told.values()))
        outbox.tell(BOUNDARY_CHANGED, run.pk, followers=changes.told, now=_morning(on))
    return {"followers": len(followers), "told": told}


def _morning(on: date) -> datetime:
    """From when on mails are due: the beginning of the day in London."""
    return datetime.combine(on, time(), LONDON)


def _changes(followers: list[int], after: dict[int, tuple[int, ...]]) -> Changes:
    """Their rows are held first, so that nobody leaves or confirms in between."""
    owners = Follower.objects.filter(pk__in=followers).order_by("pk")
    held = {follower.pk: follower for follower in owners.select_for_update(no_key=True)}
    rows = defaultdict(list)
    for following in Following.objects.filter(follower__in=held).order_by("pk"):
        rows[following.follower_id].append(following)
    changes = Changes()
    for pk, followings in rows.items():
        _rearrange(followings, after, changes)
        first = next((row for row in followings if row.pk in after and row.confirmed_at), None)
        if first:
            changes.told[after[first.pk][0]].append(held[pk])
    return changes


def _rearrange(
    followings: list[Following], after: dict[int, tuple[int, ...]], changes: Changes
) -> None:
    """Work out which row of one follower stands for which neighbourhood from now on.

    A row that stands where one is wanted stays there: so no two are ever at one place,
    not even between two UPDATEs.
    """
    wanted: dict[int, Following] = {}
    for row in followings:
        for place in after.get(row.pk, (row.neighbourhood_id,)):
            wanted[place] = _joined(wanted.get(place), row, place)
    standing = {row.neighbourhood_id: row for row in followings}
    spare = [row for place, row in standing.items() if place not in wanted]
    for place, wish in wanted.items():
        row = standing.get(place) or (spare.pop(0) if spare else None)
        _note(row, wish, changes)
    changes.gone += [row.pk for row in spare]


def _note(row: Following | None, wish: Following, changes: Changes) -> None:
    if row is None:
        changes.new.append(wish)
    elif (row.topics, row.confirmed_at) != (wish.topics, wish.confirmed_at):
        wish.pk = row.pk
        changes.joined.append(wish)
    elif row.neighbourhood_id != wish.neighbourhood_id:
        changes.moved[wish.neighbourhood_id].append(row.pk)


def _joined(wish: Following | None, row: Following, place: int) -> Following:
    """``row`` at ``place``, together with what came there before: what is confirmed wins."""
    told = {"follower_id": row.follower_id, "neighbourhood_id": place}
    if wish is None or (row.confirmed_at and not wish.confirmed_at):
        topics = {topic: getattr(row, topic) for topic in Topic.values}
        return Following(**told, **topics, confirmed_at=row.confirmed_at)
    if bool(wish.confirmed_at) == bool(row.confirmed_at):
        wish.choose({*wish.topics, *row.topics})
    return wish


def _write(changes: Changes) -> None:
    for gone in batches(changes.gone, BATCH):
        Following.objects.filter(pk__in=gone).delete()
    for place, rows in changes.moved.items():
        Following.objects.filter(pk__in=rows).update(neighbourhood=place)
    Following.objects.bulk_update(changes.joined, STATE, batch_size=500)
    Following.objects.bulk_create(changes.new, batch_size=BATCH)
