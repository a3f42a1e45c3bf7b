"""A force's people from a CSV file: who they are, where they are posted, who is named."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from neighbourhoods.importers.reporting import ImportReport, UnusableFile
from neighbourhoods.importers.table import BadRow, Columns, check_filled, day_in, read_rows
from neighbourhoods.models import Force, Neighbourhood
from teams.models import ContactRoute, Member, NamedContact, Posting

COLUMNS = Columns(
    required=("reference", "name", "role", "rank", "neighbourhood", "from"),
    optional=("to", "acting", "lead", "named", "employer", "email", "telephone"),
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


def import_people(lines: Iterable[str], *, force: Force, source: str) -> ImportReport:
    """Create or update members and their postings from ``lines``, in one transaction.

    Members are known by ``reference``, postings by member, neighbourhood and first day,
    so a file imported twice gives the same rows; people who are not in it stay as they
    are. Errors about people are worse than delays: with one bad row nothing is imported.

    Raises UnusableFile for a header that lacks a column, and for any bad row; its message
    then has a line ``FILE:LINE: fact, value`` for each.
    """
    people = read_rows(lines, source=source, columns=COLUMNS, parse=_parser(force))
    report = ImportReport()
    report.counts["read"] = len(people)
    with transaction.atomic():
        for person in people:
            report.counts["kept" if _stored(person, force) else "replaced"] += 1
        Neighbourhood.objects.filter(force=force).raise_stamps()
    return report


def _parser(force: Force) -> Callable[[dict[str, str], str], Person]:
    """What reads the lines of one file, one after the other."""
    places = {place.code: place for place in force.neighbourhoods.all()}
    named = set()

    def parse(text: dict[str, str], where: str) -> Person:
        person = _person(text, places, where)
        _named_once(person, named)
        return person

    return parse


def _named_once(person: Person, named: set) -> None:
    """A neighbourhood has one named officer on a day, so two of the file cannot begin on one."""
    if not person.named:
        return
    post = (person.neighbourhood, person.from_on)
    if post in named:
        raise BadRow(f"another line names an officer there from that day, {person.from_on}")
    named.add(post)


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
    acting = _flag(text, "acting")
    if acting and not rank:
        raise BadRow("acting needs a rank, ''")
    return {
        "reference": text["reference"],
        "name": text["name"],
        "role": role,
        "rank": rank,
        "acting": acting,
        "employer": text["employer"],
    }


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


def _stored(person: Person, force: Force) -> bool:
    """As ``_store``; where the database refuses, say which line it was."""
    try:
        with transaction.atomic():
            return _store(person, force)
    except IntegrityError as exc:
        raise UnusableFile(
            f"{person.where}: already in that team with another first day; end that posting "
            f"first, {person.member['name']!r}"
        ) from exc


def _store(person: Person, force: Force) -> bool:
    """Write one line's rows; True when the posting is new."""
    member, _ = Member.objects.update_or_create(
        force=force, reference=person.member["reference"], defaults=person.member
    )
    posting, created = Posting.objects.update_or_create(
        member=member,
        neighbourhood=person.neighbourhood,
        from_on=person.from_on,
        defaults={"to_on": person.to_on, "lead": person.lead},
    )
    if person.named:
        NamedContact.objects.update_or_create(
            neighbourhood=person.neighbourhood,
            from_on=person.from_on,
            defaults={"posting": posting},
        )
    for kind, value in person.routes.items():
        ContactRoute.objects.update_or_create(member=member, kind=kind, defaults={"value": value})
    return created
