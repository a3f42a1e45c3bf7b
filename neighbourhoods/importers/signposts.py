"""A force's list of "who deals with what" from a CSV file."""

from collections.abc import Iterable
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, day_in, read_rows
from neighbourhoods.models import Force, ImportRun, PolicingArea, Signpost
from neighbourhoods.models.validators import https_validator, telephone_validator

COMMAND = "import_signposts"
ENGLISH = ("matter", "body", "advice")
WELSH = tuple(f"{name}_cy" for name in ENGLISH)
WAYS = {"url": https_validator, "telephone": telephone_validator}
REQUIRED = (*ENGLISH, *WAYS, "reviewed_on")
OPTIONAL = ("area",)
LONGEST = {name: Signpost._meta.get_field(name).max_length for name in (*ENGLISH, *WELSH, *WAYS)}


def import_signposts(
    lines: Iterable[str], *, force: Force, source: str, sha256: str
) -> ImportReport:
    """Make the rows of ``lines`` the force's signposts, in their order, in one transaction.

    A force in Wales needs every text in both languages; elsewhere the Welsh columns may
    be left out. Raises UnusableFile for a header that lacks a column, for any bad row
    (a line ``FILE:LINE: fact, value`` for each) and for a file without rows; nothing is
    changed then.
    """
    parse = partial(_signpost, force)
    signposts = read_rows(lines, source=source, columns=_columns(force), parse=parse)
    if not signposts:
        raise UnusableFile(f"{source}: no signpost in it; nothing was imported")
    report = ImportReport()
    with transaction.atomic():
        replaced = _replace(signposts, force)
        report.counts.update(read=len(signposts), kept=len(signposts), replaced=replaced)
        ImportRun.objects.create(
            command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
        )
    return report


def _columns(force: Force) -> Columns:
    if force.welsh:
        return Columns((*REQUIRED, *WELSH), OPTIONAL, longest=LONGEST)
    return Columns(REQUIRED, (*WELSH, *OPTIONAL), longest=LONGEST)


def _signpost(force: Force, text: dict[str, str], where: str) -> Signpost:
    check_filled(text, *ENGLISH, *(WELSH if force.welsh else ()))
    if not any(text[way] for way in WAYS):
        raise BadRow(f"neither url nor telephone, {text['matter']!r}")
    for way in WAYS:
        _check_way(way, text[way])
    found = {"reviewed_on": day_in(text, "reviewed_on"), "area": _area(force, text["area"])}
    return Signpost(force=force, **text | found)


def _area(force: Force, code: str) -> PolicingArea | None:
    """The area that the line is for, or None for the whole force. Raises BadRow."""
    area = force.areas.filter(code=code, ended_on=None).first() if code else None
    if code and area is None:
        raise BadRow(f"force {force.pk!r} has no such area, {code!r}")
    return area


def _check_way(way: str, value: str) -> None:
    try:
        if value:
            WAYS[way](value)
    except ValidationError as exc:
        raise BadRow(f"{way} is {exc.message}, {value!r}") from exc


def _replace(signposts: list[Signpost], force: Force) -> int:
    """How many were there before. Two imports at once wait for each other."""
    Force.objects.select_for_update(no_key=True).get(pk=force.pk)
    replaced, _ = force.signposts.all().delete()
    for position, signpost in enumerate(signposts, start=1):
        signpost.position = position
    Signpost.objects.bulk_create(signposts)
    force.neighbourhoods.all().raise_stamps()
    return replaced
