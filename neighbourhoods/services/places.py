"""What may be done to places: by commands directly, by staff through ``teams``."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from neighbourhoods.importers import boundaries, matching
from neighbourhoods.importers.boundaries import Name, Reading
from neighbourhoods.importers.reporting import ImportReport
from neighbourhoods.models import BoundarySet, Force, ImportRun


@transaction.atomic
def save_force(*, force_id: str, name: str, welsh: bool) -> tuple[Force, bool]:
    """Create a force, or give it this name; return it and whether it is new.

    Raises ValidationError for an id that no address could hold.
    """
    force = Force.objects.select_for_update(no_key=True).filter(pk=force_id).first()
    created = force is None
    force = force or Force(pk=force_id)
    force.name, force.welsh = name, welsh
    force.full_clean(validate_unique=False)
    force.save(force_insert=created)
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(command="import_force", force=force, source=force_id)
    return force, created


@transaction.atomic
def activate_boundary_set(*, boundary_set: BoundarySet, on: date) -> None:
    """Put a set in force from the day ``on``: one UPDATE, so nobody sees a mixture.

    Neighbourhoods that it no longer draws end that day, those it draws again go on.
    The postcodes are matched anew, since an old set was not kept up while dark.
    """
    force = _locked(boundary_set.force)
    _switch(force, boundary_set, was_drawn=_drawn(force.boundary_set), on=on)
    matching.match_set(boundary_set)


@transaction.atomic
def load_boundaries(
    *,
    force: Force,
    reading: Reading,
    names: dict[str, Name],
    valid_from: date,
    activate_on: date | None,
) -> ImportReport:
    """Store outlines as a dated set, dark, or in force from ``activate_on``.

    Raises UnusableFile; nothing is saved then.
    """
    force = _locked(force)
    was_drawn = _drawn(force.boundary_set)
    boundary_set, report = boundaries.import_boundaries(
        reading,
        force=force,
        names=names,
        valid_from=valid_from,
        over_force=activate_on is not None,
    )
    if activate_on:
        _switch(force, boundary_set, was_drawn=was_drawn, on=activate_on)
        report.note(f"In force: {boundary_set}.")
    return report


def _locked(force: Force) -> Force:
    return Force.objects.select_for_update(no_key=True).get(pk=force.pk)


def _drawn(boundary_set: BoundarySet | None) -> set[int]:
    """The neighbourhoods that a set draws, by pk."""
    if boundary_set is None:
        return set()
    return set(boundary_set.boundaries.values_list("neighbourhood", flat=True))


def _switch(force: Force, boundary_set: BoundarySet, *, was_drawn: Iterable[int], on: date) -> None:
    now_drawn = _drawn(boundary_set)
    places = force.neighbourhoods.all()
    drawn = places.filter(pk__in={*was_drawn, *now_drawn})
    drawn.filter(began_on__gt=on).update(began_on=on)  # switched to before its day
    places.filter(pk__in=now_drawn).update(ended_on=None, successor=None)
    places.filter(pk__in=set(was_drawn) - now_drawn, ended_on=None).update(ended_on=on)
    force.boundary_set = boundary_set
    force.save(update_fields=["boundary_set"])
    places.raise_stamps()
