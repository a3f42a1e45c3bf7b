import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from neighbourhoods.importers.postcode_files import Source, open_sources
from neighbourhoods.importers.postcode_rows import Format
from neighbourhoods.importers.postcodes import import_postcodes
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.turns import wait_for_turn
from neighbourhoods.models import Postcode

AUTO = "auto"


class Command(BaseCommand):
    help = "Loads the places of postcodes from the ONS register and matches them with boundaries."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, help=".csv, .csv.gz or .zip")
        parser.add_argument(
            "--format",
            choices=[AUTO, *Format],
            default=AUTO,
            help="what the files are; another is refused. auto: whatever their first line tells",
        )

    def handle(self, *, files, format, **options):
        try:
            with transaction.atomic():
                wait_for_turn(Postcode)
                report = import_postcodes(
                    _sources(files),
                    name=", ".join(file.name for file in files),
                    sha256=_sha256(files),
                    expected=None if format == AUTO else Format(format),
                )
        except UnusableFile as exc:
            raise CommandError(f"{exc}\nNothing was changed.") from exc
        self.stdout.write("\n".join(report.lines))


def _sources(files: list[Path]) -> Iterator[Source]:
    for file in files:
        for name, lines in open_sources(file):
            yield name, tqdm(lines, desc=name, unit=" lines", disable=None)


def _sha256(files: list[Path]) -> str:
    """Of one file, or of all files' digests."""
    try:
        digests = [_digest(file) for file in files]
    except OSError as exc:
        raise UnusableFile(f"{exc.filename}: cannot be read, {exc.strerror}") from exc
    return digests[0] if len(files) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
