"""Keep the Welsh catalogue in line with the code."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import translations


class Command(BaseCommand):
    help = "Update locale/cy from the code and templates; or check it, or compile it."
    requires_system_checks = ()  # it must run before there is a catalogue or a database

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="exit 1 and name what is missing")
        what.add_argument("--compile", action="store_true", help="write the binary catalogues")

    def handle(self, *args, check, compile, **options):
        root = settings.BASE_DIR
        if check:
            self._check(translations.problems(root))
        elif compile:
            translations.compile_catalogues(root)
        else:
            translations.update(root)

    def _check(self, problems):
        if problems:
            lines = "\n".join(problems)
            raise CommandError(
                f"{lines}\nThe Welsh lacks {len(problems)}; see `make translations`."
            )
