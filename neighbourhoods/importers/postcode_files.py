"""The lists of postcodes as they are published: CSV, gzip, or the register's own zip."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from neighbourhoods.importers.archives import BROKEN, check_members, wanted
from neighbourhoods.importers.reporting import UnusableFile

Source = tuple[str, Iterable[str]]  # the file's name, and its lines

MAX_LINE = 20_000  # characters; the widest register has about 500
# In the zip of a register the whole list is beside the same rows cut up by postcode area;
# Code-Point Open has the areas alone. What else is in there describes the columns.
ZIP_PLACES = (
    r"(^|/)data/[^/]+\Z",
    r"(^|/)data/multi_csv/[^/]+\Z",
    r"(^|/)data/csv/[^/]+\Z",
    r"",
)


def open_sources(path: Path) -> Iterator[Source]:
    """The lists in a .csv, .csv.gz or .zip, each with its lines, read as they are asked for."""
    try:
        if zipfile.is_zipfile(path):
            yield from _zip_sources(path)
        else:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as raw:
                yield path.name, _lines(raw, path.name)
    except OSError as exc:
        raise UnusableFile(f"{path.name}: cannot be read, {exc.strerror}") from exc


def _zip_sources(path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path.name)
            for name in _lists(archive, path.name):
                with archive.open(name) as raw:
                    yield name, _lines(raw, name)
    except BROKEN as exc:
        raise UnusableFile(f"{path.name}: not a whole zip file, {exc}") from exc


def _lists(archive: zipfile.ZipFile, source: str) -> list[str]:
    names = sorted(name for name in archive.namelist() if wanted(name, ".csv"))
    for place in ZIP_PLACES:
        if chosen := [name for name in names if re.search(place, name.lower())]:
            return chosen
    raise UnusableFile(f"{source}: no .csv in it")


def _lines(raw: BinaryIO, source: str) -> Iterator[str]:
    """Lines of bearable length. Raises UnusableFile where the file breaks off."""
    number = 0
    try:
        with io.TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="") as text:
            while line := text.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE:
                    raise UnusableFile(f"{source}:{number}: a line over {MAX_LINE:,} characters")
                yield line
    except (OSError, *BROKEN) as exc:
        raise UnusableFile(f"{source}: breaks off after line {number}, {exc}") from exc
