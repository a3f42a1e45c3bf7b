"""Rows of the ``priorities`` app about what teams work on."""

from collections.abc import Iterator
from datetime import datetime

from config.demo.offsets import day, day_or_none, instant
from config.demo.places import Places
from config.demo.votes import Options
from neighbourhoods.clock import london_instant
from priorities.models import Action, Priority, PriorityUpdate
from teams.models import Promise
from teams.queries import refer_in

WHAT, OWNER, TEXT = ("what", "what_cy"), ("owner", "owner_cy"), ("text", "text_cy")


def load_priorities(
    told: list[dict], places: Places, options: Options, *, now: datetime
) -> list[Priority]:
    """Write the priorities with what was done for each, live and closed."""
    rows = Priority.objects.bulk_create(_priority(row, places, options, now=now) for row in told)
    pairs = list(zip(told, rows, strict=True))
    Action.objects.bulk_create(action for pair in pairs for action in _actions(*pair, now=now))
    PriorityUpdate.objects.bulk_create(
        PriorityUpdate(
            priority=priority,
            made_on=day(update["made"], now=now),
            **refer_in({name: update[name] for name in TEXT}, priority.neighbourhood),
        )
        for row, priority in pairs
        for update in row["updates"]
    )
    return rows


def _priority(told: dict, places: Places, options: Options, *, now: datetime) -> Priority:
    option = options[told["place"], told["option"]] if "option" in told else None
    priority = Priority(
        neighbourhood=places.neighbourhoods[told["place"]],
        option=option,
        round=option and option.round,
        title=option.title if option else told["title"],
        title_cy=option.title_cy if option else told["title_cy"],
        why=told.get("why", ""),
        why_cy=told.get("why_cy", ""),
        place=told["position"],
        adopted_on=day(told["adopted"], now=now),
    )
    if "closed" in told:
        words = {"outcome": told["outcome"], "outcome_cy": told["outcome_cy"]}
        priority.close(on=day(told["closed"], now=now), **words)
    return priority


def _actions(told: dict, priority: Priority, *, now: datetime) -> Iterator[Action]:
    for row in told.get("actions", []):
        promise = _promise(row, priority)
        what = {name: getattr(promise, name) if promise else row[name] for name in WHAT}
        owner = {name: row[name] for name in OWNER}
        added = instant(row["added"], now=now) if promise else london_instant(priority.adopted_on)
        yield Action(
            priority=priority,
            due_on=day(row["due"], now=now),
            done_on=day_or_none(row.get("done"), now=now),
            added_at=added,
            promise=promise,
            **refer_in({**what, **owner}, priority.neighbourhood),
        )


def _promise(told: dict, priority: Priority) -> Promise | None:
    """What was promised at an event of the place, where the action came of that."""
    if "promise" not in told:
        return None
    made = Promise.objects.filter(event__neighbourhood=priority.neighbourhood)
    return made.get(what=told["promise"])
