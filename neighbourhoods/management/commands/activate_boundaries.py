from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import BoundarySet
from neighbourhoods.queries.rehearsal import rehearse
from neighbourhoods.services import NoSuccessor, activate_boundary_set, tell_successors


class Command(BaseCommand):
    help = "Rehearses the switch to a set of boundaries that is loaded, and makes it."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument(
            "--valid-from", type=date.fromisoformat, required=True, help="which set, YYYY-MM-DD"
        )
        parser.add_argument("--successors", type=Path, help="CSV with the columns old and new")
        parser.add_argument("--dry-run", action="store_true", help="rehearse and change nothing")

    def handle(self, *, force, valid_from, successors, dry_run, **options):
        sets = BoundarySet.objects.select_related("force__boundary_set")
        found = sets.filter(force=force, valid_from=valid_from).first()
        if found is None:
            raise CommandError(f"Force {force!r} has no boundaries of {valid_from:%Y-%m-%d}.")
        try:
            self.stdout.write("\n".join(_switched(found, successors, dry_run=dry_run)))
        except (UnusableFile, NoSuccessor) as exc:
            raise CommandError(f"{exc}\nNothing was changed.") from exc


@transaction.atomic
def _switched(boundary_set: BoundarySet, successors: Path | None, *, dry_run: bool) -> list[str]:
    if successors:
        tell_successors(boundary_set=boundary_set, table=TableFile.read(successors))
    lines = rehearse(boundary_set).lines
    if dry_run:
        transaction.set_rollback(True)
        return [*lines, "Dry run: nothing was changed."]
    activate_boundary_set(boundary_set=boundary_set, on=london_date(timezone.now()))
    return [*lines, f"In force: {boundary_set}."]
