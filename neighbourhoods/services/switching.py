"""The switch from one set of boundaries to another, in one transaction."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Q

from neighbourhoods.importers import matching, naming, neighbouring
from neighbourhoods.importers.successors import import_successors
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import BoundarySet, Force, ImportRun, Neighbourhood, Succession
from neighbourhoods.queries.generations import (
    Generation,
    Parts,
    parts_of,
    renamed_by,
    told_successions,
)
from neighbourhoods.services.moving import move_followers

COMMAND = "activate_boundaries"


class NoSuccessor(Exception):
    """Nothing comes after a neighbourhood, so what is open there would be nobody's."""


@transaction.atomic
def activate_boundary_set(*, boundary_set: BoundarySet, on: date) -> None:
    """Put a set in force from the day ``on``: one UPDATE, so nobody sees a mixture.

    The postcodes are matched anew first, since an old set was not kept up while dark.
    Raises NoSuccessor; nothing is changed then.
    """
    force = locked(boundary_set.force)
    matching.match_set(boundary_set)
    switch(force, boundary_set, old=Generation.of(force.boundary_set), on=on)


@transaction.atomic
def tell_successors(
    *, boundary_set: BoundarySet, table: TableFile, drawn: set[int] | None = None
) -> None:
    """Keep with a set what the force tells that neighbourhoods become with it.

    ``drawn`` are those (their pk) to be told of, by default of the set in force. Raises
    UnusableFile; nothing is changed then.
    """
    in_force = boundary_set.force.boundary_set
    import_successors(
        table.lines,
        boundary_set=boundary_set,
        drawn=Generation.of(in_force).drawn if drawn is None else drawn,
        source=table.name,
    )


def switch(force: Force, boundary_set: BoundarySet, *, old: Generation, on: date) -> None:
    """From ``old`` to a set that is matched, in the caller's transaction, the force held.

    Neighbourhoods that the set no longer draws end that day and have a successor, those it
    draws again go on, with the names that it gives them. Rows that point at a neighbourhood
    stay where they are; followers move, and are told. Raises NoSuccessor.
    """
    new = Generation.of(boundary_set)
    parts = parts_of(old, new, told_successions(boundary_set))
    _refuse_lost(parts)
    _begin_and_end(force, old, new, on=on)
    naming.take_names(renamed_by(boundary_set))
    _record(boundary_set, new, parts, on=on)
    _hand_on({place: after[0] for place, after in parts.items() if place not in new.drawn})
    force.boundary_set = boundary_set
    force.save(update_fields=["boundary_set"])
    neighbouring.join_set(boundary_set)
    run = ImportRun.objects.create(
        command=COMMAND, force=force, source=str(boundary_set), sha256=boundary_set.sha256
    )
    run.counts = move_followers(old, new, parts, run=run, on=on)
    run.save(update_fields=["counts"])
    force.neighbourhoods.all().raise_stamps()


def locked(force: Force) -> Force:
    return Force.objects.select_for_update(no_key=True).get(pk=force.pk)


def _refuse_lost(parts: Parts) -> None:
    lost = [place for place, after in parts.items() if not after]
    if lost:
        codes = Neighbourhood.objects.filter(pk__in=lost).order_by("code")
        raise NoSuccessor(
            "Nothing comes after these neighbourhoods, which the new set does not draw: "
            f"{', '.join(codes.values_list('code', flat=True))}. Name their successors."
        )


def _begin_and_end(force: Force, old: Generation, new: Generation, *, on: date) -> None:
    places = force.neighbourhoods.all()
    # Nothing tells when the places of a first set began: they were there all along.
    began_on = on if old.drawn else None
    places.filter(pk__in=new.drawn, waiting=True).update(waiting=False, began_on=began_on)
    places.filter(pk__in=new.drawn).update(ended_on=None, successor=None)
    places.filter(pk__in=old.drawn - new.drawn, ended_on=None).update(ended_on=on)


def _record(boundary_set: BoundarySet, new: Generation, parts: Parts, *, on: date) -> None:
    """Write down what became of what, and forget it of neighbourhoods that are drawn again."""
    affected = Succession.objects.filter(before__in=new.drawn | parts.keys())
    affected.filter(told=False).delete()
    affected.update(from_on=None)
    pairs = [(before, one) for before, after in parts.items() for one in after if one != before]
    told = set(boundary_set.successions.values_list("before", "after"))
    Succession.objects.bulk_create(
        Succession(boundary_set=boundary_set, before_id=before, after_id=after)
        for before, after in pairs
        if (before, after) not in told
    )
    boundary_set.successions.filter(before__in=parts).update(from_on=on)


def _hand_on(successors: dict[int, int]) -> None:
    """Let those that end, and all that they came after, lead straight to the successor."""
    ending = defaultdict(list)
    for place, successor in successors.items():
        ending[successor].append(place)
    for successor, places in ending.items():
        handed = Neighbourhood.objects.filter(Q(pk__in=places) | Q(successor__in=places))
        handed.update(successor=successor)
