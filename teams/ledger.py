"""Acts that a backup of the database must not undo, each a line in a file apart from it."""

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

logger = logging.getLogger(__name__)

# What takes an act back.
UNDOES = {"member.unhidden": "member.hidden", "member.spelled_out": "member.shortened"}
# Of a line what tells neither whom nor what the act was about.
CIRCUMSTANCES = {"act", "at", "by"}


@dataclass(frozen=True)
class Line:
    """One act as the file has it, with all that was told of it."""

    number: int
    told: dict[str, object]

    @property
    def act(self) -> str:
        return str(self.told["act"])

    @property
    def subject(self) -> str:
        """Whom or what it was about, the same for an act and for what takes it back."""
        about = {name: told for name, told in self.told.items() if name not in CIRCUMSTANCES}
        return json.dumps(about, sort_keys=True)


@dataclass(frozen=True)
class Ledger:
    """The acts in the file, oldest first, and what is wrong with the lines that tell none.

    ``cut_off``: the last one has no end. Whoever wrote it was stopped before the act was done.
    """

    lines: list[Line]
    wrong: list[str]
    cut_off: bool


def write_line(act: str, *, at: datetime, **told: object) -> None:
    """Add one act to the file, on the disk before this returns.

    Written before the transaction ends: a line too many hides somebody or erases
    something once more, a line too few would bring it back. Raises OSError.
    """
    path = ledger_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"act": act, "at": at.isoformat(), **told}, sort_keys=True)
    with path.open("ab+") as file:
        file.write(_begin_line(file) + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def note_line(act: str, *, at: datetime, about: str, **told: object) -> None:
    """As ``write_line``, where the act must not wait for a disk: one that is full is logged.

    ``about`` names the row in the log, where nobody's name or number belongs.
    """
    try:
        write_line(act, at=at, **told)
    except OSError:
        logger.critical("No line in the ledger: %s, %s", act, about, exc_info=True)


def ledger_path() -> Path:
    return Path(settings.LEDGER_DIR) / "safety.jsonl"


def _begin_line(file: BinaryIO) -> bytes:
    """A line end where the last writer was cut off before its own."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read() == b"\n" else b"\n"


def read_ledger() -> Ledger:
    path = ledger_path()
    *whole, rest = path.read_bytes().split(b"\n") if path.exists() else [b""]
    lines, wrong = [], []
    for number, text in enumerate(whole, 1):
        try:
            lines.append(Line(number, _parsed(text)))
        except ValueError as exc:
            wrong.append(f"line {number}: {exc}")
    return Ledger(lines, wrong, cut_off=bool(rest))


def _parsed(text: bytes) -> dict[str, object]:
    """What a line tells. Raises ValueError."""
    try:
        told = json.loads(text)
    except ValueError as exc:
        raise ValueError("it is not JSON") from exc
    if not isinstance(told, dict) or "act" not in told:
        raise ValueError("it names no act")
    return told


def standing(lines: Iterable[Line]) -> list[Line]:
    """The acts that no later line takes back, in order."""
    held: dict[tuple[str, str], Line] = {}
    for line in lines:
        undone = UNDOES.get(line.act)
        held.pop((undone or line.act, line.subject), None)
        if undone is None:
            held[line.act, line.subject] = line
    return list(held.values())
