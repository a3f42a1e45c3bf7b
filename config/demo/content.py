"""The content files, read."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILES = ("casterwell.toml", "brithell.toml")


@dataclass(frozen=True)
class Content:
    """One content file: its tables as they stand there, and which file it was."""

    source: str
    sha256: str
    tables: dict

    @property
    def force_id(self) -> str:
        return self.tables["force"]["id"]


def read_contents() -> list[Content]:
    """Both forces' content, in the order in which they are loaded."""
    return [_read(Path(__file__).with_name(name)) for name in FILES]


def username(name: str) -> str:
    """The account name of an invented person: "Ruth Quillfeather" → "ruth.quillfeather"."""
    return name.lower().replace(" ", ".")


def _read(path: Path) -> Content:
    raw = path.read_bytes()
    return Content(path.name, hashlib.sha256(raw).hexdigest(), tomllib.loads(raw.decode()))
