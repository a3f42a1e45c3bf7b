"""A force's policing areas, and which neighbourhoods are in them, from a CSV file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import Columns, check_filled, read_rows
from neighbourhoods.models import AreaMembership, Force, ImportRun, PolicingArea

COMMAND = "import_areas"
COLUMNS = Columns(
    ("code", "name", "neighbourhoods"),
    ("name_cy", "parent"),
    longest={
        name: PolicingArea._meta.get_field(name).max_length for name in ("code", "name", "name_cy")
    },
)
BETWEEN = "|"  # ids may hold spaces and commas


@dataclass(frozen=True)
class Line:
    """One area as the file tells it, and where. ``places`` are ids of neighbourhoods."""

    where: str
    code: str
    name: str
    name_cy: str
    parent: str
    places: tuple[str, ...]


@transaction.atomic
def import_areas(
    lines: Iterable[str], *, force: Force, source: str, sha256: str, valid_from: date, on: date
) -> ImportReport:
    """Make ``lines`` all the areas that the force has from ``valid_from`` on.

    Areas that the file no longer has end that day, and neighbourhoods that it does not
    name are in none. What holds on the day ``on`` is in force at once; the rest when its
    day comes. The same day may be told again; one before what was told already is
    refused. Raises UnusableFile with a line ``FILE:LINE: fact, value`` for each bad row;
    nothing is changed then.
    """
    told = read_rows(lines, source=source, columns=COLUMNS, parse=_line)
    force = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
    _refuse_past(force, valid_from, source)
    places = dict(force.neighbourhoods.unended(on=valid_from).values_list("code", "pk"))
    known = {area.code: area for area in force.areas.select_related("parent")}
    _refuse(told, known, places, force, valid_from, source)
    report = ImportReport(counts=Counter(read=len(told), kept=len(told)))
    areas = _store_areas(told, known, force, valid_from, report)
    _store_memberships(told, areas, places, force, valid_from, report)
    AreaMembership.objects.of_force(force).put_in_force(on=on)
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    return report


def _line(text: dict[str, str], where: str) -> Line:
    check_filled(text, "code", "name")
    ids = tuple(part.strip() for part in text["neighbourhoods"].split(BETWEEN) if part.strip())
    names = {name: text[name] for name in ("code", "name", "name_cy", "parent")}
    return Line(where, **names, places=ids)


def _refuse_past(force: Force, valid_from: date, source: str) -> None:
    newest = AreaMembership.objects.of_force(force).aggregate(newest=Max("from_on"))["newest"]
    if newest and valid_from < newest:
        raise UnusableFile(
            f"{source}: areas are told from {newest:%Y-%m-%d} on already; give a later"
            f" --valid-from, {valid_from:%Y-%m-%d}"
        )


def _refuse(
    told: list[Line],
    known: dict[str, PolicingArea],
    places: dict[str, int],
    force: Force,
    valid_from: date,
    source: str,
) -> None:
    """Raises UnusableFile with every line that cannot be, seen with all others."""
    wrong = [*_bad_areas(told, known), *_bad_places(told, places, force, valid_from)]
    if wrong:
        raise UnusableFile("\n".join([*wrong, f"{source}: nothing was imported; mend these lines"]))


def _bad_areas(told: list[Line], known: dict[str, PolicingArea]) -> Iterator[str]:
    parents = {line.code: line.parent for line in told}
    seen: dict[str, str] = {}
    for line in told:
        if line.code in seen:
            yield f"{line.where}: the code stands in {seen[line.code]} already, {line.code!r}"
        seen.setdefault(line.code, line.where)
        if line.parent and line.parent not in parents:
            yield f"{line.where}: parent has no line of its own, {line.parent!r}"
        elif line.parent and parents[line.parent]:
            yield f"{line.where}: areas nest once only, and parent has a parent, {line.parent!r}"
        if line.code in known and _parent_code(known[line.code]) != line.parent:
            yield f"{line.where}: an area that moves needs a code of its own, {line.code!r}"


def _parent_code(area: PolicingArea) -> str:
    return area.parent.code if area.parent else ""


def _bad_places(
    told: list[Line], places: dict[str, int], force: Force, valid_from: date
) -> Iterator[str]:
    seen: dict[str, str] = {}
    for line in told:
        for code in line.places:
            if code not in places:
                yield (
                    f"{line.where}: force {force.pk!r} has no such neighbourhood"
                    f" on {valid_from:%Y-%m-%d}, {code!r}"
                )
            if code in seen:
                yield f"{line.where}: the neighbourhood is in area {seen[code]!r} already, {code!r}"
            seen.setdefault(code, line.code)


def _store_areas(
    told: list[Line],
    known: dict[str, PolicingArea],
    force: Force,
    valid_from: date,
    report: ImportReport,
) -> dict[str, int]:
    """The pk of each area that the file has, by code. Those around others are written first."""
    areas: dict[str, PolicingArea] = {}
    for line in sorted(told, key=lambda line: bool(line.parent)):
        area = known.get(line.code) or PolicingArea(
            force=force, code=line.code, parent=areas.get(line.parent), began_on=valid_from
        )
        if fact := _told(area, line):
            area.save()
            report.note(f"{fact}: {line.code}, {line.name}.")
            report.counts["replaced"] += line.code in known
        areas[line.code] = area
    _end(force.areas.filter(ended_on=None).exclude(code__in=areas), valid_from, report)
    return {code: area.pk for code, area in areas.items()}


def _told(area: PolicingArea, line: Line) -> str:
    """Give the area what the line says; return what that makes it, '' for no change."""
    before = (area.name, area.name_cy, area.ended_on)
    area.name, area.name_cy, area.ended_on = line.name, line.name_cy, None
    if area.pk is None:
        return "New area"
    return "Changed" if before != (line.name, line.name_cy, None) else ""


def _end(areas, valid_from: date, report: ImportReport) -> None:
    ending = list(areas)
    for area in ending:
        report.note(f"Ends: {area.code}, {area.name}.")
    for relation in PolicingArea._meta.related_objects if ending else []:
        rows = relation.related_model.objects.filter(**{f"{relation.field.name}__in": ending})
        if relation.get_accessor_name() not in OWN and (count := rows.count()):
            name = relation.related_model._meta.verbose_name
            report.note(f"{count:,} row(s) of {name} hang on areas that end.")
    PolicingArea.objects.filter(pk__in=[area.pk for area in ending]).update(ended_on=valid_from)


OWN = ("children", "memberships", "neighbourhoods")  # what this import itself looks after


def _store_memberships(
    told: list[Line],
    areas: dict[str, int],
    places: dict[str, int],
    force: Force,
    valid_from: date,
    report: ImportReport,
) -> None:
    """Write only what differs from what was told for the days before."""
    timeline = AreaMembership.objects.of_force(force)
    timeline.filter(from_on=valid_from).delete()
    standing = timeline.areas(on=valid_from)
    wanted = dict.fromkeys(places.values()) | {
        places[code]: areas[line.code] for line in told for code in line.places
    }
    moved = [pk for pk in wanted if pk not in standing or standing[pk] != wanted[pk]]
    AreaMembership.objects.bulk_create(
        AreaMembership(neighbourhood_id=pk, from_on=valid_from, area_id=wanted[pk]) for pk in moved
    )
    report.note(f"{len(moved):,} neighbourhoods change their area on {valid_from:%Y-%m-%d}.")
    if without := [code for code, pk in places.items() if wanted[pk] is None]:
        report.note(f"In no area: {', '.join(sorted(without))}.")
