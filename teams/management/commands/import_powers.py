from neighbourhoods.management.tables import TableCommand
from teams.importers.powers import import_powers


class Command(TableCommand):
    help = "Tells what people in each role can do, from a day on; see docs/DEVELOPERS.md."
    own_options = ("dry_run",)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="report and change nothing")

    def load(self, table, force, *, dry_run):
        report = import_powers(
            table.lines,
            force=force,
            source=table.name,
            sha256=table.sha256,
            rehearse=dry_run,
        )
        if dry_run:
            report.note("Dry run: nothing was changed.")
        return report
