"""The month files of data.police.uk: CSV, gzip, in zips and folders, read as they are asked for."""

import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from neighbourhoods.importers.archives import BROKEN, check_members, wanted
from neighbourhoods.importers.reporting import UnusableFile

MAX_LINE = 20_000  # characters; a longer one comes in pieces, which no row survives
NAMED = re.compile(r"(20\d\d-(?:0[1-9]|1[0-2]))-([a-z][a-z0-9-]*?)-street\b", re.ASCII)
OTHER_KINDS = re.compile(r"-(outcomes|stop-and-search)\b[^/]*\Z")


@dataclass(frozen=True)
class CrimeFile:
    """One file of rows. ``month`` and ``force`` are what its name says, if it says so."""

    name: str
    sha256: str  # of the file on the disk: for one out of a zip, the zip's
    open: Callable[[], BinaryIO]

    @property
    def month(self) -> date | None:
        said = NAMED.search(self.name)
        return date.fromisoformat(f"{said[1]}-01") if said else None

    @property
    def force(self) -> str | None:
        said = NAMED.search(self.name)
        return said[2] if said else None


def crime_files(paths: Iterable[Path]) -> Iterator[CrimeFile]:
    """The crime files in ``paths``, sorted by name in each folder and zip.

    Files of outcomes and of stop and search, which come in the same zips, are passed
    over. Raises UnusableFile for what is not there or a zip that is not to be trusted.
    """
    for path in paths:
        try:
            for file in _files(path):
                yield from _files_of(file)
        except OSError as exc:
            raise UnusableFile(f"{path.name}: cannot be read, {exc.strerror}") from exc
        except BROKEN as exc:
            raise UnusableFile(f"{path.name}: not a whole zip file, {exc}") from exc


@contextmanager
def lines_of(file: CrimeFile) -> Iterator[Iterator[str]]:
    """The file's lines. Raises UnusableFile where it breaks off.

    Bytes that are not UTF-8 (old files have Windows letters in street names) are kept
    as they are: no column that is counted has any.
    """
    try:
        with (
            file.open() as raw,
            io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as text,
        ):
            yield iter(partial(text.readline, MAX_LINE), "")
    except (OSError, *BROKEN) as exc:
        raise UnusableFile(f"{file.name}: breaks off, {exc}") from exc


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and _meant(file.name))


def _files_of(path: Path) -> Iterator[CrimeFile]:
    sha256 = _digest(path)
    if not zipfile.is_zipfile(path):
        opened = partial(gzip.open, path) if path.suffix == ".gz" else partial(path.open, "rb")
        yield CrimeFile(path.name, sha256, opened)
        return
    with zipfile.ZipFile(path) as archive:
        check_members(archive, path.name)
        for name in sorted(filter(_meant, archive.namelist())):
            base = PurePosixPath(name).name
            yield CrimeFile(base, sha256, partial(archive.open, name))


def _meant(name: str) -> bool:
    plain = name.removesuffix(".gz")
    csv_or_zip = wanted(plain, ".csv") or wanted(plain, ".zip")
    return csv_or_zip and not OTHER_KINDS.search(plain)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
