"""Taking the audit record out of the portal."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from neighbourhoods.models import Force
from teams import audit
from teams.models import AuditEvent, User
from teams.queries import with_names
from teams.queries.audited import AuditLine, lines_of

HEADER = ("number", "at", "who", "act", "about", "details", "sealed")
BATCH = 500
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Between texts that are read at once: nobody types these.
TEXTS, LINES = "\x1f", "\x1e"


@transaction.atomic
def export_audit(
    *, force: Force, events: QuerySet[AuditEvent], language: str, by: User
) -> Iterator[tuple[str, ...]]:
    """Write down that ``by`` takes these acts out, and return them as rows of a table.

    The file leaves the portal, so it says the names that residents may read.
    """
    newest = events.values_list("pk", flat=True).first()
    audit.record("audit.exported", force, by=by, events=events.count(), newest=newest or 0)
    return _rows(events.filter(pk__lte=newest or 0), language)


def _rows(events: QuerySet[AuditEvent], language: str) -> Iterator[tuple[str, ...]]:
    yield HEADER
    batch = list(events[:BATCH])
    while batch:
        lines = lines_of(batch, language)
        for line, told in zip(lines, _told(lines), strict=True):
            sealed = "yes" if line.sealed else "no"
            yield (str(line.number), line.at.isoformat(timespec="seconds"), *told, sealed)
        batch = list(events.filter(pk__lt=batch[-1].pk)[:BATCH])


def _told(lines: list[AuditLine]) -> Iterator[tuple[str, ...]]:
    """Who, what, about whom and details of each line, with names. One query for all."""
    texts = [TEXTS.join((line.who, line.act, line.about, line.details)) for line in lines]
    for line in with_names(LINES.join(texts)).split(LINES):
        yield tuple(_harmless(cell) for cell in line.split(TEXTS))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
