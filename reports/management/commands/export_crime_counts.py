import csv
from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.models import Force
from reports.queries.crime_counts import COUNT_HEADER, crime_count_rows


class Command(BaseCommand):
    help = "Prints the crime counts of a force as CSV."

    def add_arguments(self, parser):
        parser.add_argument("force")
        parser.add_argument("--from", dest="first", type=_month, help="YYYY-MM")
        parser.add_argument("--to", dest="last", type=_month, help="YYYY-MM")

    def handle(self, *, force, first, last, **options):
        found = Force.objects.filter(pk=force).first()
        if found is None:
            raise CommandError(f"There is no force {force!r}: import_force makes one.")
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COUNT_HEADER)
        writer.writerows(crime_count_rows(found, first=first, last=last))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as exc:
        raise ArgumentTypeError(f"not a month like 2026-11, {text!r}") from exc
