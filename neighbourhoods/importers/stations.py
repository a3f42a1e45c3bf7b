"""A force's stations, counters, contact points and surgeries from a CSV file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, read_rows
from neighbourhoods.models import Force, ImportRun, OpeningException, OpeningHours, Place, Postcode
from neighbourhoods.models.validators import telephone_validator
from neighbourhoods.opening import NoHours, Span, parse_spans
from neighbourhoods.postcodes import InvalidPostcode, display, parse_postcode

COMMAND = "import_places"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TEXTS = ("name", "name_cy", "address", "postcode", "telephone", "access", "access_cy")
PLACING = ("latitude", "longitude", "neighbourhoods", "closed_on")
OPTIONAL = ("name_cy", "postcode", "telephone", "access", "access_cy", *PLACING, *WEEK)
COLUMNS = Columns(
    ("kind", "name", "address"),
    OPTIONAL,
    longest={name: Place._meta.get_field(name).max_length for name in TEXTS},
)


@dataclass(frozen=True)
class Told:
    """One line: a place that is not saved yet, whom it serves (ids), and its hours."""

    place: Place
    serves: tuple[str, ...]
    week: dict[int, list[Span]]
    closed_on: tuple[date, ...]


def import_places(lines: Iterable[str], *, force: Force, source: str, sha256: str) -> ImportReport:
    """Make the rows of ``lines`` the force's places, in one transaction.

    Where a row has no coordinates the register tells those of its postcode. Raises
    UnusableFile for a header that lacks a column, for any bad row (a line ``FILE:LINE:
    fact, value`` for each) and for a file without rows; nothing is changed then.
    """
    known = set(force.neighbourhoods.values_list("code", flat=True))
    parse = partial(_told, force, known, set())
    told = read_rows(lines, source=source, columns=COLUMNS, parse=parse)
    if not told:
        raise UnusableFile(f"{source}: no place in it; nothing was imported")
    report = ImportReport()
    with transaction.atomic():
        replaced = _replace(told, force)
        report.counts.update(read=len(told), kept=len(told), replaced=replaced)
        ImportRun.objects.create(
            command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
        )
    return report


def _told(force: Force, known: set[str], names: set[str], text: dict[str, str], where: str) -> Told:
    check_filled(text, "kind", "name", "address")
    if text["name"] in names:
        raise BadRow(f"name is that of an earlier line, {text['name']!r}")
    names.add(text["name"])
    place = Place(force=force, kind=_kind(text["kind"]), **{name: text[name] for name in TEXTS})
    place.postcode = _postcode(text["postcode"])
    place.lat, place.lng = _coordinates(text["latitude"], text["longitude"])
    _check_telephone(text["telephone"])
    return Told(
        place, _serves(text["neighbourhoods"], known), _week(text), _days(text["closed_on"])
    )


def _kind(text: str) -> str:
    if text.upper() not in Place.Kind.values:
        kinds = ", ".join(Place.Kind.values).lower()
        raise BadRow(f"kind is none of {kinds}, {text!r}")
    return text.upper()


def _postcode(text: str) -> str:
    try:
        return display(parse_postcode(text)) if text else ""
    except InvalidPostcode as exc:
        raise BadRow(f"postcode is no full postcode, {text!r}") from exc


def _coordinates(lat: str, lng: str) -> tuple[float | None, float | None]:
    if not lat and not lng:
        return None, None
    try:
        found = float(lat), float(lng)
    except ValueError as exc:
        raise BadRow(f"latitude and longitude are no degrees, '{lat},{lng}'") from exc
    if not (abs(found[0]) <= 90 and abs(found[1]) <= 180):
        raise BadRow(f"latitude and longitude are no place, '{lat},{lng}'")
    return found


def _check_telephone(text: str) -> None:
    try:
        if text:
            telephone_validator(text)
    except ValidationError as exc:
        raise BadRow(f"telephone is {exc.message}, {text!r}") from exc


def _serves(text: str, known: set[str]) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in text.split("|") if code.strip())
    if unknown := [code for code in codes if code not in known]:
        raise BadRow(f"no such neighbourhood of the force, {unknown[0]!r}")
    return codes


def _week(text: dict[str, str]) -> dict[int, list[Span]]:
    return {weekday: _spans(text[name], name) for weekday, name in enumerate(WEEK)}


def _spans(text: str, name: str) -> list[Span]:
    try:
        return parse_spans(text)
    except NoHours as exc:
        raise BadRow(f"{name} is no hours like 09:00-17:00, {text!r}") from exc


def _days(text: str) -> tuple[date, ...]:
    try:
        return tuple(sorted({date.fromisoformat(day) for day in text.split()}))
    except ValueError as exc:
        raise BadRow(f"closed_on is not days like 2026-12-25 2026-12-26, {text!r}") from exc


def _replace(told: list[Told], force: Force) -> int:
    """How many were there before. Two imports at once wait for each other."""
    Force.objects.select_for_update(no_key=True).get(pk=force.pk)
    replaced = force.places.count()
    force.places.all().delete()
    _fill_in_coordinates([row.place for row in told])
    Place.objects.bulk_create(row.place for row in told)
    _link(told, force)
    OpeningHours.objects.bulk_create(
        OpeningHours(place=row.place, weekday=weekday, opens=opens, closes=closes)
        for row in told
        for weekday, spans in row.week.items()
        for opens, closes in spans
    )
    OpeningException.objects.bulk_create(
        OpeningException(place=row.place, on=day) for row in told for day in row.closed_on
    )
    force.neighbourhoods.all().raise_stamps()
    return replaced


def _fill_in_coordinates(places: list[Place]) -> None:
    lacking = [place for place in places if place.postcode and place.lat is None]
    known = Postcode.objects.in_bulk({place.postcode.replace(" ", "") for place in lacking})
    for place in lacking:
        if found := known.get(place.postcode.replace(" ", "")):
            place.lat, place.lng = found.lat, found.lng


def _link(told: list[Told], force: Force) -> None:
    keys = dict(force.neighbourhoods.values_list("code", "pk"))
    links = Place.neighbourhoods.through
    links.objects.bulk_create(
        links(place=row.place, neighbourhood_id=keys[code])
        for row in told
        for code in dict.fromkeys(row.serves)
    )
