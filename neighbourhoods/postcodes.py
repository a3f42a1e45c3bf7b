"""The grammar of British postcodes.

Royal Mail's rules for the letters of each position (BS 7666), without a list of
postcode areas: a code may pass here and yet not exist.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

from django.utils.translation import gettext as _

MAX_TYPED = 100  # longer text is refused unread
MAX_SUGGESTIONS = 3
MAX_SWAPS = 2  # more misread characters than that is another postcode, not a slip

DIGIT = "0123456789"
FIRST = "ABCDEFGHIJKLMNOPRSTUWYZ"
SECOND = "ABCDEFGHKLMNOPQRSTUVWXY"
# A9A: the standard's letters, with L to Y of the London W1 codes that ended in 2000:
# the register still lists them, so people's old post does too.
THIRD = "ABCDEFGHJKLMNPRSTUVWXY"
FOURTH = "ABEHMNPRVWXY"
UNIT = "ABDEFGHJLNPQRSTUWXYZ"
INWARD = (DIGIT, UNIT, UNIT)
SHAPES = tuple(
    (*outward, *INWARD)
    for outward in (
        (FIRST, DIGIT),
        (FIRST, DIGIT, DIGIT),
        (FIRST, DIGIT, THIRD),
        (FIRST, SECOND, DIGIT),
        (FIRST, SECOND, DIGIT, DIGIT),
        (FIRST, SECOND, DIGIT, FOURTH),
    )
)
GIROBANK = "GIR0AA"
POSTCODE = re.compile(
    "|".join("".join(f"[{letters}]" for letters in shape) for shape in SHAPES) + f"|{GIROBANK}"
)
IGNORED = ("Z", "P", "Cc", "Cf")  # Unicode categories: spaces, punctuation, controls
# What is mistaken for what, by eye or by ear.
LOOKALIKES = {"0": "O", "O": "0", "1": "IL", "I": "1", "L": "1", "5": "S", "S": "5"}


class InvalidPostcode(ValueError):
    """The text is no full postcode; the message says what to enter."""


def parse_postcode(text: str) -> str:
    """The postcode in ``text`` as its capitals and digits, without a space.

    Case, spaces and punctuation anywhere do not matter. Raises InvalidPostcode.
    """
    code = _squeezed(text)
    if not POSTCODE.fullmatch(code):
        raise InvalidPostcode(_("Enter a full UK postcode, like WQ2 5HD"))
    return code


def display(code: str) -> str:
    """A parsed postcode as people write it: with one space before the last three."""
    return f"{code[:-3]} {code[-3:]}"


def suggestions(text: str) -> list[str]:
    """Postcodes that ``text`` may have meant, at most three, likeliest first, for display.

    Letters and digits that look alike (O and 0, I or L and 1, S and 5) are swapped
    where the grammar asks for the other kind; fewer swaps come first. The text's
    own reading is never among them.
    """
    code = _squeezed(text)
    readings = {reading for shape in SHAPES for reading in _readings(code, shape)}
    by_swaps = sorted((_distance(code, reading), reading) for reading in readings)
    near = [reading for swaps, reading in by_swaps if 0 < swaps <= MAX_SWAPS]
    return [display(reading) for reading in near[:MAX_SUGGESTIONS]]


def _squeezed(text: str) -> str:
    """``text`` in capitals without spaces and punctuation; empty when it cannot be a postcode."""
    if len(text) > MAX_TYPED:
        return ""
    code = text.replace(" ", "")
    if not (code.isascii() and code.isalnum()):  # else there is nothing more to leave out
        code = "".join(c for c in unicodedata.normalize("NFKC", text) if not _ignored(c))
    return code.upper() if code.isascii() and len(code) <= 7 else ""


def _ignored(character: str) -> bool:
    return unicodedata.category(character).startswith(IGNORED)


def _readings(code: str, shape: tuple[str, ...]) -> Iterator[str]:
    """Every way to read ``code`` in ``shape`` with look-alikes swapped."""
    if len(code) != len(shape):
        return
    choices = (
        [c for c in character + LOOKALIKES.get(character, "") if c in allowed]
        for character, allowed in zip(code, shape, strict=True)
    )
    yield from map("".join, product(*choices))


def _distance(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
