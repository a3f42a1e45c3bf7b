"""What may be done to places: by commands directly, by staff through ``teams``."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from neighbourhoods.importers import boundaries
from neighbourhoods.importers.boundaries import Name, Reading
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force, ImportRun
from neighbourhoods.models.validators import https_validator, telephone_validator
from neighbourhoods.queries.generations import Generation
from neighbourhoods.queries.rehearsal import rehearse
from neighbourhoods.services.switching import locked, switch, tell_successors

# What a resident follows or dials to reach the force.
WAYS = {"url": https_validator, "report_url": https_validator, "telephone": telephone_validator}


@transaction.atomic
def save_force(
    *,
    force_id: str,
    name: str,
    welsh: bool | None = None,
    name_cy: str | None = None,
    url: str | None = None,
    report_url: str | None = None,
    telephone: str | None = None,
) -> tuple[Force, bool]:
    """Create a force, or change it; return it and whether it is new. None leaves what stands.

    Raises ValidationError, by field: for an id that no address could hold, a web address
    without TLS, and what is no telephone number.
    """
    force = Force.objects.select_for_update(no_key=True).filter(pk=force_id).first()
    created = force is None
    force = force or Force(pk=force_id)
    ways = {"url": url, "report_url": report_url, "telephone": telephone}
    for field, value in {"name": name, "welsh": welsh, "name_cy": name_cy, **ways}.items():
        if value is not None:
            setattr(force, field, value)
    _check_force(force, ways=[way for way, value in ways.items() if value])
    if not created:
        force.save()
    elif not _inserted(force):
        return save_force(force_id=force_id, name=name, welsh=welsh, name_cy=name_cy, **ways)
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(command="import_force", force=force, source=force_id)
    return force, created


@transaction.atomic
def load_boundaries(
    *,
    force: Force,
    reading: Reading,
    names: dict[str, Name],
    valid_from: date,
    activate_on: date | None,
    despite_refused: bool = False,
    successors: TableFile | None = None,
    rehearsed: bool = False,
) -> ImportReport:
    """Store outlines as a dated set, dark, or in force from ``activate_on``.

    Raises UnusableFile; nothing is saved then. So too where the switch would take a
    neighbourhood away because its outline was refused: its residents would lose their
    team by a slip in a file, unless that is meant (``despite_refused``). ``successors`` are
    kept with the set; ``rehearsed`` tells what the switch to it changes. Raises NoSuccessor.
    """
    force = locked(force)
    old = Generation.of(force.boundary_set)
    lost = _lost(force, reading, old.drawn)
    if lost and activate_on and not despite_refused:
        raise UnusableFile("\n".join([*boundaries.refusals(reading), _lost_text(lost)]))
    boundary_set, report = boundaries.import_boundaries(
        reading,
        force=force,
        names=names,
        valid_from=valid_from,
        over_force=activate_on is not None,
    )
    if lost:
        report.note(_lost_text(lost))
    if successors:
        tell_successors(boundary_set=boundary_set, table=successors, drawn=old.drawn)
    if rehearsed:
        report.notes.extend(rehearse(boundary_set, old=old).lines)
    if activate_on:
        switch(force, boundary_set, old=old, on=activate_on)
        report.note(f"In force: {boundary_set}.")
    return report


def _inserted(force: Force) -> bool:
    """False where another import has made the same force at this moment: it can be changed."""
    try:
        with transaction.atomic():
            force.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _check_force(force: Force, *, ways: Iterable[str]) -> None:
    """Raises ValidationError with all that is wrong; ``ways`` are the addresses that are new."""
    wrong = {}
    for way in ways:
        try:
            WAYS[way](getattr(force, way))
        except ValidationError as exc:
            wrong[way] = exc.error_list
    try:
        force.full_clean(exclude=wrong, validate_unique=False)
    except ValidationError as exc:
        exc.update_error_dict(wrong)
    if wrong:
        raise ValidationError(wrong)


def _lost(force: Force, reading: Reading, was_drawn: set[int]) -> list[str]:
    """The ids that are drawn in force and whose outline was refused."""
    places = force.neighbourhoods.filter(pk__in=was_drawn, code__in=reading.missing)
    return list(places.order_by("code").values_list("code", flat=True))


def _lost_text(lost: list[str]) -> str:
    return (
        f"WARNING: drawn until now and refused here: {', '.join(lost)}. In force, this set "
        "leaves their residents without a team; mend the files, or say --despite-refused."
    )
