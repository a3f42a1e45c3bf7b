from django.core.management.base import BaseCommand, CommandError

from teams.audit import BrokenRecord, verify


class Command(BaseCommand):
    help = "Looks whether the audit record is as it was sealed, and names the first bad row."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["verify"])

    def handle(self, *args, **options):
        try:
            count = verify()
        except BrokenRecord as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{count} events, each as it was sealed")
