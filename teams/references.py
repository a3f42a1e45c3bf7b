"""A member of a team inside a text: ``[[member:12]]`` is kept, the name is put in when it is read.

So a name that has to disappear does so from every text that was ever written.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MARK = "[[member:"
REFERENCE = re.compile(r"\[\[member:([0-9]{1,18})\]\]")
# What people write before a surname, in both languages.
_BEFORE = (
    r"(?:(?:A/|Acting )?(?:WPC|PCSO|PC|SC|SCCH|CG|Sgt|Sergeant|Chief Insp|Chief Inspector|Insp"
    r"|Inspector|Chief Supt|Supt|ACC|DCC|CC|Police Constable|Special Constable|Constable|Officer"
    r"|Rhingyll|Arolygydd|Swyddog|Cwnstabl)\.?\s+)"
)
# Where a sentence begins: a text, a line, and after a full stop; in markup and JSON as well.
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?>\x22\n]\s*)\Z")


@dataclass(frozen=True)
class Person:
    """Somebody who may be meant by a name. ``near`` where they belong to the team that writes."""

    pk: int
    first_name: str
    surname: str
    near: bool = False

    @property
    def parts(self) -> list[str]:
        """The parts of the name, in small letters."""
        return [part.casefold() for part in (self.surname, self.first_name) if part]


def reference_to(pk: int) -> str:
    return f"{MARK}{pk}]]"


def referred_to(text: str) -> set[int]:
    """The keys of the members that ``text`` refers to."""
    return {int(key) for key in REFERENCE.findall(text)}


def put_names_in(text: str, names: Mapping[int, str], *, otherwise: str) -> str:
    """``text`` with the name of each member in place of the reference to them.

    ``otherwise`` stands for whoever has no name here; it begins a sentence with a capital.
    """

    def name(found: re.Match) -> str:
        if known := names.get(int(found[1])):
            return known
        begins = _SENTENCE_BEGINS.search(text[max(0, found.start() - 3) : found.start()])
        return otherwise[:1].upper() + otherwise[1:] if begins else otherwise

    return REFERENCE.sub(name, text)


def put_references_in(text: str, people: Iterable[Person]) -> str:
    """``text`` with a reference in place of each name of ``people``.

    A whole name, with or without a rank before it, is whoever has it, those who are near
    first. A rank with one part of a name is somebody who is near, if nobody else there is
    called so.
    """
    lowered = text.casefold()
    meant = [person for person in people if any(part in lowered for part in person.parts)]
    meant.sort(key=lambda person: not person.near)
    near = [person for person in meant if person.near]
    for pattern, pk in (*_whole_names(meant), *_names_in_part(near)):
        found = re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
        text = found.sub(reference_to(pk), text)
    return text


def _whole_names(people: list[Person]) -> Iterator[tuple[str, int]]:
    for person in people:
        if person.surname:
            yield f"{_BEFORE}?{_spaced(f'{person.first_name} {person.surname}')}", person.pk


def _names_in_part(people: list[Person]) -> Iterator[tuple[str, int]]:
    """What comes after a rank and is the name of one of ``people`` alone."""
    called = Counter(part for person in people for part in person.parts)
    for person in people:
        yield from (
            (f"{_BEFORE}{_spaced(part)}", person.pk) for part in person.parts if called[part] == 1
        )


def _spaced(name: str) -> str:
    """The name as it may be broken over lines, its apostrophes straight or curled."""
    parts = (re.escape(part).replace("'", "['’]").replace("’", "['’]") for part in name.split())
    return r"\s+".join(parts)
