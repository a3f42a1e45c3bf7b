from django.db import transaction

from neighbourhoods.management.tables import TableCommand
from teams.importers.patrols import import_patrols


class Command(TableCommand):
    help = "Imports how long teams were on patrol; the columns are in docs/DEVELOPERS.md."
    own_options = ("dry_run",)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="report and change nothing")

    @transaction.atomic
    def load(self, table, force, *, dry_run):
        report = import_patrols(
            table.lines,
            force=force,
            source=table.name,
            sha256=table.sha256,
            in_detail=dry_run,
        )
        if dry_run:
            report.note("Dry run: nothing was changed.")
            transaction.set_rollback(True)
        return report
