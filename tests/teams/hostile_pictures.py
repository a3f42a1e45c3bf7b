"""Invented pictures that are made to do harm: what each is called, its bytes, what comes of it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image

from teams.photos import Damaged, NotAPicture, TooManyPixels, TooSmall
from tests.teams.pictures import drawn, photo_file, saved

PNG = b"\x89PNG\r\n\x1a\n"
NAME = b"Zephyrine Oakcanary"  # of whom nothing may be left in what is shown
Outcome = type[Exception] | None  # None: a clean picture


def hostile() -> Iterator[tuple[str, bytes, Outcome]]:
    yield from _too_large()
    yield from _swollen()
    yield from _damaged()
    yield from _of_another_kind()
    yield from _with_company()
    yield from _unusual()


def _too_large() -> Iterator[tuple[str, bytes, Outcome]]:
    for side in (9_000, 12_000):
        yield f"PNG of {side} by {side}, 1 bit", _png(side, side, depth=1), TooManyPixels
    tiny = _png(1, 1, depth=1)
    yield "PNG that says 65,535 by 65,535", _resized_png(tiny, 65_535), TooManyPixels
    yield "PNG of 8,001 by 300", _png(8_001, 300), TooManyPixels
    yield "JPEG that says 65,500 by 65,500", _resized_jpeg(photo_file(), 65_500), TooManyPixels
    yield "PNG of 199 by 400", _png(199, 400), TooSmall


def _swollen() -> Iterator[tuple[str, bytes, Outcome]]:
    swollen = _zeros(100_000_000)
    name = b"x\0\0" + swollen
    yield "zTXt bomb", _png(300, 300, extra=_chunk(b"zTXt", name)), Damaged
    yield "ICC bomb", _png(300, 300, extra=_chunk(b"iCCP", name)), Damaged
    yield "PNG whose data are 100 MB", _png_of(300, 300, swollen), None
    text = _chunk(b"tEXt", b"x\0" + NAME)
    yield "PNG of 10,000 chunks", _png(300, 300, extra=text * 10_000), None
    yield "APNG of 1,000 frames", _apng(1_000), None
    yield "progressive JPEG of 500 scans", _with_scans(500), None
    frames = [drawn((300, 300)).rotate(turn) for turn in range(0, 200, 10)]
    animated = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    yield "animated WebP", animated, None


def _damaged() -> Iterator[tuple[str, bytes, Outcome]]:
    for kind, tenths in (("JPEG", range(1, 10)), ("PNG", (1, 9)), ("WEBP", (1, 9))):
        whole = saved(drawn().effect_spread(40), kind)
        for tenth in tenths:
            part = whole[: len(whole) * tenth // 10]
            yield f"{kind}, {tenth} tenths of it", part, Damaged
    webp = bytearray(saved(drawn(), "WEBP"))
    webp[26:30] = struct.pack("<HH", 16_383, 16_383)
    yield "WebP that says 16,383 by 16,383", bytes(webp), Damaged
    yield "JPEG of noughts", b"\xff\xd8\xff" + bytes(5_000), Damaged
    yield "PNG without anything", PNG, Damaged


def _of_another_kind() -> Iterator[tuple[str, bytes, Outcome]]:
    files = {
        "nothing": b"",
        "words": b"This is no picture.",
        "GIF": saved(drawn(), "GIF"),
        "TIFF": saved(drawn(), "TIFF"),
        "BMP": saved(drawn(), "BMP"),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "HEIC": b"\0\0\0\x18ftypheic" + bytes(200),
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run",
        "PDF": b"%PDF-1.7\n1 0 obj\n",
        "RIFF that is no WebP": b"RIFF\x24\0\0\0WAVEfmt " + bytes(200),
    }
    for name, content in files.items():
        yield name, content, NotAPicture


def _with_company() -> Iterator[tuple[str, bytes, Outcome]]:
    whole = photo_file()
    yield "JPEG and HTML", whole + b"<script>alert('" + NAME + b"')</script>", None
    yield "JPEG with HTML in a comment", photo_file(comment=b"<script>" + NAME), None
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(NAME.decode(), b"PK")
    yield "JPEG and ZIP", whole + archive.getvalue(), None
    yield "place in EXIF", photo_file(exif=_exif(place=True)), None
    yield "face in a thumbnail in EXIF", photo_file(exif=_exif(thumbnail=True)), None
    yield "name in XMP", photo_file(xmp=b"<x:xmpmeta>" + NAME + b"</x:xmpmeta>"), None
    for turn in range(1, 9):
        yield f"orientation {turn}", photo_file(exif=_exif(turn=turn)), None
    yield "EXIF of nonsense", photo_file(exif=b"Exif\0\0II*\0" + b"\xff" * 500), None


def _unusual() -> Iterator[tuple[str, bytes, Outcome]]:
    yield "CMYK JPEG", saved(drawn(mode="CMYK")), None
    yield "16 bit grey PNG", saved(Image.new("I;16", (300, 300), 9_999), "PNG"), None
    yield "16 bit colour PNG", _png(300, 300, depth=16, colour=2), None
    yield "JPEG of 25 million pixels", saved(drawn((5_000, 5_000)), quality=30), None
    yield "PNG of 25 million pixels", _png(5_000, 5_000), None


def _zeros(size: int) -> bytes:
    squeezer = zlib.compressobj(9)
    pieces = [squeezer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join([*pieces, squeezer.compress(bytes(size % 1_000_000)), squeezer.flush()])


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _png(width: int, height: int, *, depth: int = 8, colour: int = 0, extra: bytes = b"") -> bytes:
    """A black picture, with ``extra`` chunks before its data."""
    channels = {0: 1, 2: 3}[colour]
    row = 1 + (width * depth * channels + 7) // 8
    return _png_of(width, height, _zeros(row * height), depth=depth, colour=colour, extra=extra)


def _png_of(
    width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 0, extra: bytes = b""
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    end = _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return PNG + _chunk(b"IHDR", header) + extra + end


def _resized_png(png: bytes, side: int) -> bytes:
    header = struct.pack(">II", side, side) + png[24:29]
    return PNG + _chunk(b"IHDR", header) + png[33:]


def _resized_jpeg(jpeg: bytes, side: int) -> bytes:
    """The same data under a header (SOF0) that promises more of them."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", side, side) + jpeg[at + 4 :]


def _apng(frames: int) -> bytes:
    count = _chunk(b"acTL", struct.pack(">II", frames, 0))
    whole = _png(300, 300, extra=count + _frame(0, 300))
    point = zlib.compress(bytes(2))
    more = b"".join(
        _frame(2 * n - 1, 1) + _chunk(b"fdAT", struct.pack(">I", 2 * n) + point)
        for n in range(1, frames)
    )
    return whole[:-12] + more + whole[-12:]


def _frame(number: int, side: int) -> bytes:
    return _chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, side, side, 0, 0, 1, 10, 0, 0))


def _with_scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    jpeg = photo_file(progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * number + jpeg[-2:]


def _exif(*, turn: int = 1, place: bool = False, thumbnail: bool = False) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = turn, NAME.decode()
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 0.0), 3: "W", 4: (4.0, 54.0, 0.0)})
    written = exif.tobytes()
    return written + saved(drawn((160, 120)), comment=NAME) if thumbnail else written
