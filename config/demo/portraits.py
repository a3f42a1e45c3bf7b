"""A picture in place of a photo: nobody's face, drawn anew at each loading."""

from io import BytesIO

from PIL import Image, ImageDraw

from teams.photos import Redrawn

WIDTH, HEIGHT = 320, 400
WALL, UNIFORM, SHIRT, TIE = "#c9d8e2", "#1d2b3a", "#f4f6f8", "#26384b"
SKIN, SHADE, HAIR, EYES, MOUTH = "#c98f6b", "#b57c5a", "#3b2a22", "#2a211d", "#94534a"


def portrait() -> Redrawn:
    """Head and shoulders of an officer who does not exist."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(picture)
    _body(pen)
    _head(pen)
    file = BytesIO()
    picture.save(file, "JPEG", quality=85)
    return Redrawn(file.getvalue(), WIDTH, HEIGHT)


def _body(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle((30, 300, 290, 480), radius=70, fill=UNIFORM)
    pen.polygon([(122, 300), (198, 300), (160, 372)], fill=SHIRT)
    pen.polygon([(152, 322), (168, 322), (173, 400), (147, 400)], fill=TIE)
    pen.rectangle((136, 258, 184, 312), fill=SHADE)
    for left in (48, 232):
        pen.rectangle((left, 318, left + 40, 328), fill=SHIRT)


def _head(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((84, 66, 236, 250), fill=HAIR)
    pen.ellipse((98, 92, 222, 282), fill=SKIN)
    pen.chord((92, 66, 228, 190), start=180, end=360, fill=HAIR)
    for left in (124, 178):
        pen.ellipse((left, 168, left + 18, 180), fill=EYES)
        pen.line((left - 3, 156, left + 21, 154), fill=HAIR, width=5)
    pen.line((160, 182, 155, 212, 166, 214), fill=SHADE, width=4)
    pen.chord((136, 222, 184, 254), start=10, end=170, fill=MOUTH)
