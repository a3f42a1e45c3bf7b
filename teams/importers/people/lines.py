"""The lines of a file of people: who they are, where they are posted, who is named."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, day_in, read_rows
from neighbourhoods.models import Force, Neighbourhood
from teams.models import ContactRoute, Member

COLUMNS = Columns(
    required=("reference", "name", "role", "rank", "neighbourhood", "from"),
    optional=("to", "acting", "lead", "named", "employer", "employer_kind", "email", "telephone"),
    longest={
        **{
            name: Member._meta.get_field(name).max_length
            for name in ("reference", "name", "employer")
        },
        **dict.fromkeys(("email", "telephone"), ContactRoute._meta.get_field("value").max_length),
    },
)
# A resident calls the one named: wardens, specials and volunteers are not on duty day by day.
CAN_BE_NAMED = (Member.Role.POLICE_OFFICER, Member.Role.PCSO)
MOST_LINES = 5_000
YES = {"yes", "y", "true", "1"}
NO = {"no", "n", "false", "0", ""}


@dataclass(frozen=True)
class Person:
    """One line of the file: a member, and one posting of theirs (none: a senior officer's)."""

    where: str  # FILE:LINE
    member: dict[str, object]
    neighbourhood: Neighbourhood | None
    from_on: date
    to_on: date | None
    lead: bool
    named: bool
    routes: dict[str, str]

    @property
    def reference(self) -> str:
        return self.member["reference"]

    @property
    def key(self) -> tuple[str, int | None, date]:
        """What the posting is known by from file to file."""
        return self.reference, self.neighbourhood and self.neighbourhood.pk, self.from_on

    @property
    def post(self) -> tuple[int | None, date]:
        """What a named contact is known by."""
        return self.neighbourhood and self.neighbourhood.pk, self.from_on


def read_people(lines: Iterable[str], *, force: Force, source: str) -> list[Person]:
    """The people in ``lines``, in their order.

    Errors about people are worse than delays: raises UnusableFile for a header that lacks a
    column, and for any bad row, with a line ``FILE:LINE: fact, value`` for each.
    """
    people = read_rows(lines, source=source, columns=COLUMNS, parse=_parser(force))
    if len(people) > MOST_LINES:
        raise UnusableFile(f"{source}: more than {MOST_LINES:,} lines, {len(people):,}; split it")
    return people


def _parser(force: Force) -> Callable[[dict[str, str], str], Person]:
    """What reads the lines of one file, one after the other."""
    places = {place.code: place for place in force.neighbourhoods.all()}
    told = _Told()

    def parse(text: dict[str, str], where: str) -> Person:
        person = _person(text, places, where)
        told.check(person)
        return person

    return parse


class _Told:
    """What the lines before have said, so that no line of a file says otherwise."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.routes: dict[tuple[str, str], str] = {}
        self.postings: dict[tuple, str] = {}
        self.posts: set[tuple] = set()

    def check(self, person: Person) -> None:
        """Raises BadRow for a line that another one contradicts or repeats."""
        first = self.people.setdefault(person.reference, person)
        told = {(person.reference, kind): value for kind, value in person.routes.items()}
        said = {way: self.routes.setdefault(way, value) for way, value in told.items()}
        if first.member != person.member or said != told:
            raise BadRow(f"{first.where} says otherwise of this person, {person.reference!r}")
        if before := self.postings.get(person.key):
            raise BadRow(f"{before} has this posting already, {person.reference!r}")
        # A neighbourhood has one named officer on a day, so two cannot begin on one.
        if person.named and person.post in self.posts:
            raise BadRow(f"another line names an officer there from that day, {person.from_on}")
        self.postings[person.key] = person.where
        if person.named:
            self.posts.add(person.post)


def _person(text: dict[str, str], places: dict[str, Neighbourhood], where: str) -> Person:
    _reachable(text)
    code = text["neighbourhood"]
    if code and code not in places:
        raise BadRow(f"no neighbourhood with this id in the force, {code!r}")
    from_on, to_on = day_in(text, "from"), day_in(text, "to") if text["to"] else None
    if to_on and to_on < from_on:
        raise BadRow(f"the last day is before the first, {text['to']!r}")
    person = Person(
        where=where,
        member=_member(text),
        neighbourhood=places.get(code),
        from_on=from_on,
        to_on=to_on,
        lead=_flag(text, "lead"),
        named=_flag(text, "named"),
        routes={
            kind: text[kind]
            for kind in (ContactRoute.Kind.EMAIL, ContactRoute.Kind.TELEPHONE)
            if text[kind]
        },
    )
    if not code and (person.lead or person.named):
        raise BadRow(f"lead or named needs a neighbourhood, {text['name']!r}")
    if person.named and person.member["role"] not in CAN_BE_NAMED:
        raise BadRow(f"only police officers and PCSOs can be named, {text['role']!r}")
    return person


def _reachable(text: dict[str, str]) -> None:
    """Refuse an address that no mail would reach."""
    try:
        if text["email"]:
            validate_email(text["email"])
    except ValidationError as exc:
        raise BadRow(f"email is not an address, {text['email']!r}") from exc


def _member(text: dict[str, str]) -> dict[str, object]:
    check_filled(text, "reference", "name")
    role = _choice(text, "role", Member.Role)
    rank = _choice(text, "rank", Member.Rank) if text["rank"] else ""
    if role == Member.Role.POLICE_OFFICER and not rank:
        raise BadRow("a police officer needs a rank, ''")
    if role not in Member.RANKED and rank:
        raise BadRow(f"only police officers and special constables hold a rank, {text['rank']!r}")
    if role in Member.NOT_POLICE and not text["employer"]:
        raise BadRow("a warden or accredited person needs an employer, ''")
    kind = _employer_kind(text, role)
    acting = _flag(text, "acting")
    if acting and not rank:
        raise BadRow("acting needs a rank, ''")
    return {
        "reference": text["reference"],
        "name": text["name"],
        "role": role,
        "rank": rank,
        "acting": acting,
        "employer_kind": kind,
        "employer": text["employer"],
    }


def _employer_kind(text: dict[str, str], role: str) -> str:
    """What employs them: the force where nobody is named. Raises BadRow."""
    named, kind = text["employer"], text["employer_kind"]
    if named and role not in Member.OF_OTHERS:
        raise BadRow(f"people in this role work for the force alone, {named!r}")
    other = Member.Employer.OTHER if named else Member.Employer.FORCE
    found = _choice(text, "employer_kind", Member.Employer) if kind else other
    if (found == Member.Employer.FORCE) != (not named):
        raise BadRow(f"employer and employer_kind do not go together, {kind!r}")
    return found


def _choice(text: dict[str, str], name: str, choices) -> str:
    value = text[name].lower().replace(" ", "_")
    if value not in choices.values:
        raise BadRow(f"{name} is none of {', '.join(choices.values)}, {text[name]!r}")
    return value


def _flag(text: dict[str, str], name: str) -> bool:
    value = text[name].lower()
    if value not in YES | NO:
        raise BadRow(f"{name} is neither yes nor no, {text[name]!r}")
    return value in YES
