"""A force's outlines, from KML or GeoJSON, into a dated set that stays dark until switched to."""

import hashlib
import html
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from django.db import transaction
from shapely import MultiPolygon

from neighbourhoods import geometry
from neighbourhoods.importers.archives import files_in, read_file
from neighbourhoods.importers.geojson import read_collection, read_geometry
from neighbourhoods.importers.grid import ACCURACY_M
from neighbourhoods.importers.kml import read_kml
from neighbourhoods.importers.matching import match_set
from neighbourhoods.importers.naming import Name, keep_names, take_names
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.rings import Drawing, UnusableShape
from neighbourhoods.importers.tangles import Tangled, check_lines
from neighbourhoods.models import Boundary, BoundarySet, Force, ImportRun, Neighbourhood
from neighbourhoods.queries.generations import renamed_by

COMMAND = "import_boundaries"
Track = Callable[[Iterator], Iterable]
LONGEST_ID, LONGEST_NAME = 100, 200


@dataclass(frozen=True)
class Refusal:
    """An outline that cannot be used."""

    code: str
    where: str
    fact: str


@dataclass(frozen=True)
class Reading:
    """Outlines that were read and checked, by neighbourhood id; nothing is stored yet.

    ``refused`` has the id, the place in the file and the fact of each one that is unusable.
    """

    source: str
    sha256: str
    areas: dict[str, MultiPolygon]
    names: dict[str, Name] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The ids that were refused and have no other outline, sorted."""
        return sorted({refusal.code for refusal in self.refused} - self.areas.keys())


def read_boundaries(
    path: Path, *, id_field: str = "id", name_field: str = "name", track: Track = iter
) -> Reading:
    """Read a zip or folder of KML, one KML, or a GeoJSON (also .gz); ``track`` shows progress.

    What is unusable is left out and told in ``refused``. Raises UnusableFile, with a line
    for each bad outline, where nothing is left, and for a zip that is not to be trusted.
    """
    if {".json", ".geojson"} & set(path.suffixes):
        return _read_geojson(path, id_field, name_field)
    return _read_kml_files(path, track)


def read_names(path: Path) -> dict[str, Name]:
    """Names by id from a list of ``{"id", "name"}`` as the police API gives it.

    ``name_cy`` is taken where it stands. The API's HTML entities are undone.
    """
    try:
        rows = json.loads(read_file(path).decode("utf-8-sig"))
        return {str(row["id"]): _name(row["name"], row.get("name_cy"), path.name) for row in rows}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise UnusableFile(
            f"{path.name}: not a JSON list of objects with id and name, {exc!r}"
        ) from exc


def refusals(reading: Reading) -> list[str]:
    """A line ``FILE: fact, value`` for each outline that was refused."""
    return [f"{refusal.where}: {refusal.fact}" for refusal in reading.refused]


@transaction.atomic
def import_boundaries(
    reading: Reading,
    *,
    force: Force,
    names: dict[str, Name],
    valid_from: date,
    over_force: bool = False,
) -> tuple[BoundarySet, ImportReport]:
    """Store the outlines as the force's set of that day, and match the postcodes with it.

    The content of the newest set makes no second one, and the same day replaces
    what the set had. The set in force is replaced with ``over_force`` alone, for a
    caller that switches in the same transaction; else UnusableFile is raised. Residents
    read new names once the set is in force.
    """
    force = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
    report = ImportReport(notes=list(reading.notes))
    kept = len(reading.areas)
    report.counts.update(read=kept + len(reading.refused), kept=kept)
    for refusal in reading.refused:
        report.reject(refusal.where, refusal.fact)
    names = {**reading.names, **names}
    places = _neighbourhoods(force, reading, names, report)
    boundary_set = force.boundary_sets.first()
    if boundary_set and boundary_set.sha256 == reading.sha256:
        report.note(f"The same outlines stand already as {boundary_set}.")
    else:
        boundary_set = _dated_set(force, reading, valid_from, over_force, report)
        boundary_set.draw(_boundaries(boundary_set, reading, places))
        _record(force, reading, report)
    keep_names(boundary_set, names)
    _take_or_tell_names(boundary_set, report, in_force=boundary_set.pk == force.boundary_set_id)
    report.note(f"{match_set(boundary_set):,} postcodes lie in these boundaries.")
    return boundary_set, report


def _read_kml_files(path: Path, track: Track) -> Reading:
    areas, notes, refused = {}, [], []
    digest = hashlib.sha256()
    for name, content in track(files_in(path, ".kml")):
        code = PurePosixPath(name).stem
        digest.update(f"{code}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        try:
            _refuse_id(code, areas)
            areas[code] = area_of(read_kml(content), name, notes)
        except UnusableShape as exc:
            refused.append(Refusal(code, name, str(exc)))
    return _reading(path, Reading(path.name[:200], digest.hexdigest(), areas, {}, notes, refused))


def _read_geojson(path: Path, id_field: str, name_field: str) -> Reading:
    content = read_file(path)
    collection = read_collection(content, path.name)
    areas, names, notes, refused = {}, {}, [], []
    for properties, shape in collection.features:
        code = str(properties.get(id_field) or "")
        where = f"{path.name}: {id_field} {code[:120]!r}"
        try:
            _refuse_id(code, areas)
            areas[code] = area_of(read_geometry(shape, collection.place), where, notes)
        except UnusableShape as exc:
            refused.append(Refusal(code, where, str(exc)))
        if properties.get(name_field):
            names[code] = _name(properties[name_field], None, path.name)
    if collection.in_metres:
        notes.append(f"{path.name}: from metres of the National Grid, good to about {ACCURACY_M} m")
    digest = hashlib.sha256(content).hexdigest()
    return _reading(path, Reading(path.name[:200], digest, areas, names, notes, refused))


def _reading(path: Path, reading: Reading) -> Reading:
    """The reading, if there is anything in it."""
    if reading.areas:
        return reading
    raise UnusableFile("\n".join(refusals(reading)) or f"{path.name}: no outline in it")


def _refuse_id(code: str, areas: dict) -> None:
    if not code.strip() or len(code) > LONGEST_ID or not code.isprintable():
        raise UnusableShape(f"an id needs 1 to {LONGEST_ID} printable characters, {code[:120]!r}")
    if code in areas:
        raise UnusableShape(f"a second outline for the same id, {code!r}")


def area_of(drawing: Drawing, where: str, notes: list[str]) -> MultiPolygon:
    """The area that a drawing encloses; what had to be put right is added to ``notes``.

    Raises UnusableShape where it encloses nothing, or would take too long to mend.
    """
    try:
        check_lines(drawing.parts)
        area, repaired = geometry.area_from_rings(drawing.parts)
    except Tangled as exc:
        raise UnusableShape(str(exc)) from exc
    except geometry.NoArea as exc:
        raise UnusableShape("encloses no area") from exc
    if drawing.closed:
        notes.append(f"{where}: {drawing.closed} open ring(s) closed")
    if repaired:
        notes.append(f"{where}: crosses or overlaps itself, repaired")
    return area


def _name(name: object, name_cy: object, source: str) -> Name:
    texts = ("" if text is None else str(text) for text in (name, name_cy))
    found = Name(*(" ".join(html.unescape(text).split()) for text in texts))
    for text in (found.name, found.name_cy):
        if len(text) > LONGEST_NAME or not text.isprintable():
            raise UnusableFile(
                f"{source}: a name needs at most {LONGEST_NAME} printable characters, {text[:60]!r}"
            )
    return found


def _neighbourhoods(
    force: Force, reading: Reading, names: dict[str, Name], report: ImportReport
) -> dict[str, int]:
    """The pk of each outline's neighbourhood by id. New ones are made, and wait for the switch."""
    known = {place.code: place for place in force.neighbourhoods.all()}
    new = [
        Neighbourhood(force=force, code=code, name=code, waiting=True)
        for code in reading.areas
        if code not in known
    ]
    known |= {place.code: place for place in Neighbourhood.objects.bulk_create(new)}
    _note_names(reading, names, known, report)
    return {code: known[code].pk for code in reading.areas}


def _take_or_tell_names(boundary_set: BoundarySet, report: ImportReport, *, in_force: bool) -> None:
    """Names that residents read already change with the set, others at once."""
    rows = renamed_by(boundary_set)
    take_names([row for row in rows if in_force or row.neighbourhood.waiting])
    if later := [row.neighbourhood.code for row in rows if not row.neighbourhood.waiting]:
        report.note(f"Other names{'' if in_force else ' from the switch on'}: {_listed(later)}.")


def _note_names(reading: Reading, names: dict, known: dict, report: ImportReport) -> None:
    nameless = [code for code in reading.areas if known[code].name == code and code not in names]
    if nameless:
        report.note(f"Without a name, shown by their id: {_listed(nameless)}.")
    undrawn = [code for code in names if code not in reading.areas]
    if undrawn:
        report.note(f"Named, but without an outline: {_listed(undrawn)}.")


def _listed(codes: list[str]) -> str:
    more = f" and {len(codes) - 10} more" if len(codes) > 10 else ""
    return ", ".join(sorted(codes)[:10]) + more


def _dated_set(
    force: Force, reading: Reading, valid_from: date, over_force: bool, report: ImportReport
) -> BoundarySet:
    """The force's set of that day, emptied where there was one."""
    found, created = force.boundary_sets.get_or_create(
        valid_from=valid_from, defaults={"source": reading.source, "sha256": reading.sha256}
    )
    if created:
        return found
    if found.pk == force.boundary_set_id and not over_force:
        raise UnusableFile(
            f"{reading.source}: the boundaries of {valid_from:%Y-%m-%d} are in force and these"
            " differ; give another --valid-from, or switch at once with --activate"
        )
    report.counts["replaced"] = found.boundaries.count()
    found.boundaries.all().delete()
    found.source, found.sha256 = reading.source, reading.sha256
    found.save(update_fields=["source", "sha256"])
    return found


def _boundaries(
    boundary_set: BoundarySet, reading: Reading, places: dict[str, int]
) -> Iterator[Boundary]:
    for code, area in reading.areas.items():
        fields = geometry.boundary_fields(area)
        yield Boundary(boundary_set=boundary_set, neighbourhood_id=places[code], **fields)


def _record(force: Force, reading: Reading, report: ImportReport) -> None:
    ImportRun.objects.create(
        command=COMMAND,
        force=force,
        source=reading.source,
        sha256=reading.sha256,
        counts=dict(report.counts),
    )
