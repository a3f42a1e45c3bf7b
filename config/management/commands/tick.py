from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import ticking


class Command(BaseCommand):
    help = "Does all periodic work that is due, once."

    def add_arguments(self, parser):
        parser.add_argument("--now", type=_instant, help="ISO date and time, instead of the clock")

    def handle(self, *args, now=None, **options):
        for job, said in ticking.run_due(now=now or timezone.now()).items():
            self.stdout.write(f"{job}: {said}")


def _instant(text: str) -> datetime:
    """An aware instant; one without an offset is meant in London."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise CommandError(f"--now: {text!r} is not an ISO date and time") from exc
    return moment if moment.tzinfo else timezone.make_aware(moment)
