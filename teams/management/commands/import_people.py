from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from neighbourhoods.management.tables import TableCommand
from teams.importers.people import plan_import
from teams.services.importing import (
    NothingToUndo,
    import_file,
    keep_file,
    rehearse_undo,
    undo_import,
)


class Command(TableCommand):
    help = "Imports members and postings; the columns are in docs/DEVELOPERS.md."
    own_options = ("dry_run", "undo")
    file_nargs = "?"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="list what would be done and change nothing"
        )
        parser.add_argument(
            "--undo", action="store_true", help="import the file before the last one again"
        )

    def load(self, table, force, *, dry_run, undo):
        if bool(table) == undo:
            raise CommandError("Give a file, or --undo without one.")
        try:
            plan = self._undo(force, dry_run) if undo else self._import(table, force, dry_run)
        except NothingToUndo as exc:
            raise CommandError(str(exc)) from exc
        return plan.report(rehearsed=dry_run)

    def _undo(self, force, dry_run):
        now = timezone.now()
        if dry_run:
            return rehearse_undo(force, now=now)
        return undo_import(force=force, by=None, now=now)

    @transaction.atomic
    def _import(self, table, force, dry_run):
        if dry_run:
            return plan_import(table.lines, force=force, source=table.name)
        now = timezone.now()
        file = keep_file(table=table, force=force, by=None, now=now)
        return import_file(file=file, by=None, now=now)
