"""How many people live in each neighbourhood, for rates."""

import csv
from collections.abc import Iterable

from django.db import transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import Force, ImportRun, Neighbourhood

COMMAND = "import_population"
RESIDENTS = ("residents", "population_2011_estimate")
MOST = 10_000_000  # a neighbourhood with more is a mistake in the file


class BadRow(Exception):
    """The message is the fact and the value."""


@transaction.atomic
def import_population(
    lines: Iterable[str], *, force: Force, source: str, sha256: str
) -> ImportReport:
    """Set the residents of each neighbourhood in ``lines``, columns ``id`` and ``residents``.

    Neighbourhoods that are not in the file keep their number. Bad rows are reported and
    left out; a bad header, or no usable row, raises UnusableFile and nothing was changed.
    """
    report, reader = ImportReport(), csv.reader(lines)
    places = {place.code: place for place in force.neighbourhoods.all()}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        id_at, residents_at = _columns(header, source)
        for row in filter(None, reader):
            report.counts["read"] += 1
            try:
                _set(row, len(header), id_at, residents_at, places, report)
            except BadRow as exc:
                report.reject(f"{source}:{reader.line_num}", str(exc))
    except csv.Error as exc:
        raise UnusableFile(f"{source}:{reader.line_num}: not CSV, {exc}") from exc
    if not report.counts["kept"]:
        raise UnusableFile("\n".join([*report.rejects, f"{source}: no usable row in it"]))
    Neighbourhood.objects.bulk_update(places.values(), ["population"])
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    return report


def _columns(header: list[str], source: str) -> tuple[int, int]:
    residents = next((name for name in RESIDENTS if name in header), None)
    if "id" not in header or residents is None:
        raise UnusableFile(f"{source}: the header needs id and residents; it has {header}")
    return header.index("id"), header.index(residents)


def _set(
    row: list[str],
    width: int,
    id_at: int,
    residents_at: int,
    places: dict[str, Neighbourhood],
    report: ImportReport,
) -> None:
    if len(row) != width:
        raise BadRow(f"{width} fields expected, {len(row)}")
    code = row[id_at]
    if code not in places:
        raise BadRow(f"no neighbourhood with this id in the force, {code[:60]!r}")
    residents = _number(row[residents_at])
    report.counts["replaced"] += places[code].population is not None
    report.counts["kept"] += 1
    places[code].population = residents


def _number(text: str) -> int:
    """Whole numbers, also with commas for thousands, as the census publishes them."""
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits[:9]) <= MOST:
        raise BadRow(f"not a number of residents, {text[:60]!r}")
    return int(digits)
