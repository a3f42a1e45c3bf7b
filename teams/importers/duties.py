"""Who is on duty when, from the CSV file of a force's duty system."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from neighbourhoods.clock import LONDON, london_instant
from neighbourhoods.importers.matching import batches
from neighbourhoods.importers.reporting import SHOWN, ImportReport, UnusableFile
from neighbourhoods.importers.table import read_rows
from neighbourhoods.models import Force, ImportRun
from teams.importers.duty_rows import COLUMNS, Line, Reading, by_member, refuse_overlaps
from teams.models import Duty, Member
from teams.models.duty import Kind, Reason

COMMAND = "import_duties"
PEOPLE_AT_ONCE = 200
CONTENT = ("ends_at", "kind", "reason", "source")


@dataclass
class Changes:
    """What a file makes of the duties that stand."""

    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    ended: list[Duty] = field(default_factory=list)
    same: int = 0


@transaction.atomic
def import_duties(
    lines: Iterable[str], *, force: Force, source: str, sha256: str, in_detail: bool = False
) -> ImportReport:
    """Make ``lines`` all duty that the force tells of, from the first day in them on.

    That is the day on which the first of them ends. What an earlier file told of that day and
    later, and this one does not, ends: so the earlier file, imported again, undoes a later one.
    Of people in it what the file says holds against a roll-call. ``in_detail`` lists every
    change, up to 50 of a kind. Raises UnusableFile with a line ``FILE:LINE: fact, value`` for
    each bad row; nothing is changed then.
    """
    reading = Reading(force)
    read = read_rows(lines, source=source, columns=COLUMNS, parse=reading.line)
    told = [line for line in read if line]
    if not told:
        raise UnusableFile(f"{source}: no line about anybody of force {force.pk!r}")
    refuse_overlaps(told, source)
    report = ImportReport(Counter(read=len(read), kept=len(told)))
    counts, facts = Counter(), {"new": [], "changed": [], "ended": []}
    for changes in _changes(told, force):
        _store(changes)
        _count(changes, counts)
        _note(changes, facts if in_detail else {})
    force.neighbourhoods.all().raise_stamps()
    _report(report, counts, facts, reading.strangers)
    ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    return report


def _changes(told: list[Line], force: Force) -> Iterator[Changes]:
    """Of some people after the others. While it lasts nobody else writes their duties."""
    people = Member.objects.select_for_update(no_key=True).filter(force=force).order_by("pk")
    first = london_instant(min(line.last_on for line in told))
    earliest = min(line.starts_at for line in told)
    lines_of = by_member(told)
    for some in batches(people.values_list("pk", "reference"), PEOPLE_AT_ONCE):
        standing = defaultdict(list)
        duties = Duty.objects.filter(member__in=[pk for pk, _ in some], ends_at__gt=earliest)
        for duty in duties.select_related("member"):
            standing[duty.member_id].append(duty)
        changes = Changes()
        for pk, _reference in some:
            _compare(lines_of.get(pk, []), standing[pk], first, changes)
        yield changes


def _compare(lines: list[Line], duties: list[Duty], first: datetime, changes: Changes) -> None:
    """One person's lines with the duties that stand, which begin once each."""
    before = {duty.starts_at: duty for duty in duties}
    for line in lines:
        duty = before.pop(line.starts_at, None)
        if duty is None:
            changes.new.append(line)
        elif line.agrees_with(duty):
            changes.same += 1
        else:
            changes.changed.append(line)
    for duty in before.values():
        untold = duty.source == Duty.Source.IMPORT and duty.starts_at >= first
        if untold or any(line.overlaps(duty) for line in lines):
            changes.ended.append(duty)


def _store(changes: Changes) -> None:
    Duty.objects.filter(pk__in=[duty.pk for duty in changes.ended]).delete()
    Duty.objects.bulk_create(
        (_duty(line) for line in (*changes.new, *changes.changed)),
        update_conflicts=True,
        unique_fields=["member", "starts_at"],
        update_fields=CONTENT,
    )


def _duty(line: Line) -> Duty:
    return Duty(
        member_id=line.member,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        kind=line.kind,
        reason=line.reason,
        source=Duty.Source.IMPORT,
    )


def _count(changes: Changes, counts: Counter) -> None:
    counts["new"] += len(changes.new)
    counts["changed"] += len(changes.changed)
    counts["ended"] += len(changes.ended)
    counts["as before"] += changes.same


def _note(changes: Changes, facts: dict[str, list[str]]) -> None:
    """Add to the facts of each kind, what begins and changes by its line, up to SHOWN."""
    if not facts:
        return
    facts["new"] += [f"{line.where}: new, {_said(line)}" for line in changes.new]
    facts["changed"] += [f"{line.where}: now {_said(line)}" for line in changes.changed]
    facts["ended"] += [f"Ends: {duty.member.reference}, {_said(duty)}" for duty in changes.ended]
    for kind in facts:
        del facts[kind][SHOWN:]


def _report(
    report: ImportReport, counts: Counter, facts: dict[str, list[str]], strangers: int
) -> None:
    for kind, listed in facts.items():
        report.notes.extend(listed)
        if listed and counts[kind] > len(listed):
            report.note(f"… and {counts[kind] - len(listed):,} more {kind}")
    report.note(", ".join(f"{kind} {number:,}" for kind, number in counts.items()).capitalize())
    if strangers:
        report.note(f"{strangers:,} lines are about people whom the portal does not have.")
    report.counts["replaced"] = counts["changed"]


def _said(told: Line | Duty) -> str:
    starts, ends = told.starts_at.astimezone(LONDON), told.ends_at.astimezone(LONDON)
    does = Kind(told.kind).name.lower()
    why = f" ({Reason(told.reason).name.lower()})" if told.reason else ""
    return f"{starts:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} {does}{why}"
