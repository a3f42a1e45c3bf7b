"""Names of local authorities, from a list of our own or as the ONS adds it to its directory."""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from neighbourhoods.importers.archives import files_in_zip
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, TableFile, read_rows
from neighbourhoods.models import Council, ImportRun

COMMAND = "import_councils"
COLUMNS = Columns(
    ("code", "name"),
    ("name_cy",),
    longest={name: Council._meta.get_field(name).max_length for name in ("name", "name_cy")},
)
# The ONS names its columns by the year: LAD25CD, LAD25NM, LAD25NMW.
ONS_COLUMN = re.compile(r"lad\d\d(cd|nmw?)")
# Among the names of forty other areas that come with the directory.
IN_DIRECTORY = re.compile(r".*\b(la_?ua|lad)\b[^/]* names[^/]*\.csv")
OURS = {"cd": "code", "nm": "name", "nmw": "name_cy"}


def import_councils(lines: Iterable[str], *, source: str, sha256: str) -> ImportReport:
    """Create or rename the councils in ``lines``; those that are not in it stay as they are.

    Raises UnusableFile for a header that lacks a column, for any bad row (a line
    ``FILE:LINE: fact, value`` for each) and for a file without rows; nothing is changed
    then.
    """
    councils = read_rows(_in_our_words(lines), source=source, columns=COLUMNS, parse=_council)
    if not councils:
        raise UnusableFile(f"{source}: no council in it; nothing was imported")
    by_code = {council.code: council for council in councils}
    report = ImportReport()
    with transaction.atomic():
        replaced = Council.objects.filter(pk__in=by_code).count()
        Council.objects.bulk_create(
            by_code.values(),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "name_cy"],
        )
        report.counts.update(read=len(councils), kept=len(by_code), replaced=replaced)
        ImportRun.objects.create(
            command=COMMAND, source=source[:200], sha256=sha256, counts=report.counts
        )
    return report


def read_names(path: Path) -> TableFile:
    """The list in a CSV file, or the one in the zip of the directory. Raises UnusableFile."""
    if not zipfile.is_zipfile(path):
        return TableFile.read(path)
    found = list(files_in_zip(path, lambda name: bool(IN_DIRECTORY.fullmatch(name.lower()))))
    if len(found) != 1:
        raise UnusableFile(f"{path.name}: one list of local authorities expected, {len(found)}")
    return TableFile.of(*found[0])


def _in_our_words(lines: Iterable[str]) -> Iterable[str]:
    """The lines with the header's names as COLUMNS has them."""
    left = iter(lines)
    yield re.sub(r"[^,\r\n]+", lambda found: _our_name(found[0]), next(left, ""))
    yield from left


def _our_name(column: str) -> str:
    ons = ONS_COLUMN.fullmatch(column.strip(' "').lower())
    return OURS[ons[1]] if ons else column


def _council(text: dict[str, str], where: str) -> Council:
    if not re.fullmatch(Council.CODE, text["code"]):
        raise BadRow(f"code is not like E07000001, {text['code'][:60]!r}")
    if not text["name"]:
        raise BadRow("name is empty, ''")
    return Council(**text)
