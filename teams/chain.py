"""The seals of the audit record: each holds what was written and the seal before it.

The heads of the chain are also written into a file in ``LEDGER_DIR``, apart from the
database: without them nobody could tell a chain that was made anew, or cut short.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

GENESIS = "0" * 64  # what the first seal follows


@dataclass(frozen=True)
class Head:
    """The last seal of one run of sealing."""

    event_number: int
    seal: str
    sealed_at: str

    @property
    def line(self) -> str:
        return f"{self.event_number} {self.seal} {self.sealed_at}\n"


def seal_of(parent: str, entry: dict[str, object]) -> str:
    """SHA-256, as 64 hexadecimal digits, of the seal before and the canonical JSON of ``entry``.

    Canonical: sorted keys, no spaces, UTF-8. Instants have to be text already.
    """
    written = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(parent.encode() + written.encode()).hexdigest()


def write_head(event_number: int, seal: str, sealed_at: datetime) -> None:
    """Add a head to the file, on the disk before this returns."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(Head(event_number, seal, sealed_at.isoformat()).line)
        file.flush()
        os.fsync(file.fileno())


def read_heads() -> list[Head]:
    """Every head that was written, oldest first."""
    if not _path().exists():
        return []
    lines = [line.split() for line in _path().read_text().splitlines()]
    return [Head(int(number), seal, sealed_at) for number, seal, sealed_at in lines]


def _path() -> Path:
    return Path(settings.LEDGER_DIR) / "audit.heads"
