"""Redraws one picture in a process of its own, which a bomb may bring down and nothing else.

Reads the upload from the standard input; writes ``WIDTH HEIGHT`` and a line end, then the
new JPEG. Ends with one of the codes below, or in any other way where the picture is
damaged. Started by path, without the portal: it knows neither settings nor secrets.
"""

import contextlib
import resource
import sys
from io import BytesIO

from PIL import (
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

FORMATS = ("JPEG", "PNG", "WEBP")
# Loaded before the limits are set, what they in turn would load at first use among them: a
# phone's JPEG may hold a second picture (MPO), EXIF is read as TIFF is.
READERS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
MOST_PIXELS, LONGEST_SIDE = 25_000_000, 8_000
SIDE = 400
QUALITY = 85
WHITE = (255, 255, 255)
TOO_MANY_PIXELS, TOO_SMALL = 10, 11
# What the process may take: memory in bytes, seconds of processor time, no file, no further
# handle, so neither a socket nor a program.
LIMITS = {
    resource.RLIMIT_AS: 1 << 30,
    resource.RLIMIT_CPU: 10,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 3,
}


def main() -> int:
    Image.preinit()
    limit()
    Image.MAX_IMAGE_PIXELS = None  # its own limit is far above ours, and only warns
    upload = BytesIO(sys.stdin.buffer.read())
    with Image.open(upload, formats=FORMATS) as picture:
        width, height = picture.size  # from the header: nothing has been decoded yet
        if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
            return TOO_MANY_PIXELS
        if min(width, height) < SIDE // 2:
            return TOO_SMALL
        redrawn = redraw(picture)
    sys.stdout.buffer.write(b"%d %d\n" % redrawn.size)
    redrawn.save(sys.stdout.buffer, "JPEG", quality=QUALITY)
    return 0


def limit() -> None:
    for what, most in LIMITS.items():
        # Lower already, or unknown to this system: macOS has no limit of address space.
        with contextlib.suppress(ValueError):
            resource.setrlimit(what, (most, most))


def redraw(picture: Image.Image) -> Image.Image:
    """The picture upright, on white, in RGB and small, without anything that came with it."""
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    # Made small before anything else: each step at full size is another copy in memory.
    small = averageable(picture)
    small.thumbnail((SIDE, SIDE))
    upright = ImageOps.exif_transpose(small).convert("RGBA")
    redrawn = Image.new("RGB", upright.size, WHITE)
    redrawn.paste(upright, mask=upright.getchannel("A"))
    return redrawn


def averageable(picture: Image.Image) -> Image.Image:
    """The same in a mode whose neighbouring points can be mixed into one."""
    if picture.mode.startswith("I"):  # grey in 16 bits, which a plain conversion would cut off
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    modes = {"1": "L", "P": "RGBA"}
    return picture.convert(modes[picture.mode]) if picture.mode in modes else picture


if __name__ == "__main__":
    sys.exit(main())
