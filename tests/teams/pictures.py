"""Pictures drawn by code, plain and hostile; no face of anybody is in them."""

from io import BytesIO

from PIL import Image, ImageDraw


def drawn(size: tuple[int, int] = (900, 1200), mode: str = "RGB") -> Image.Image:
    """A picture whose upper half is red and whose lower half is blue, of any mode."""
    width, height = size
    picture = Image.new("RGB", size, "blue")
    ImageDraw.Draw(picture).rectangle((0, 0, width, height // 2), fill="red")
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def photo_file(**options: object) -> bytes:
    """A JPEG as a phone makes it."""
    return saved(drawn(), **options)


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(BytesIO(jpeg))
    picture.load()
    return picture
