import csv
import io
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from neighbourhoods.importers.matching import batches
from neighbourhoods.queries import Located, locate_postcodes

BATCH = 1_000


class Command(BaseCommand):
    help = "Looks postcodes up, one a line, and answers as CSV: postcode,answer,neighbourhoods."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="else standard input")

    def handle(self, *, file, **options):
        lines = map(str.strip, io.StringIO(_read(file)) if file else sys.stdin)
        answers = csv.writer(self.stdout, lineterminator="\n")
        answers.writerow(["postcode", "answer", "neighbourhoods"])
        for batch in batches(lines, BATCH):
            answers.writerows(map(_fields, locate_postcodes(batch)))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as exc:
        raise CommandError(f"{file}: cannot be read, {exc.strerror}") from exc


def _fields(located: Located) -> list[str]:
    places = "|".join(f"{place.force_id}/{place.code}" for place in located.neighbourhoods)
    return [located.postcode, located.answer, places]
