"""The key of each round: a file outside the database, so that neither says who voted."""

import os
import secrets
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32


class RoundKeyMissing(Exception):
    """The key of a round is not where it has to be, so that no vote can be taken."""


def make_round_key(pk: int) -> None:
    """Make the key of the round ``pk`` for its owner alone; one that is there stays.

    An opening that was rolled back leaves its key behind, and the next one uses it.
    """
    path = _path(pk)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def read_round_key(pk: int) -> bytes:
    """The key of the round ``pk``. Raises RoundKeyMissing."""
    try:
        key = _path(pk).read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) != KEY_BYTES:
        raise RoundKeyMissing(f"The key of round {pk} is missing or broken in ROUND_KEY_DIR.")
    return key


def kept_round_keys() -> list[int]:
    """The rounds whose keys are still there, in order."""
    return sorted(int(path.stem) for path in Path(settings.ROUND_KEY_DIR).glob("[0-9]*.key"))


def destroy_round_key(pk: int) -> bool:
    """Take the key of the round ``pk`` away; False when there is none. Nobody can undo it."""
    path = _path(pk)
    found = path.exists()
    path.unlink(missing_ok=True)
    return found


def _path(pk: int) -> Path:
    return Path(settings.ROUND_KEY_DIR) / f"{pk}.key"
