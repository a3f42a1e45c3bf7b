from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Force
from teams.importers.people import import_people


class Command(BaseCommand):
    help = "Imports members and postings; the columns are in docs/DEVELOPERS.md."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        force, path = options["force"], options["file"]
        found = Force.objects.filter(pk=force).first()
        if found is None:
            raise CommandError(f"There is no force {force!r}: import_force makes one.")
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                report = import_people(lines, force=found, source=path.name)
        except OSError as exc:
            raise CommandError(f"{path}: {exc.strerror}") from exc
        except UnicodeDecodeError as exc:
            raise CommandError(f"{path.name}: not UTF-8 at byte {exc.start}") from exc
        except UnusableFile as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write("\n".join(report.lines))
