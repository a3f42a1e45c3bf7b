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
# Surnames that are words or places, too: alone they mean nobody, and somebody is asked.
EVERYDAY = frozenset(
    " ".join(
        [
            "ash bank banks barn bell bird black bridge brook brown bush castle church cook court",
            "cross day drake field fields fisher ford forest fox frost glen gray green grey grove",
            "hall hill hills hope house hunter king knight lake lane love manor march marsh may",
            "mill moore park parks parish pike place pool pope rain ridge rivers rose shepherd",
            "short small snow spring stone street sun swan wall walls ward warden water waters",
            "wells west white wood woods young",
        ]
    ).split()
)
_MR = re.compile(r"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr|Rev|Prof|Sir|Lady|Bonwr|Bnr)\.?\s+\Z")
_CAPITALISED = re.compile(r"(?:^|(?P<before>\S)\s+)[A-ZÂÊÎÔÛŴŶ][\w’'-]*\s+\Z")
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
    called so; a surname alone, if nobody else of the force is, and it is no everyday word.
    """
    lowered = text.casefold()
    meant = [person for person in people if any(part in lowered for part in person.parts)]
    meant.sort(key=lambda person: not person.near)
    near = [person for person in meant if person.near]
    for pattern, pk in (*_whole_names(meant), *_names_in_part(near)):
        found = re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
        text = found.sub(reference_to(pk), text)
    for person in _called_alone(near, meant):
        text = _put_surname_in(text, person)
    return text


def surnames_left_in(text: str, people: Iterable[Person]) -> list[str]:
    """The surnames of ``people`` that stand in ``text`` as names and are no references.

    They may mean one of several people, or somebody else: a person has to say.
    """
    left = []
    for person in people:
        if person.surname and person.surname not in left:
            found = _alone(person.surname).finditer(text)
            if any(not _is_part_of_a_place(text, match) for match in found):
                left.append(person.surname)
    return left


def _called_alone(near: list[Person], meant: list[Person]) -> Iterator[Person]:
    """Those of ``near`` whose surname is nobody else's, and no word."""
    called = Counter(person.surname.casefold() for person in meant)
    for person in near:
        surname = person.surname.casefold()
        if surname and called[surname] == 1 and surname not in EVERYDAY:
            yield person


def _put_surname_in(text: str, person: Person) -> str:
    """``text`` with a reference for the surname where it is not a part of another name."""

    def put(found: re.Match) -> str:
        other = _is_of_another(text, found) or _is_part_of_a_place(text, found)
        return found[0] if other else reference_to(person.pk)

    return _alone(person.surname).sub(put, text)


def _alone(surname: str) -> re.Pattern:
    """The surname as it is written, not inside a word, an address or a double name."""
    return re.compile(rf"(?<![\w@.-]){_spaced(surname)}(?![\w@-])")


def _is_of_another(text: str, found: re.Match) -> bool:
    """Whether another first name, or a title of residents, stands before it."""
    before = text[: found.start()]
    if _MR.search(before):
        return True
    name = _CAPITALISED.search(before)
    return name is not None and name["before"] is not None and name["before"] not in ".!?:"


def _is_part_of_a_place(text: str, found: re.Match) -> bool:
    """Whether it goes on with a capital, as in a street."""
    return bool(re.match(r"\s[A-ZÂÊÎÔÛŴŶ]", text[found.end() :]))


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
