from datetime import date

from django.db import transaction
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.importers.areas import import_areas
from neighbourhoods.management.tables import TableCommand


class Command(TableCommand):
    help = "Tells a force's policing areas from a day on; the columns are in docs/DEVELOPERS.md."
    own_options = ("valid_from", "dry_run")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--valid-from", type=date.fromisoformat, help="YYYY-MM-DD, else today")
        parser.add_argument("--dry-run", action="store_true", help="report and change nothing")

    @transaction.atomic
    def load(self, table, force, *, valid_from, dry_run):
        today = london_date(timezone.now())
        report = import_areas(
            table.lines,
            force=force,
            source=table.name,
            sha256=table.sha256,
            valid_from=valid_from or today,
            on=today,
        )
        if dry_run:
            report.note("Dry run: nothing was changed.")
            transaction.set_rollback(True)
        return report
