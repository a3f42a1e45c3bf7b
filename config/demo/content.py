"""The content files, read."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

# What a force is, and what its residents said and were told.
FILES = (
    ("casterwell.toml", "casterwell-say.toml"),
    ("brithell.toml", "brithell-say.toml"),
)


@dataclass(frozen=True)
class Content:
    """A force's two content files: their tables as they stand there, and which they were."""

    source: str
    sha256: str
    tables: dict

    @property
    def force_id(self) -> str:
        return self.tables["force"]["id"]


def read_contents() -> list[Content]:
    """Both forces' content, in the order in which they are loaded."""
    return [_read(*names) for names in FILES]


def username(name: str) -> str:
    """The account name of an invented person: "Ruth Quillfeather" → "ruth.quillfeather"."""
    return name.lower().replace(" ", ".")


def _read(*names: str) -> Content:
    raw = [Path(__file__).with_name(name).read_bytes() for name in names]
    tables = {}
    for text in raw:
        tables |= tomllib.loads(text.decode())
    return Content(names[0], hashlib.sha256(b"".join(raw)).hexdigest(), tables)
