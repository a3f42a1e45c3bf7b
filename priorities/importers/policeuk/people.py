"""Who is in a team, from answers that give a name and a rank as free text, and no number."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from neighbourhoods.importers.reporting import ImportReport
from neighbourhoods.models import Force, Neighbourhood
from priorities.importers.policeuk.answers import BadAnswer, details_of, line_of, text_of
from teams.models import ContactRoute, Member, NamedContact, Posting

RANKS = {
    Member.Rank.CONSTABLE: ("pc", "constable", "police constable", "officer"),
    Member.Rank.SERGEANT: ("sgt", "ps", "sergeant", "police sergeant"),
    Member.Rank.INSPECTOR: ("insp", "inspector", "police inspector"),
    Member.Rank.CHIEF_INSPECTOR: ("chief insp", "ch insp", "chief inspector"),
    Member.Rank.SUPERINTENDENT: ("supt", "superintendent"),
    Member.Rank.CHIEF_SUPERINTENDENT: ("chief supt", "ch supt", "chief superintendent"),
    Member.Rank.ASSISTANT_CHIEF_CONSTABLE: ("acc", "assistant chief constable"),
    Member.Rank.DEPUTY_CHIEF_CONSTABLE: ("dcc", "deputy chief constable"),
    Member.Rank.CHIEF_CONSTABLE: ("cc", "chief constable"),
}
ROLES = {
    Member.Role.PCSO: ("pcso", "police community support officer"),
    Member.Role.SPECIAL_CONSTABLE: ("sc", "special", "special constable"),
    Member.Role.VOLUNTEER: ("volunteer", "police support volunteer"),
}
ACTING = ("acting ", "temporary ", "temp ", "a/", "t/")
KNOWN = {
    **{text: (Member.Role.POLICE_OFFICER, rank) for rank, texts in RANKS.items() for text in texts},
    **{text: (role, "") for role, texts in ROLES.items() for text in texts},
}
ROUTES = {
    "email": ContactRoute.Kind.EMAIL,
    "telephone": ContactRoute.Kind.TELEPHONE,
    "mobile": ContactRoute.Kind.MOBILE,
    "web": ContactRoute.Kind.WEB,
    "website": ContactRoute.Kind.WEB,
    "address": ContactRoute.Kind.ADDRESS,
}
LONGEST_NAME = Member._meta.get_field("name").max_length
LONGEST_ROUTE = ContactRoute._meta.get_field("value").max_length


@dataclass(frozen=True)
class Person:
    """One entry of a team. The model gives no number: name, rank and bio tell people apart."""

    name: str
    role: str
    rank: str
    acting: bool
    bio: str
    routes: dict[str, str]

    @property
    def reference(self) -> str:
        known_by = "\0".join((self.name, self.role, self.rank, self.bio))
        return f"police.uk {hashlib.sha256(known_by.encode()).hexdigest()[:16]}"

    @property
    def is_police_officer(self) -> bool:
        return self.role == Member.Role.POLICE_OFFICER


def read_person(answer: dict) -> Person:
    """Raises BadAnswer for somebody without a name, or with a rank that is none."""
    name, written = line_of(answer, "name"), line_of(answer, "rank")
    if not written:  # some forces put it before the name
        written, name = _rank_before(name)
    if not name or len(name) > LONGEST_NAME:
        raise BadAnswer(f"a name needs 1 to {LONGEST_NAME} characters, {name[:60]!r}")
    role, rank, acting = read_rank(written)
    routes = read_routes(details_of(answer, "contact_details"))
    return Person(name, role, rank, acting, text_of(answer, "bio"), routes)


def read_rank(written: str) -> tuple[str, str, bool]:
    """Role, rank, and whether the rank is acting, from what a force wrote.

    Raises BadAnswer where the words are none that are known.
    """
    words = written.lower().replace(".", "").strip()
    acting = next((before for before in ACTING if words.startswith(before)), "")
    if (plain := words.removeprefix(acting).strip()) not in KNOWN:
        raise BadAnswer(f"rank is none that is known, {written[:60]!r}")
    role, rank = KNOWN[plain]
    return role, rank, bool(acting and rank)


def read_routes(details: dict) -> dict[str, str]:
    """Ways to reach somebody, by kind; those of other kinds, or that lead nowhere, are left out."""
    found = {}
    for key, kind in ROUTES.items():
        if (value := line_of(details, key)) and _leads(kind, value):
            found.setdefault(kind, value)
    return found


def left_out(details: dict, routes: dict[str, str]) -> list[str]:
    """The keys of contact details that have a value and became no route."""
    return [key for key in details if details[key] and ROUTES.get(key) not in routes]


def store_team(
    people: list[Person], *, force: Force, neighbourhood: Neighbourhood | None, on: date
) -> None:
    """Post ``people`` to the neighbourhood (None: to the force) from the day ``on``.

    Whoever is posted there already stays as they are.
    """
    for person in people:
        member, _ = Member.objects.get_or_create(
            force=force, reference=person.reference, defaults=_fields(person)
        )
        Posting.objects.get_or_create(
            member=member, neighbourhood=neighbourhood, to_on=None, defaults={"from_on": on}
        )
        store_routes(person.routes, member=member)


def store_routes(routes: dict[str, str], **owner: Member | Neighbourhood) -> None:
    """Add ways to reach the owner; a kind that it has already stays as it is."""
    for kind, value in routes.items():
        ContactRoute.objects.get_or_create(**owner, kind=kind, defaults={"value": value})


def name_the_only_officer(
    people: list[Person], neighbourhood: Neighbourhood, *, on: date, report: ImportReport
) -> None:
    """Name the one police officer of a team; where there are several the force has to say who."""
    if neighbourhood.named_contacts.exists():
        return
    officers = {person.reference for person in people if person.is_police_officer}
    if len(officers) != 1:
        report.note(
            f"{neighbourhood.code}: no named officer yet; the team has"
            f" {len(officers)} police officers, name one of them"
        )
        return
    posting = neighbourhood.postings.get(member__reference=officers.pop(), to_on=None)
    NamedContact.objects.create(neighbourhood=neighbourhood, from_on=on, posting=posting)


def _fields(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "role": person.role,
        "rank": person.rank,
        "acting": person.acting,
        "bio": person.bio,
    }


def _rank_before(name: str) -> tuple[str, str]:
    """The rank that a name begins with, and the rest; the longest that is known."""
    for text in sorted(_ways_to_begin(), key=len, reverse=True):
        if name.lower().startswith(f"{text} "):
            return name[: len(text)], name[len(text) + 1 :]
    return "", name


def _ways_to_begin() -> Iterator[str]:
    for text in KNOWN:
        yield text
        yield from (f"{acting}{text}" for acting in ACTING)


def _leads(kind: str, value: str) -> bool:
    if len(value) > LONGEST_ROUTE:
        return False
    if kind == ContactRoute.Kind.WEB:
        return value.startswith(("https://", "http://"))
    if kind == ContactRoute.Kind.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            return False
    return True
