from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from neighbourhoods.clock import london_date
from neighbourhoods.importers.reporting import UnusableFile
from priorities.importers.policeuk import import_policeuk


class Command(BaseCommand):
    help = "Fills a whole force from saved answers of the data.police.uk API."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("dir", type=Path, help="each answer under its API path plus .json")
        parser.add_argument(
            "--activate", action="store_true", help="switch to the outlines at once"
        )
        parser.add_argument(
            "--despite-refused",
            action="store_true",
            help="switch even where a neighbourhood drawn until now was refused",
        )
        parser.add_argument("--dry-run", action="store_true", help="report and change nothing")

    def handle(self, *, force, dir, activate, despite_refused, dry_run, **options):
        try:
            with transaction.atomic():
                report = import_policeuk(
                    dir,
                    force_id=force,
                    on=london_date(timezone.now()),
                    activate=activate,
                    despite_refused=despite_refused,
                    track=partial(tqdm, desc=force, unit=" neighbourhoods", disable=None),
                )
                if dry_run:
                    report.note("Dry run: nothing was changed.")
                    transaction.set_rollback(True)
        except (UnusableFile, ValidationError) as exc:
            said = "\n".join(exc.messages) if isinstance(exc, ValidationError) else str(exc)
            raise CommandError(f"{said}\nNothing was changed.") from exc
        self.stdout.write("\n".join(report.lines))
