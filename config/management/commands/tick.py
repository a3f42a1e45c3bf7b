import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import ticking
from config.instants import instant


class Command(BaseCommand):
    help = "Does all periodic work that is due, once. Ends with 1 when a job failed."

    def add_arguments(self, parser):
        parser.add_argument("--now", type=instant, help="ISO date and time, instead of the clock")
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="again and again, until it is ended"
        )

    def handle(self, *args, now=None, every=None, **options):
        if every is None:
            self._tick_once(now=now or timezone.now())
        elif now or every <= 0:
            raise CommandError("--every takes a number of seconds, and no --now beside it")
        else:
            _tick_every(every)

    def _tick_once(self, *, now) -> None:
        outcomes = ticking.run_due(now=now)
        for outcome in outcomes:
            self.stdout.write(f"{outcome.job}: {outcome.said}")
        if failed := [outcome.job for outcome in outcomes if outcome.failed]:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}")


def _tick_every(seconds: float) -> None:
    """Go on until the process is asked to end, then finish what was begun; only the log speaks."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    while not asked.is_set():
        ticking.run_due(now=timezone.now())
        asked.wait(seconds)
