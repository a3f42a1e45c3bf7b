"""How long each team was on patrol in each half-day, from a CSV file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from neighbourhoods.importers.reporting import SHOWN, ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, day_in, read_rows
from neighbourhoods.models import Force, ImportRun
from teams.models import HalfDay, PatrolTotal
from teams.models.patrol import MOST_MINUTES

COMMAND = "import_patrols"
COLUMNS = Columns(("neighbourhood", "date", "half_day", "minutes"))
HALVES = {"morning": False, "afternoon": True}
MOST_DIGITS = 9


@dataclass(frozen=True)
class Line:
    """One total as the file tells it, and where."""

    where: str
    place: int
    half: HalfDay
    minutes: int

    @property
    def key(self) -> tuple[int, HalfDay]:
        return self.place, self.half


@transaction.atomic
def import_patrols(
    lines: Iterable[str], *, force: Force, source: str, sha256: str, in_detail: bool = False
) -> ImportReport:
    """Make ``lines`` all patrol time of the force from the first day in them to the last.

    What an earlier file told of these days, and this one does not, ends: so the earlier file,
    imported again, undoes a later one. ``in_detail`` lists every change, up to 50 of a kind.
    Raises UnusableFile with a line ``FILE:LINE: fact, value`` for each bad row; nothing is
    changed then.
    """
    told = read_rows(lines, source=source, columns=COLUMNS, parse=_parser(force))
    if not told:
        raise UnusableFile(f"{source}: no total in it")
    force = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
    standing = _standing(force, told)
    report = ImportReport(Counter(read=len(told), kept=len(told)))
    _compare(told, standing, report, in_detail=in_detail)
    _store(told, standing)
    force.neighbourhoods.all().raise_stamps()
    ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    return report


def _parser(force: Force) -> Callable[[dict[str, str], str], Line]:
    places = dict(force.neighbourhoods.values_list("code", "pk"))
    seen: dict[tuple, str] = {}

    def parse(text: dict[str, str], where: str) -> Line:
        line = _line(text, places, where)
        if line.key in seen:
            raise BadRow(f"the same half-day stands in {seen[line.key]}, {text['date']!r}")
        seen[line.key] = where
        return line

    return parse


def _line(text: dict[str, str], places: dict[str, int], where: str) -> Line:
    check_filled(text, "neighbourhood")
    if text["neighbourhood"] not in places:
        raise BadRow(f"no neighbourhood with this id in the force, {text['neighbourhood']!r}")
    half = text["half_day"].lower()
    if half not in HALVES:
        raise BadRow(f"half_day is neither morning nor afternoon, {text['half_day']!r}")
    return Line(
        where,
        places[text["neighbourhood"]],
        HalfDay(day_in(text, "date"), HALVES[half]),
        _minutes(text["minutes"]),
    )


def _minutes(text: str) -> int:
    number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    if not number or int(text) > MOST_MINUTES:
        raise BadRow(f"minutes is no whole number up to {MOST_MINUTES}, {text!r}")
    return int(text)


def _standing(force: Force, told: list[Line]) -> dict[tuple[int, HalfDay], PatrolTotal]:
    days = [line.half.on for line in told]
    totals = PatrolTotal.objects.filter(
        neighbourhood__force=force,
        source=PatrolTotal.Source.IMPORT,
        on__range=(min(days), max(days)),
    ).select_related("neighbourhood")
    return {(total.neighbourhood_id, total.half): total for total in totals}


def _compare(told: list[Line], standing: dict, report: ImportReport, *, in_detail: bool) -> None:
    """Say what becomes of the totals that stand."""
    keys = {line.key for line in told}
    new = [line for line in told if line.key not in standing]
    changed = [
        line for line in told if line.key in standing and standing[line.key].minutes != line.minutes
    ]
    ended = [total for key, total in standing.items() if key not in keys]
    if in_detail:
        report.notes.extend(_listed("new", [f"{line.where}: new" for line in new]))
        now = [f"{line.where}: was {standing[line.key].minutes} minutes" for line in changed]
        report.notes.extend(_listed("changed", now))
        gone = [f"Ends: {total.neighbourhood.code}, {total.on:%Y-%m-%d}" for total in ended]
        report.notes.extend(_listed("ended", gone))
    same = len(told) - len(new) - len(changed)
    report.note(
        f"New {len(new):,}, changed {len(changed):,}, ended {len(ended):,}, as before {same:,}"
    )
    report.counts["replaced"] = len(changed)


def _listed(kind: str, facts: list[str]) -> Iterator[str]:
    yield from facts[:SHOWN]
    if len(facts) > SHOWN:
        yield f"… and {len(facts) - SHOWN:,} more {kind}"


def _store(told: list[Line], standing: dict[tuple[int, HalfDay], PatrolTotal]) -> None:
    keys = {line.key for line in told}
    ended = [total.pk for key, total in standing.items() if key not in keys]
    PatrolTotal.objects.filter(pk__in=ended).delete()
    PatrolTotal.objects.bulk_create(
        [
            PatrolTotal(
                neighbourhood_id=line.place,
                on=line.half.on,
                half_day=line.half.part,
                minutes=line.minutes,
                source=PatrolTotal.Source.IMPORT,
            )
            for line in told
        ],
        update_conflicts=True,
        unique_fields=["neighbourhood", "on", "half_day", "source"],
        update_fields=["minutes"],
    )
