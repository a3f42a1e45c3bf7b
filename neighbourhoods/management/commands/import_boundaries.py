from datetime import date, timedelta
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from neighbourhoods.clock import london_date
from neighbourhoods.importers.boundaries import read_boundaries, read_names
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force
from neighbourhoods.services import NoSuccessor, load_boundaries


class Command(BaseCommand):
    help = "Loads a force's outlines as a dated set, dark until it is switched to."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("file", type=Path, help="zip or folder of KML, one KML, or GeoJSON")
        parser.add_argument("--names", type=Path, help="JSON list of objects with id and name")
        parser.add_argument("--id-field", default="id", help="GeoJSON property with the id")
        parser.add_argument("--name-field", default="name", help="GeoJSON property with the name")
        parser.add_argument("--valid-from", type=date.fromisoformat, help="YYYY-MM-DD, else today")
        parser.add_argument("--activate", action="store_true", help="switch to it at once")
        parser.add_argument(
            "--despite-refused",
            action="store_true",
            help="switch even where a neighbourhood drawn until now was refused",
        )
        parser.add_argument("--successors", type=Path, help="CSV with the columns old and new")
        parser.add_argument(
            "--dry-run", action="store_true", help="rehearse the switch, too, and change nothing"
        )

    def handle(self, *, force, file, names, id_field, name_field, **options):
        force = Force.objects.filter(pk=force).first() or _no_force(force)
        progress = partial(tqdm, desc=file.name, unit=" files", disable=None)
        try:
            reading = read_boundaries(
                file, id_field=id_field, name_field=name_field, track=progress
            )
            given = read_names(names) if names else {}
            report = _load(force, reading, given, **options)
        except (UnusableFile, NoSuccessor) as exc:
            raise CommandError(f"{exc}\nNothing was changed.") from exc
        self.stdout.write("\n".join(report.lines))


def _load(force, reading, names, *, valid_from, activate, successors, dry_run, **options):
    today = london_date(timezone.now())
    with transaction.atomic():
        report = load_boundaries(
            force=force,
            reading=reading,
            names=names,
            valid_from=valid_from or _first_day(force, today, activate),
            activate_on=today if activate else None,
            despite_refused=options["despite_refused"],
            successors=successors and TableFile.read(successors),
            rehearsed=dry_run,
        )
        if dry_run:
            report.note("Dry run: nothing was changed.")
            transaction.set_rollback(True)
    return report


def _first_day(force, today, activate):
    """Today; a set that is to stay dark starts after one that came into force today."""
    taken = force.boundary_set and force.boundary_set.valid_from == today
    return today + timedelta(days=1) if taken and not activate else today


def _no_force(force_id):
    raise CommandError(f"There is no force {force_id!r}; create it with import_force.")
