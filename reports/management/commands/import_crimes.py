from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from neighbourhoods.clock import london_date
from neighbourhoods.importers.reporting import UnusableFile
from reports.importers.crime_files import crime_files
from reports.importers.crimes import import_crimes


class Command(BaseCommand):
    help = "Counts recorded crime of data.police.uk; a month of a force replaces what was there."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, help=".csv, .csv.gz, .zip, folders")

    def handle(self, *, paths, **options):
        files = tqdm(crime_files(paths), desc="import_crimes", unit=" files", disable=None)
        try:
            name = ", ".join(path.name for path in paths)
            report = import_crimes(files, name=name, on=london_date(timezone.now()))
        except UnusableFile as exc:
            raise CommandError(f"{exc}\nNothing was changed.") from exc
        self.stdout.write("\n".join(report.lines))
