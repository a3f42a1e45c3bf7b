"""Acts that a backup of the database must not undo, each a line in a file apart from it."""

import json
import logging
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


def write_line(act: str, *, at: datetime, **told: object) -> None:
    """Add one act to the file, on the disk before this returns.

    Written before the transaction ends: a line too many hides somebody or erases
    something once more, a line too few would bring it back. Raises OSError.
    """
    path = ledger_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"act": act, "at": at.isoformat(), **told}, sort_keys=True)
    with path.open("a") as file:
        file.write(line + "\n")
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
