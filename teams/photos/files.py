"""The files in ``MEDIA_ROOT/photos``: whole or not there, each under a key nobody can guess."""

import logging
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

KEY_BYTES = 16


class NoRoom(Exception):
    """The disk did not take the file; nothing of it was left there."""


def keep(jpeg: bytes) -> str:
    """Write the file and return its key, once it is on the disk. Raises NoRoom."""
    key = secrets.token_urlsafe(KEY_BYTES)
    draft = _path(key).with_suffix(".part")
    try:
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(draft, jpeg)
        draft.rename(_path(key))
        _settle(_folder())
    except OSError as exc:
        logger.exception("A photo could not be kept")
        for left in (draft, _path(key)):
            _unlink(left)
        raise NoRoom(_("The photo could not be saved. Try again later")) from exc
    return key


def look_at(key: str) -> bytes | None:
    """The JPEG, or None where there is no such file."""
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        return None


def forget(key: str) -> None:
    """Take the file away. What the disk refuses now the sweep takes later."""
    _unlink(_path(key))


def kept_keys() -> set[str]:
    return {path.stem for path in _files() if path.suffix == ".jpg"}


def sweep(keys: set[str], *, before: datetime) -> int:
    """Take away whatever was written ``before`` and is none of ``keys``; return how many."""
    wanted = {_path(key) for key in keys}
    stray = [path for path in _files() if path not in wanted and _written(path) < before]
    return sum(_unlink(path) for path in stray)


def _files() -> Iterator[Path]:
    return _folder().iterdir() if _folder().is_dir() else iter(())


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "photos"


def _path(key: str) -> Path:
    return _folder() / f"{key}.jpg"


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Let the names in a folder outlive a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unlink(path: Path) -> bool:
    """Whether the file was there and is gone."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError:
        logger.exception("A photo could not be taken away")
        return False
    return True
