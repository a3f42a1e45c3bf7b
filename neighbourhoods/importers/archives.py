"""Files out of a zip, a folder or alone, with every limit applied before they are believed."""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from neighbourhoods.importers.reporting import UnusableFile

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 20_000_000
MAX_TOTAL_BYTES = 500_000_000
# A register packs to a tenth of its size. Small files may be repetitive, large ones are not.
BOMB_TIMES, BOMB_BYTES = 200, 10_000_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def files_in(path: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    """``(name, content)`` of each file ending in ``suffix``, sorted by name.

    Names are relative to the zip or folder. What a Mac leaves behind is passed over, and
    outside a zip ``suffix`` may be followed by ``.gz``, which the names then lose.
    Raises UnusableFile for a zip that is broken, encrypted, too big or that climbs.
    """
    if path.is_dir():
        yield from _files_in_folder(path, suffix)
    elif zipfile.is_zipfile(path):
        yield from files_in_zip(path, partial(wanted, suffix=suffix))
    else:
        yield path.name.removesuffix(".gz"), read_file(path)


def read_file(path: Path) -> bytes:
    """The content of one file of bearable size, unpacked where its name ends in ``.gz``."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as opened:
            return _capped(opened, path.name)
    except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
        raise UnusableFile(f"{path.name}: not a whole gzip file, {exc}") from exc
    except OSError as exc:
        raise UnusableFile(f"{path.name}: cannot be read, {exc.strerror}") from exc


def wanted(name: str, suffix: str) -> bool:
    """Whether a member is meant: ends in ``suffix`` and is not a Mac's own shadow of a file."""
    path = PurePosixPath(name)
    shadow = path.name.startswith("._") or "__MACOSX" in path.parts
    return path.suffix.lower() == suffix and not shadow


def check_members(archive: zipfile.ZipFile, source: str) -> None:
    """Refuse a zip by its table of contents, before anything is unpacked."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnusableFile(f"{source}: more than {MAX_MEMBERS:,} files, {len(members):,}")
    for member in members:
        if _climbs(member.filename):
            raise UnusableFile(f"{source}: a file leaves the archive, {member.filename!r}")
        if member.flag_bits & 1:
            raise UnusableFile(f"{source}: a file is encrypted, {member.filename!r}")
        if member.file_size > max(BOMB_BYTES, BOMB_TIMES * member.compress_size):
            raise UnusableFile(
                f"{source}: a file unpacks to over {BOMB_TIMES} times its size, {member.filename!r}"
            )


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name[:2]


def _files_in_folder(folder: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    chosen = [name for name in names if wanted(name.removesuffix(".gz"), suffix)]
    if len(chosen) > MAX_MEMBERS:
        raise UnusableFile(f"{folder.name}: more than {MAX_MEMBERS:,} files, {len(chosen):,}")
    total = 0
    for name in chosen:
        content = read_file(folder / name)
        total += len(content)
        _check_total(total, folder.name)
        yield name.removesuffix(".gz"), content


def files_in_zip(path: Path, meant: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """``(name, content)`` of each file whose name is meant, sorted. Raises UnusableFile."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path.name)
            chosen = [member for member in archive.infolist() if meant(member.filename)]
            _check_total(sum(member.file_size for member in chosen), path.name)
            for member in sorted(chosen, key=lambda member: member.filename):
                with archive.open(member) as opened:
                    content = _capped(opened, member.filename)
                yield member.filename, content
    except BROKEN as exc:
        raise UnusableFile(f"{path.name}: not a whole zip file, {exc}") from exc


def _capped(opened, name: str) -> bytes:
    """All that is in there, read no further than the limit."""
    content = opened.read(MAX_MEMBER_BYTES + 1)
    if len(content) > MAX_MEMBER_BYTES:
        raise UnusableFile(f"{name}: larger than {MAX_MEMBER_BYTES // 1_000_000} MB")
    return content


def _check_total(size: int, source: str) -> None:
    if size > MAX_TOTAL_BYTES:
        raise UnusableFile(f"{source}: unpacks to over {MAX_TOTAL_BYTES // 1_000_000} MB")
