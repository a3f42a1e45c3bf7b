"""What the codes of a force's duty system mean, from a CSV file."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, read_rows
from neighbourhoods.models import Force, ImportRun
from teams.models import DutyCode
from teams.models.duty import Kind, Reason

COMMAND = "import_duty_codes"
COLUMNS = Columns(
    ("code", "means"), ("reason",), longest={"code": DutyCode._meta.get_field("code").max_length}
)
# Leave, sickness and rest days become one here already: what is not kept is not told.
MEANS = {
    "neighbourhood": Kind.HERE,
    "elsewhere": Kind.ELSEWHERE,
    "court": Kind.COURT,
    "training": Kind.TRAINING,
    "leave": Kind.AWAY,
    "sick": Kind.AWAY,
    "rest": Kind.AWAY,
}


@transaction.atomic
def import_duty_codes(
    lines: Iterable[str], *, force: Force, source: str, sha256: str
) -> ImportReport:
    """Make ``lines`` all the codes that the force's duty files may have.

    Duties that were imported stay as they are. Raises UnusableFile with a line
    ``FILE:LINE: fact, value`` for each bad row; nothing is changed then.
    """
    codes = read_rows(lines, source=source, columns=COLUMNS, parse=_parser(force))
    if not codes:
        raise UnusableFile(f"{source}: no code in it")
    before = {code.code: (code.kind, code.reason) for code in force.duty_codes.all()}
    force.duty_codes.all().delete()
    DutyCode.objects.bulk_create(codes)
    changed = [code.code for code in codes if before.get(code.code) != (code.kind, code.reason)]
    report = ImportReport(Counter(read=len(codes), kept=len(codes)))
    report.counts["replaced"] = len(before.keys() & set(changed))
    if gone := sorted(before.keys() - {code.code for code in codes}):
        report.note(f"No longer known: {', '.join(gone)}.")
    ImportRun.objects.create(
        command=COMMAND, force=force, source=source[:200], sha256=sha256, counts=report.counts
    )
    return report


def _parser(force: Force) -> Callable[[dict[str, str], str], DutyCode]:
    seen = set()

    def parse(text: dict[str, str], where: str) -> DutyCode:
        check_filled(text, "code", "means")
        if text["code"] in seen:
            raise BadRow(f"the code stands in a line before, {text['code']!r}")
        seen.add(text["code"])
        kind, reason = _meaning(text)
        return DutyCode(force=force, code=text["code"], kind=kind, reason=reason)

    return parse


def _meaning(text: dict[str, str]) -> tuple[str, str]:
    means, reason = text["means"].lower(), text["reason"].upper()
    if means not in MEANS:
        raise BadRow(f"means is none of {', '.join(MEANS)}, {text['means']!r}")
    kind = MEANS[means]
    if kind != Kind.ELSEWHERE and reason:
        raise BadRow(f"only helping elsewhere has a reason, {text['reason']!r}")
    if kind == Kind.ELSEWHERE and reason not in Reason:
        names = ", ".join(reason.lower() for reason in Reason)
        raise BadRow(f"reason is none of {names}, {text['reason']!r}")
    return kind, reason
