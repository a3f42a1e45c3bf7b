from abc import ABC, abstractmethod
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force


class TableCommand(BaseCommand, ABC):
    """Imports one table of a force, as ``load`` does it, and prints the report."""

    own_options: tuple[str, ...] = ()  # those that ``load`` takes beside the table
    file_nargs: str | None = None  # "?" where there is something to do without a file

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument(
            "file", type=Path, nargs=self.file_nargs, help="CSV in UTF-8, with a header"
        )

    def handle(self, *, force, file, **options):
        found = Force.objects.filter(pk=force).first()
        if found is None:
            raise CommandError(f"There is no force {force!r}: import_force makes one.")
        try:
            own = {name: options[name] for name in self.own_options}
            report = self.load(file and TableFile.read(file), found, **own)
        except UnusableFile as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write("\n".join(report.lines))

    @abstractmethod
    def load(self, table: TableFile, force: Force, **own: object) -> ImportReport:
        """Raises UnusableFile."""
