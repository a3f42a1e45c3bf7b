"""What a force says of its roles, from a CSV file: powers in plain words, and badges."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import groupby

from django.db import transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, day_in, read_rows
from neighbourhoods.models import Force, ImportRun
from teams import audit
from teams.models import Member, RoleFact

COMMAND = "import_powers"
LONGEST = {name: RoleFact._meta.get_field(name).max_length for name in ("text", "employer")}
List = tuple[str, date]  # a role, and the day from which the list holds


def import_powers(
    lines: Iterable[str], *, force: Force, source: str, sha256: str, rehearse: bool = False
) -> ImportReport:
    """Make ``lines`` what the force says of the roles in them, from the days in them on.

    The lines of a role that begin on one day are its whole list from that day; said again
    they take its place, and lists of other days stay. A force in Wales needs every text in
    both languages. With ``rehearse`` the report is the same and nothing is changed. Raises
    UnusableFile for a header that lacks a column, for any bad row and for a file without rows.
    """
    facts = read_rows(lines, source=source, columns=_columns(force), parse=partial(_fact, force))
    if not facts:
        raise UnusableFile(f"{source}: no line in it; nothing was imported")
    report = ImportReport()
    report.counts.update(read=len(facts))
    with transaction.atomic():
        Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        for of, told in _lists(facts):
            _take(of, told, force, report, rehearse=rehearse)
        if not rehearse:
            _note(force, source, sha256, report)
    return report


def _columns(force: Force) -> Columns:
    required, welsh = ("role", "kind", "text", "from"), ("text_cy",)
    longest = {**LONGEST, "text_cy": LONGEST["text"]}
    if force.welsh:
        return Columns((*required, *welsh), ("employer",), longest=longest)
    return Columns(required, (*welsh, "employer"), longest=longest)


def _fact(force: Force, text: dict[str, str], where: str) -> RoleFact:
    check_filled(text, "text", *(("text_cy",) if force.welsh else ()))
    role, kind = _choice(text, "role", Member.Role), _choice(text, "kind", RoleFact.Kind)
    if text["employer"] and role not in Member.OF_OTHERS:
        raise BadRow(f"people in this role work for the force alone, {text['employer']!r}")
    return RoleFact(
        force=force,
        role=role,
        kind=kind,
        from_on=day_in(text, "from"),
        text=text["text"],
        text_cy=text["text_cy"],
        employer=text["employer"],
    )


def _choice(text: dict[str, str], name: str, choices) -> str:
    value = text[name].lower().replace(" ", "_")
    if value not in choices.values:
        raise BadRow(f"{name} is none of {', '.join(choices.values)}, {text[name]!r}")
    return value


def _lists(facts: list[RoleFact]) -> Iterator[tuple[List, list[RoleFact]]]:
    """The lists that the file has, each in the order of its lines."""

    def of(fact: RoleFact) -> List:
        return fact.role, fact.from_on

    for key, told in groupby(sorted(facts, key=of), key=of):
        yield key, list(told)


def _take(
    of: List, told: list[RoleFact], force: Force, report: ImportReport, *, rehearse: bool
) -> None:
    """Put one list in the place of what was said of the same role and day."""
    role, from_on = of
    standing = force.role_facts.filter(role=role, from_on=from_on)
    before = {_said(fact) for fact in standing}
    after = {_said(fact) for fact in told}
    for sign, words in (("-", before - after), ("+", after - before)):
        for kind, text, *_more in sorted(words):
            report.note(f"{role} from {from_on}: {sign} {kind}: {text}")
    report.counts["kept"] += len(told)
    report.counts["replaced"] += len(before)
    if rehearse:
        return
    standing.delete()
    for position, fact in enumerate(told, start=1):
        fact.position = position
    RoleFact.objects.bulk_create(told)


def _said(fact: RoleFact) -> tuple[str, str, str, str]:
    return fact.kind, fact.text, fact.text_cy, fact.employer


def _note(force: Force, source: str, sha256: str, report: ImportReport) -> None:
    force.neighbourhoods.all().raise_stamps()
    run = ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    audit.record("powers.imported", force, by=None, run=run.pk, lines=report.counts["kept"])
