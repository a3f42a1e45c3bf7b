"""The register of postcodes: where each one is, when it ended, and which council it lies in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from neighbourhoods.importers.bulk import among, bulk_change, bulk_load, refresh_statistics
from neighbourhoods.importers.matching import (
    BATCH_ROWS,
    Shapes,
    batches,
    match_postcodes,
    watched_sets,
)
from neighbourhoods.importers.postcode_files import Source
from neighbourhoods.importers.postcode_rows import Format, Row, read_rows
from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.models import (
    Council,
    Force,
    ImportRun,
    Postcode,
    PostcodeBeside,
    PostcodeMatch,
)

COMMAND = "import_postcodes"
STORED = ("lat", "lng", "terminated_on", "council_code")


@dataclass
class Seen:
    """Which postcodes came already: a bit for each, so that a whole register takes a few MB."""

    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def before(self, code: str) -> bool:
        """Whether the code came already; from now on it has."""
        outward, (digit, first, second) = code[:-3], code[-3:]
        bit = 1 << (int(digit) * 676 + (ord(first) - 65) * 26 + ord(second) - 65)
        known = bool(self.units[outward] & bit)
        self.units[outward] |= bit
        return known


@transaction.atomic
def import_postcodes(
    sources: Iterable[Source], *, name: str, sha256: str, expected: Format | None = None
) -> ImportReport:
    """Add or change every postcode in ``sources``, and match them with the boundaries.

    Read once, in batches. The last of several rows for a postcode counts. Postcodes
    that are not in the files stay as they are. Bad rows are reported and left out;
    a bad header, another format than ``expected``, or no usable row, raises UnusableFile
    and nothing was changed.
    """
    # Boundaries wait: their import would not see these postcodes, nor these those.
    list(Force.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    shapes = Shapes.of(watched_sets())
    report, layouts, councils = ImportReport(), Counter(), set()
    for batch in batches(_rows(sources, expected, report, layouts), BATCH_ROWS):
        _store({row.code: row for row in batch}, shapes, report)
        councils.update(row.council for row in batch if row.council)
    counts = report.counts
    counts["kept"] = counts["read"] - counts["rejected"] - counts["repeated"]
    if not counts["kept"]:
        raise UnusableFile("\n".join([*report.rejects, f"{name}: no usable postcode in it"]))
    refresh_statistics(Postcode, PostcodeMatch, PostcodeBeside)
    _note(report, layouts, councils)
    ImportRun.objects.create(command=COMMAND, source=name[:200], sha256=sha256, counts=counts)
    return report


def _rows(
    sources: Iterable[Source], expected: Format | None, report: ImportReport, layouts: Counter
) -> Iterator[Row]:
    seen = Seen()
    for source, lines in sources:
        rows = read_rows(source, lines, expected=expected, report=report, layouts=layouts)
        for row in rows:
            report.counts["repeated"] += seen.before(row.code)
            yield row


def _store(rows: dict[str, Row], shapes: Shapes, report: ImportReport) -> None:
    """Write what differs from the table; match all, since a row may stand without its match."""
    stored = Postcode.objects.filter(pk__in=among(rows)).values_list("code", *STORED)
    standing = {code: tuple(content) for code, *content in stored}
    wanted_now = {code: row.content(standing.get(code)) for code, row in rows.items()}
    new = wanted_now.keys() - standing.keys()
    changed = [code for code, content in standing.items() if wanted_now[code] != content]
    bulk_load(Postcode, ("code", *STORED), ((code, *wanted_now[code]) for code in sorted(new)))
    bulk_change(Postcode, ("code", *STORED), [(code, *wanted_now[code]) for code in changed])
    places = [(code, lat, lng) for code, (lat, lng, *_) in wanted_now.items()]
    report.counts["replaced"] += len(changed)
    report.counts["no coordinates"] += sum(lat is None for _, lat, _ in places)
    report.counts["outside"] += match_postcodes(places, shapes, new=new)


def _note(report: ImportReport, layouts: Counter, councils: set[str]) -> None:
    for layout, files in layouts.items():
        report.note(f"Read as {layout}: {files} file(s).")
    if repeated := report.counts["repeated"]:
        report.note(f"{repeated:,} postcodes came again; the last row counts.")
    nameless = councils.difference(Council.objects.values_list("pk", flat=True))
    if nameless:
        report.note(f"{len(nameless)} councils have no name yet; import_councils names them.")
