"""From what an officer sent to a small picture that holds nothing else.

The upload is never decoded here: a process of its own does that, under limits.
"""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

CHILD = Path(__file__).with_name("child.py")
# The child's own limit is of processor time; on a busy machine that takes longer.
LONGEST_S = 30
TOO_MANY_PIXELS, TOO_SMALL = 10, 11  # as the child ends
# How the three formats begin. The name and the type that a browser tells prove nothing.
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# Of all threads of this process one: several large pictures at once are several times the memory.
_one_at_a_time = threading.Lock()


class UnusablePicture(Exception):
    """The upload cannot become a photo; the message is for whoever sent it."""


class NotAPicture(UnusablePicture):
    """It is neither JPEG nor PNG nor WebP."""


class TooManyPixels(UnusablePicture):
    """Its header promises more than is decoded."""


class TooSmall(UnusablePicture):
    """Nobody could be recognised."""


class Damaged(UnusablePicture):
    """It could not be decoded, or not within the limits."""


@dataclass(frozen=True)
class Redrawn:
    """A JPEG, upright, without metadata, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def redraw(upload: bytes) -> Redrawn:
    """The picture in ``upload`` drawn anew, 400 pixels a side at most. Raises UnusablePicture."""
    if not _looks_like_a_picture(upload):
        raise NotAPicture(_("The photo must be a JPEG, PNG or WebP file"))
    code, said = _in_child(upload)
    if code == TOO_MANY_PIXELS:
        raise TooManyPixels(
            _("The photo must have 25 million pixels or fewer, and no side over 8,000 pixels")
        )
    if code == TOO_SMALL:
        raise TooSmall(_("The photo must be at least 200 pixels wide and high"))
    if code:
        raise Damaged(_("The photo is damaged or cannot be read. Try another one"))
    size, _end, jpeg = said.partition(b"\n")
    width, height = map(int, size.split())
    return Redrawn(jpeg, width, height)


def _looks_like_a_picture(upload: bytes) -> bool:
    is_webp = upload[:4] == b"RIFF" and upload[8:12] == b"WEBP"
    return is_webp or upload.startswith(BEGINNINGS)


def _in_child(upload: bytes) -> tuple[int, bytes]:
    """The code with which the child ended and what it wrote; it gets no variable and no file."""
    with _one_at_a_time:
        try:
            ended = subprocess.run(
                [sys.executable, "-I", str(CHILD)],
                input=upload,
                capture_output=True,
                cwd="/",
                env={},
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1, b""
    return ended.returncode, ended.stdout
