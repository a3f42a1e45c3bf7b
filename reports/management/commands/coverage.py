from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from reports.exports import write_coverage


class Command(BaseCommand):
    help = "Prints as CSV how each neighbourhood is covered today, and what it lacks."

    def add_arguments(self, parser):
        parser.add_argument("force", nargs="?", help="one force; without it all of them")

    def handle(self, *, force, **options):
        found = Force.objects.filter(pk=force).first() if force else None
        if force and found is None:
            raise CommandError(f"There is no force {force!r}: import_force makes one.")
        write_coverage(self.stdout, on=london_date(timezone.now()), force=found)
