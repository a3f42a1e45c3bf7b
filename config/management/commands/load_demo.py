from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.loading import RealForcePresent, load_demo
from config.instants import instant


class Command(BaseCommand):
    help = "Loads the two invented forces of the demonstration, in place of what they held."

    def add_arguments(self, parser):
        parser.add_argument(
            "--at", type=instant, help="ISO date and time that every date is counted from"
        )

    def handle(self, *args, at=None, **options):
        try:
            loaded = load_demo(now=at or timezone.now())
        except RealForcePresent as exc:
            raise CommandError(str(exc)) from exc
        for force, counts in loaded.items():
            said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
            self.stdout.write(f"{force}: {said}")
