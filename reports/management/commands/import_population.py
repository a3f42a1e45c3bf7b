import hashlib
import io
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.importers.archives import read_file
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Force
from reports.importers.population import import_population


class Command(BaseCommand):
    help = "Sets how many people live in each neighbourhood; columns id and residents."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("file", type=Path)

    def handle(self, *, force, file, **options):
        found = Force.objects.filter(pk=force).first()
        if found is None:
            raise CommandError(f"There is no force {force!r}: import_force makes one.")
        try:
            content = read_file(file)
            report = import_population(
                io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""),
                force=found,
                source=file.name,
                sha256=hashlib.sha256(content).hexdigest(),
            )
        except UnusableFile as exc:
            raise CommandError(f"{exc}\nNothing was changed.") from exc
        self.stdout.write("\n".join(report.lines))
