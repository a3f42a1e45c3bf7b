from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from neighbourhoods.models import JobRun
from teams.queries.audited import UNBROKEN, VERIFYING
from teams.snapshots import verify_audit


class Command(BaseCommand):
    help = "Looks whether the audit record is as it was sealed, and names the first bad row."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["verify"])

    def handle(self, *args, **options):
        now = timezone.now()
        run = JobRun(job=VERIFYING, period_start=now, attempts=1)
        run.finish(at=now, result=verify_audit(now=now))
        run.save()
        found, _space, said = run.result.partition(" ")
        if found != UNBROKEN:
            raise CommandError(said)
        self.stdout.write(f"{said} events, each as it was sealed")
