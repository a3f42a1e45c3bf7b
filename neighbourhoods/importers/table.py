"""What imports of a force's own tables share: CSV with a header, and all of it or nothing."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from neighbourhoods.importers.reporting import UnusableFile

Row = TypeVar("Row")


class BadRow(Exception):
    """One line cannot be used; the message is ``fact, value``."""


@dataclass(frozen=True)
class TableFile:
    """A file of a force, read whole: its tables are small."""

    name: str
    lines: Iterable[str]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "TableFile":
        """Raises UnusableFile for a file that is not there, or is not UTF-8."""
        try:
            return cls.of(path.name, path.read_bytes())
        except OSError as exc:
            raise UnusableFile(f"{path}: {exc.strerror}") from exc

    @classmethod
    def of(cls, name: str, content: bytes) -> "TableFile":
        """Raises UnusableFile for what is not UTF-8."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            raise UnusableFile(f"{name}: not UTF-8 at byte {exc.start}") from exc
        return cls(name, io.StringIO(text, newline=""), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class Columns:
    """The names of a table's columns, and how many characters fit in one."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    longest: Mapping[str, int] = field(default_factory=dict)

    def text_of(self, fields: dict) -> dict[str, str]:
        """A line's texts without spaces around them, '' for a column that is not there.

        Raises BadRow for what the database would refuse.
        """
        if None in fields or None in fields.values():
            raise BadRow("the row has not as many fields as the header")
        text = {name: fields.get(name, "").strip() for name in (*self.required, *self.optional)}
        for name, value in text.items():
            if "\0" in value:
                raise BadRow(f"{name} has a NUL character, {value!r}")
            if len(value) > self.longest.get(name, len(value)):
                raise BadRow(f"{name} is longer than {self.longest[name]} characters, {value!r}")
        return text


def read_rows(
    lines: Iterable[str],
    *,
    source: str,
    columns: Columns,
    parse: Callable[[dict[str, str], str], Row],
) -> list[Row]:
    """What ``parse`` makes of each line's texts and its FILE:LINE, in the order of the file.

    Raises UnusableFile for a header that lacks a column, and where a line raised BadRow;
    its message then has a line ``FILE:LINE: fact, value`` for each.
    """
    reader = csv.DictReader(lines)
    rows, wrong = [], []
    try:
        reader.fieldnames = _header(reader, columns, source)
        for fields in reader:
            where = f"{source}:{reader.line_num}"
            try:
                rows.append(parse(columns.text_of(fields), where))
            except BadRow as exc:
                wrong.append(f"{where}: {exc}")
    except csv.Error as exc:
        line = reader.reader.line_num  # DictReader's own count stops before the bad line
        raise UnusableFile(f"{source}:{line}: not a CSV file, {exc}") from exc
    if wrong:
        raise UnusableFile("\n".join([*wrong, f"{source}: nothing was imported; mend these lines"]))
    return rows


def check_filled(text: dict[str, str], *names: str) -> None:
    """Raises BadRow for the first of these columns that is empty."""
    for name in names:
        if not text[name]:
            raise BadRow(f"{name} is empty, ''")


def day_in(text: dict[str, str], name: str) -> date:
    """The day in a column. Raises BadRow."""
    try:
        return date.fromisoformat(text[name])
    except ValueError as exc:
        raise BadRow(f"{name} is not a day like 2026-11-27, {text[name]!r}") from exc


def _header(reader: csv.DictReader, columns: Columns, source: str) -> list[str]:
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in columns.required if name not in header]:
        raise UnusableFile(f"{source}: the header lacks {', '.join(missing)}; it has {header}")
    return header
