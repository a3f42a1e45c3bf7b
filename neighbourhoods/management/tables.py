from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

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


class RehearsedTableCommand(TableCommand):
    """Imports with ``import_table``; with --dry-run in detail, and nothing of it stays."""

    own_options = ("dry_run",)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="report and change nothing")

    @transaction.atomic
    def load(self, table: TableFile, force: Force, *, dry_run: bool) -> ImportReport:
        report = self.import_table(
            table.lines, force=force, source=table.name, sha256=table.sha256, in_detail=dry_run
        )
        if dry_run:
            report.note("Dry run: nothing was changed.")
            transaction.set_rollback(True)
        return report

    @abstractmethod
    def import_table(self, lines: Iterable[str], **how: object) -> ImportReport:
        """Raises UnusableFile. ``in_detail`` asks for every change by its line."""
