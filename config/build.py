"""Which build this is: a digest of everything that decides what a page looks like."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

LOCKS = ("uv.lock", "package-lock.json")
FOLDERS = (
    "config",
    "neighbourhoods",
    "teams",
    "priorities",
    "feedback",
    "reports",
    "templates",
    "static/src",
    "locale",
)
SUFFIXES = {".py", ".html", ".txt", ".mo", ".scss", ".css", ".js"}


def build_id(root: Path) -> str:
    """16 hexadecimal digits that change with any source of a page, and with nothing else.

    Part of every ETag: after a deployment no browser is told that its old page still
    holds. Paths and contents count, times of files do not, so two machines with the
    same sources answer with the same ETags.
    """
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / name for name in LOCKS if (root / name).exists())
    for folder in FOLDERS:
        yield from sorted(p for p in (root / folder).rglob("*.*") if p.suffix in SUFFIXES)
