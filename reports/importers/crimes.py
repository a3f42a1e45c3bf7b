"""Recorded crime of data.police.uk: counts for each neighbourhood, month and type."""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache

from django.db import transaction
from django.db.models import Sum

from neighbourhoods.importers.bulk import bulk_load
from neighbourhoods.importers.reporting import SHOWN, ImportReport, UnusableFile
from neighbourhoods.models import Force, ImportRun, Neighbourhood
from reports.importers.crime_files import CrimeFile
from reports.importers.crime_rows import FileReading, MonthTally
from reports.importers.placing import Outlines
from reports.models import CrimeCount, DataMonth

COMMAND = "import_crimes"
COUNTED = ("force", "month", "crime_type", "place", "neighbourhood", "count")


@transaction.atomic
def import_crimes(files: Iterable[CrimeFile], *, name: str, on: date) -> ImportReport:
    """Replace the counts of every force and month in ``files``, or change nothing.

    Read once, a file at a time; where two files have the same month of a force, the
    last counts, as if they had come one after the other. Rows of forces that are not
    in the database are counted and left out. A file that cannot be used is named and
    left out as a whole; where nothing is left, UnusableFile says why. ``on`` is today:
    months that are still to come are refused.
    """
    forces = list(Force.objects.select_for_update(no_key=True).order_by("pk"))
    report, sources, digests = ImportReport(), {}, hashlib.sha256()
    outlines = cache(lambda pk: Outlines(next(force for force in forces if force.pk == pk)))
    for file in files:
        digests.update(file.sha256.encode())
        reading = FileReading(file, forces, on)
        try:
            tallies = reading.read(outlines)
        except UnusableFile as exc:
            report.note(f"Left out: {exc}")
            continue
        _add(reading.report, report)
        for force_month, tally in tallies.items():
            _note_again(force_month, sources.get(force_month), file, report)
            _store(force_month, tally, file, report)
            sources[force_month] = file.name
    if not sources:
        raise UnusableFile("\n".join([*report.lines[:-1], f"{name}: no usable row in it"]))
    Neighbourhood.objects.filter(force__in={force for force, _ in sources}).raise_stamps()
    ImportRun.objects.create(
        command=COMMAND, source=name[:200], sha256=digests.hexdigest(), counts=report.counts
    )
    return report


def _add(part: ImportReport, report: ImportReport) -> None:
    report.counts.update(part.counts)
    report.rejects.extend(part.rejects[: SHOWN - len(report.rejects)])
    report.notes.extend(part.notes)


def _note_again(
    force_month: tuple[str, date], before: str | None, file: CrimeFile, report: ImportReport
) -> None:
    if before:
        force, month = force_month
        report.note(
            f"{file.name}: {month:%Y-%m} of {force} came already in {before}; this file counts"
        )


def _store(
    force_month: tuple[str, date], tally: MonthTally, file: CrimeFile, report: ImportReport
) -> None:
    """Put the counts of one month of one force in the place of those that stand."""
    force, month = force_month
    standing = CrimeCount.objects.filter(force=force, month=month)
    report.counts["replaced"] += standing.aggregate(incidents=Sum("count"))["incidents"] or 0
    standing.delete()
    # Without an instance for each of the 1,500 rows that a force has in a month: that took
    # most of the time.
    rows = (
        (force, month, crime_type, place, neighbourhood, count)
        for (crime_type, (place, neighbourhood)), count in tally.counts.items()
    )
    bulk_load(CrimeCount, COUNTED, rows)
    _count_places(tally, report)
    said = {"supplied": True, "rows": tally.rows, "kept": tally.kept}
    said |= {"source": file.name[:200], "sha256": file.sha256}
    DataMonth.objects.update_or_create(force_id=force, month=month, defaults=said)


def _count_places(tally: MonthTally, report: ImportReport) -> None:
    report.counts["kept"] += tally.kept
    for (_type, (place, _neighbourhood)), count in tally.counts.items():
        if place == CrimeCount.Place.NO_COORDINATES:
            report.counts["no coordinates"] += count
        elif place == CrimeCount.Place.OUTSIDE:
            report.counts["outside"] += count
