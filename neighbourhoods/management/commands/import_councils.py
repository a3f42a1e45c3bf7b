from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.importers.councils import import_councils, read_names
from neighbourhoods.importers.reporting import UnusableFile


class Command(BaseCommand):
    help = "Names councils; the columns are in docs/DEVELOPERS.md."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help=".csv, or the zip of the ONS directory")

    def handle(self, *, file, **options):
        try:
            table = read_names(file)
            report = import_councils(table.lines, source=table.name, sha256=table.sha256)
        except UnusableFile as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write("\n".join(report.lines))
