from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.quarters import NotAQuarter, parse_quarter
from reports.models import Bulletin


class Command(BaseCommand):
    help = "Recomputes the hash of a published bulletin and compares it with the one shown."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("neighbourhood")
        parser.add_argument("quarter", help="such as 2021-Q4")

    def handle(self, *, force, neighbourhood, quarter, **options):
        try:
            period = parse_quarter(quarter)
        except NotAQuarter as exc:
            raise CommandError(str(exc)) from exc
        bulletin = (
            Bulletin.objects.public()
            .filter(neighbourhood__force=force, neighbourhood__code=neighbourhood)
            .filter(quarter=period.start)
            .first()
        )
        name = f"{force}/{neighbourhood} {quarter}"
        if bulletin is None:
            raise CommandError(f"No bulletin is published for {name}.")
        if not bulletin.is_intact:
            raise CommandError(f"{name} is not what was published: its hash is another.")
        self.stdout.write(f"{name} is as published: {bulletin.sha256}")
