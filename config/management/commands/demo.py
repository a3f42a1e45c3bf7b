import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import serving
from config.demo.loading import RealForcePresent


class Command(BaseCommand):
    help = "Prepares the demonstration and serves it on this machine alone."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="begin with a new database")
        parser.add_argument(
            "--started", type=float, help="when set-up began, in seconds since 1970"
        )

    def handle(self, *args, port, fresh, started, **options):
        if not (settings.DEMO and settings.EMBEDDED):
            raise CommandError("This needs DEMO=1 and the embedded database: use `make demo`.")
        now = timezone.now()
        try:
            serving.require_port(port)
            if fresh:
                serving.delete_demo()
            serving.prepare(now=now)
        except (serving.PortInUse, RealForcePresent) as exc:
            raise CommandError(str(exc)) from exc
        self._say(port, since=started or now.timestamp())
        sys.exit(serving.serve(port=port))

    def _say(self, port: int, *, since: float) -> None:
        now = timezone.now()
        if warning := serving.age_warning(now=now):
            self.stdout.write(self.style.WARNING(warning))
        for entry in serving.welcome(port=port, seconds=now.timestamp() - since):
            self.stdout.write(entry)
        self.stdout.flush()
