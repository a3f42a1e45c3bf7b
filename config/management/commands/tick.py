from argparse import ArgumentTypeError
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import ticking


class Command(BaseCommand):
    help = "Does all periodic work that is due, once. Ends with 1 when a job failed."

    def add_arguments(self, parser):
        parser.add_argument("--now", type=_instant, help="ISO date and time, instead of the clock")

    def handle(self, *args, now=None, **options):
        outcomes = ticking.run_due(now=now or timezone.now())
        for outcome in outcomes:
            self.stdout.write(f"{outcome.job}: {outcome.said}")
        if failed := [outcome.job for outcome in outcomes if outcome.failed]:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}")


def _instant(text: str) -> datetime:
    """An aware instant; one without an offset is meant in London."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise ArgumentTypeError(f"{text!r} is not an ISO date and time") from exc
    return moment if moment.tzinfo else timezone.make_aware(moment)
