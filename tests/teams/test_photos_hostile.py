"""Whatever is sent: an error that says why or a clean picture, soon, and in little memory."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from teams.photos import Redrawn, UnusablePicture, redraw
from tests.teams.hostile_pictures import NAME, Outcome, hostile
from tests.teams.pictures import opened

MOST_GROWTH_MB, MOST_S = 150, 30
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def outcome(upload: bytes) -> tuple[Outcome, Redrawn | None]:
    try:
        return None, redraw(upload)
    except UnusablePicture as exc:
        return type(exc), None


@contextmanager
def growth_mb() -> Iterator[list[float]]:
    """By how much the memory of this process peaks over where it began, once that is known."""
    FORGET.write_text("5")  # the peak so far
    before, grown = _resident_mb("VmRSS"), []
    yield grown
    grown.append(_resident_mb("VmHWM") - before)


def _resident_mb(what: str) -> float:
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith(what)]
    return int(line.split()[1]) / 1024


on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only /proc tells the peak of a process"
)


@on_linux
def test_growth_is_noticed():
    with growth_mb() as grown:
        bytearray(60_000_000)

    assert 50 < grown[0] < 65


@on_linux
def test_hostile_pictures_end_in_an_error_that_says_why_or_in_a_clean_picture():
    wrong, slowest, most = [], 0.0, 0.0
    for name, upload, expected in hostile():
        began = time.monotonic()
        with growth_mb() as grown:
            found, redrawn = outcome(upload)
        slowest, most = max(slowest, time.monotonic() - began), max(most, grown[0])
        if found is not expected:
            wrong.append((name, found, expected))
        if redrawn:
            assert_clean(redrawn)

    assert wrong == []
    assert most <= MOST_GROWTH_MB
    assert slowest < MOST_S
    child_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(list(hostile()))} pictures: the server's memory grew by {most:.1f} MB at most")
    print(f"(that of the largest process beside it: {child_mb:.0f} MB); slowest {slowest:.1f} s")


def assert_clean(redrawn: Redrawn) -> None:
    picture = opened(redrawn.jpeg)
    assert picture.format == "JPEG"
    assert picture.size == (redrawn.width, redrawn.height)
    assert max(picture.size) == 400 or picture.size == (300, 300)
    assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for left in (NAME, b"Exif", b"<", b"PK\x03\x04", b"http"):
        assert left not in redrawn.jpeg.partition(b"\xff\xda")[0]  # before the picture itself
