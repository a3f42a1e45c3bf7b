"""What in a text may tell of a person who is not of the team: asked before it is published.

It looks for shapes, not for meaning. A first name alone, a nickname or a house by its
description are not found, and some of what is found is harmless: a person decides.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from teams.references import REFERENCE, Person, surnames_left_in


class Shape(StrEnum):
    NAME = "name"
    COLLEAGUE = "colleague"
    ADDRESS = "address"
    PLATE = "plate"
    AGE = "age"
    ARREST = "arrest"


@dataclass(frozen=True)
class Finding:
    shape: Shape
    words: str


_NAME = re.compile(r"\b[A-Z][a-zâêîôûŵŷ’'-]+(?: [A-Z][a-zâêîôûŵŷ’'-]+){1,2}\b")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr|Rev|Prof|Sir|Lady)\.? [A-Z][\w’'-]+")
_STREET = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Close|Court|Drive|Way|Row|Terrace|Crescent|Place"
    r"|Grove|Gardens|Square|Hill|Walk|Mews|Green|Rise|View)"
)
_ADDRESS = re.compile(
    r"\b(?:[Ff]lat |[Nn]o\.? ?|[Nn]umber )?[0-9]{1,4}[a-zA-Z]?,? "
    rf"(?:[A-Z][\w’'-]+ ){{1,3}}{_STREET}\b"
    r"|\b[0-9]{1,4}[a-zA-Z]?,? (?:Heol|Ffordd|Stryd|Lôn|Maes|Rhodfa|Clos) [A-Z][\w’'-]+"
)
_PLATE = re.compile(
    r"\b(?:[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z])\b"
)
_AGE = re.compile(
    r"\b[0-9]{1,2}[- ](?:year|mlwydd)[- ]?(?:old|oed)?\b|\baged? [0-9]{1,2}\b|\b[0-9]{1,2} oed\b",
    re.IGNORECASE,
)
_STREET_NAMED = re.compile(
    rf"\b[A-Z][\w’'-]+ {_STREET}\b|\b(?:Heol|Ffordd|Stryd|Lôn|Maes|Rhodfa|Clos) [A-Z]"
)
_ARREST = re.compile(
    r"\b(?:arrest(?:ed|s|ing)?|charg(?:ed|es)|cautioned|convicted|sentenced|suspects?|bailed"
    r"|in custody|pleaded|arestio\w*|arestiwyd|cyhudd\w+|euogfarn\w*|yn y ddalfa)\b",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"(?:^|[.!?:]\s+|\n)\Z")


def findings(text: str, *, places: Collection[str], people: Collection[Person]) -> list[Finding]:
    """What a person should look at before ``text`` is published, in the order of ``Shape``.

    ``places`` are names that may stand there: streets, employers. Of ``people``, the team,
    a name is no finding where it became a reference, and one where nobody knows who is meant.
    """
    text = REFERENCE.sub("", text)
    found = [
        *_names(text, places, people),
        *_colleagues(text, places, people),
        *(Finding(Shape.ADDRESS, match[0]) for match in _ADDRESS.finditer(text)),
        *(Finding(Shape.PLATE, match[0]) for match in _PLATE.finditer(text)),
        *_ages(text),
        *(Finding(Shape.ARREST, match[0]) for match in _ARREST.finditer(text)),
    ]
    return list(dict.fromkeys(found))


def _colleagues(
    text: str, places: Collection[str], people: Collection[Person]
) -> Iterator[Finding]:
    """Surnames of the team that may mean several people, or somebody else."""
    harmless = {_plain(word) for name in places for word in name.split()} | _CAPITALS
    for surname in surnames_left_in(text, people):
        if _plain(surname) not in harmless:
            yield Finding(Shape.COLLEAGUE, surname)


def _names(text: str, places: Collection[str], people: Collection[Person]) -> Iterator[Finding]:
    harmless = {_plain(word) for name in places for word in name.split()} | _CAPITALS
    surnames = {_plain(person.surname) for person in people}
    for match in _TITLED.finditer(text):
        yield Finding(Shape.NAME, match[0])
    for match in _NAME.finditer(text):
        words = match[0].split()
        if _FIRST_WORD.search(text[: match.start()]):
            words = words[1:]  # a sentence begins with a capital, whatever its first word
        plain = [_plain(word) for word in words]
        if len(words) > 1 and plain[-1] not in surnames and not harmless.intersection(plain):
            yield Finding(Shape.NAME, " ".join(words))


def _plain(word: str) -> str:
    return word.casefold().strip(".,;:()").removesuffix("’s").removesuffix("'s")


def _ages(text: str) -> Iterator[Finding]:
    """Ages in a text that names a street: together they tell neighbours who is meant."""
    if _STREET_NAMED.search(text):
        for match in _AGE.finditer(text):
            yield Finding(Shape.AGE, match[0])


# Words that begin with a capital without being anybody's name.
_CAPITALS = frozenset(
    " ".join(
        [
            "monday tuesday wednesday thursday friday saturday sunday january february march",
            "april may june july august september october november december police council",
            "library station road street avenue lane close court drive way row terrace",
            "crescent place grove gardens square hill walk mews green rise view park school",
            "hall centre crimestoppers facebook whatsapp english welsh neighbourhood watch",
            "christmas easter bank holiday north south east west the st pc pcso llun mawrth",
            "mercher iau gwener sadwrn sul ionawr chwefror ebrill mai mehefin gorffennaf awst",
            "medi hydref tachwedd rhagfyr dydd heddlu cyngor llyfrgell heol ffordd stryd",
            "nadolig",
        ]
    ).split()
)
