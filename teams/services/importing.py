"""A file of a force's people: rehearsed, imported, and taken back by the one before it."""

import io
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force, ImportRun
from teams import audit
from teams.importers.people import Act, Plan, Thing, plan_import, plan_undo
from teams.models import PeopleFile, User
from teams.models.people_file import UNDO_FOR

COMMAND, UNDO_COMMAND = "import_people", "import_people --undo"


class NothingToUndo(Exception):
    """There is no import to take back, or no earlier file to put in its place."""


class ChangedMeanwhile(Exception):
    """The import would do something else than the rehearsal that was agreed to."""


@transaction.atomic
def keep_file(*, table: TableFile, force: Force, by: User | None, now: datetime) -> PeopleFile:
    """Put a file up, so that it can be rehearsed and then imported.

    Raises UnusableFile for one that cannot be imported as it is; it is not kept then.
    """
    source = table.name[:200]
    file = PeopleFile(force=force, source=source, sha256=table.sha256, kept_at=now)
    file.keep("".join(table.lines))
    file.save()
    rehearse(file)
    audit.record("people.file_kept", file, by=by)
    return file


def rehearse(file: PeopleFile) -> Plan:
    """What its import would do. Raises UnusableFile."""
    return plan_import(_lines(file), force=file.force, source=file.source)


@transaction.atomic
def import_file(
    *, file: PeopleFile, by: User | None, now: datetime, agreed: str | None = None
) -> Plan:
    """Import a file that was put up; what it did is what ``rehearse`` says at this moment.

    ``agreed`` is the fingerprint of a rehearsal that somebody has seen. Raises UnusableFile
    or ChangedMeanwhile; nothing is changed then.
    """
    _locked(file.force)
    if not PeopleFile.objects.waiting().filter(pk=file.pk).exists():
        raise ChangedMeanwhile(_("This file has been imported already."))
    plan = rehearse(file)
    _require_agreed(plan, agreed)
    file.began = plan.write()
    file.kept_at = now
    file.run = _run(plan, file, COMMAND, by=by)
    file.save(update_fields=["began", "kept_at", "run"])
    return plan


def rehearse_undo(force: Force, *, now: datetime) -> Plan:
    """What taking the last import back would do. Raises NothingToUndo or UnusableFile."""
    newest, earlier = _newest_two(force, now)
    return plan_undo(
        _lines(newest),
        _lines(earlier),
        force=force,
        began={Thing.POSTING: [], Thing.NAMED_CONTACT: [], **newest.began},
        sources=(f"{newest.source} (undone)", earlier.source),
    )


@transaction.atomic
def undo_import(*, force: Force, by: User | None, now: datetime, agreed: str | None = None) -> Plan:
    """Import the earlier file again in place of the last one, which counts as never read.

    Done again, it takes the one before that back. Whoever was hidden stays hidden: no import
    touches that. Raises NothingToUndo, UnusableFile or ChangedMeanwhile; nothing is changed
    then.
    """
    force = _locked(force)
    plan = rehearse_undo(force, now=now)
    _require_agreed(plan, agreed)
    newest, earlier = _newest_two(force, now)
    plan.write()
    newest.undone_at = now
    newest.save(update_fields=["undone_at"])
    _run(plan, earlier, UNDO_COMMAND, by=by)
    return plan


def _require_agreed(plan: Plan, agreed: str | None) -> None:
    if agreed not in (None, plan.fingerprint):
        raise ChangedMeanwhile(_("These people were changed meanwhile. Look at it again."))


def _newest_two(force: Force, now: datetime) -> list[PeopleFile]:
    """The import to take back, and the one before it. Raises NothingToUndo."""
    newest = list(force.people_files.imported().select_related("force")[:2])
    if not newest:
        raise NothingToUndo(_("No import of people is kept, so there is nothing to undo."))
    if newest[0].kept_at <= now - UNDO_FOR:
        raise NothingToUndo(_("The last import was made more than 30 days ago: it stays."))
    if len(newest) < 2:
        raise NothingToUndo(
            _("No file was imported before the last one. Import a file that is right instead.")
        )
    return newest


def _lines(file: PeopleFile) -> Iterable[str]:
    """Raises NothingToUndo where the key has changed."""
    try:
        return io.StringIO(file.read(), newline="")
    except InvalidToken as exc:
        raise NothingToUndo(_("The file was kept under another key and cannot be read.")) from exc


def _run(plan: Plan, file: PeopleFile, command: str, *, by: User | None) -> ImportRun:
    totals = {act.value: plan.totals[act] for act in Act}
    run = ImportRun.objects.create(
        command=command,
        force=file.force,
        source=file.source,
        sha256=file.sha256,
        counts={"read": plan.read, **totals},
    )
    audit.record("people.imported", file.force, by=by, run=run.pk, **totals)
    return run


def _locked(force: Force) -> Force:
    """Two imports at once take their turn."""
    return Force.objects.select_for_update(no_key=True).get(pk=force.pk)
