"""From the lines of a file, and what stands already, to a plan. Nothing here writes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Force
from teams.importers.people.lines import Person, read_people
from teams.importers.people.plan import Act, Plan, Step, Thing
from teams.models import ContactRoute, Member, NamedContact, Posting


def plan_import(lines: Iterable[str], *, force: Force, source: str) -> Plan:
    """What an import of ``lines`` would do. Five queries.

    Members are known by ``reference``, postings by member, neighbourhood and first day, so a
    file imported twice does nothing the second time; people who are not in it stay as they
    are. Raises UnusableFile with a line ``FILE:LINE: fact, value`` for each bad row.
    """
    people = read_people(lines, force=force, source=source)
    return _Planner(force, source).plan(people)


def plan_undo(
    undone: Iterable[str],
    earlier: Iterable[str],
    *,
    force: Force,
    began: Mapping[str, Collection[int]],
    sources: tuple[str, str],
) -> Plan:
    """What it would do to import the ``earlier`` file again in place of the ``undone`` one.

    Postings and named contacts that the undone file ``began``, and the earlier one does not
    have, go; what somebody has changed by hand since stays, and a note says so. Raises
    UnusableFile.
    """
    to_undo = read_people(undone, force=force, source=sources[0])
    people = read_people(earlier, force=force, source=sources[1])
    planner = _Planner(force, sources[1])
    planner.take_back(to_undo, people, began)
    return planner.plan(people)


class _Planner:
    """What stands, as it will be after each step that was planned."""

    def __init__(self, force: Force, source: str) -> None:
        self.result = Plan(force, source)
        self.members = {member.reference: member for member in force.members.all()}
        hidden = (member for member in self.members.values() if member.hidden_at)
        self.hidden = {member.name.casefold(): member.reference for member in hidden}
        postings = Posting.objects.filter(member__force=force).select_related("member")
        self.postings = {
            (posting.member.reference, posting.neighbourhood_id, posting.from_on): posting
            for posting in postings
        }
        named = NamedContact.objects.filter(neighbourhood__force=force)
        self.named = {(contact.neighbourhood_id, contact.from_on): contact for contact in named}
        routes = ContactRoute.objects.filter(member__force=force).select_related("member")
        self.routes = {(route.member.reference, route.kind): route for route in routes}

    def plan(self, people: list[Person]) -> Plan:
        """Raises UnusableFile for lines that cannot be, seen with all that stands."""
        self.result.read = len(people)
        for person in people:
            self._member(person)
            self._posting(person)
            if person.named:
                self._named_contact(person)
            for kind in person.routes:
                self._route(person, kind)
        wrong = [*self._of_hidden_names(people), *self._twice_in_a_team(people)]
        if wrong:
            told = [*wrong, f"{self.result.source}: nothing was imported; mend these lines"]
            raise UnusableFile("\n".join(told))
        return self.result

    def take_back(
        self, undone: list[Person], earlier: list[Person], began: Mapping[str, Collection[int]]
    ) -> None:
        """Plan that goes what ``undone`` began and ``earlier`` does not have."""
        kept = {person.key for person in earlier}
        named = {person.post for person in earlier if person.named}
        for person in undone:
            if person.named and person.post not in named:
                self._take_back_name(person, began[Thing.NAMED_CONTACT])
        for person in undone:
            if person.key not in kept:
                self._take_back_posting(person, began[Thing.POSTING])

    def _take_back_name(self, person: Person, began: Collection[int]) -> None:
        contact = self.named.get(person.post)
        if contact is None or contact.pk not in began:
            return
        posting = self.postings.get(person.key)
        if posting is None or contact.posting_id != posting.pk:
            self.result.notes.append(f"{person.where}: stays, another is named since")
            return
        self.result.take(_step(person, Act.REMOVE, Thing.NAMED_CONTACT), contact)
        del self.named[person.post]

    def _take_back_posting(self, person: Person, began: Collection[int]) -> None:
        posting = self.postings.get(person.key)
        if posting is None or posting.pk not in began:
            return
        changed = (posting.to_on, posting.lead) != (person.to_on, person.lead)
        if changed or any(contact.posting_id == posting.pk for contact in self.named.values()):
            self.result.notes.append(f"{person.where}: stays, changed by hand since")
            return
        self.result.take(_step(person, Act.REMOVE, Thing.POSTING), posting)
        del self.postings[person.key]

    def _member(self, person: Person) -> None:
        member = self.members.get(person.reference)
        if member is None:
            member = Member(force=self.result.force, **person.member)
            self.members[person.reference] = member
            self.result.take(_step(person, Act.ADD, Thing.MEMBER), member)
        elif fields := _set(member, person.member):
            self.result.take(_step(person, Act.CHANGE, Thing.MEMBER, fields), member)

    def _posting(self, person: Person) -> None:
        posting = self.postings.get(person.key)
        if posting is None:
            posting = Posting(
                member=self.members[person.reference],
                neighbourhood=person.neighbourhood,
                from_on=person.from_on,
                to_on=person.to_on,
                lead=person.lead,
            )
            self.postings[person.key] = posting
            self.result.take(_step(person, Act.ADD, Thing.POSTING), posting)
            return
        before = posting.to_on
        if fields := _set(posting, {"to_on": person.to_on, "lead": person.lead}):
            ends = posting.to_on and (before is None or posting.to_on < before)
            act = Act.END if ends else Act.CHANGE
            self.result.take(_step(person, act, Thing.POSTING, fields), posting)

    def _named_contact(self, person: Person) -> None:
        posting, contact = self.postings[person.key], self.named.get(person.post)
        if contact is None:
            contact = NamedContact(
                neighbourhood=person.neighbourhood, from_on=person.from_on, posting=posting
            )
            self.named[person.post] = contact
            self.result.take(_step(person, Act.ADD, Thing.NAMED_CONTACT), contact)
        elif posting.pk is None or contact.posting_id != posting.pk:
            contact.posting = posting
            self.result.take(_step(person, Act.CHANGE, Thing.NAMED_CONTACT), contact)

    def _route(self, person: Person, kind: str) -> None:
        value, route = person.routes[kind], self.routes.get((person.reference, kind))
        if route is None:
            route = ContactRoute(member=self.members[person.reference], kind=kind, value=value)
            self.routes[person.reference, kind] = route
            self.result.take(_step(person, Act.ADD, Thing.CONTACT_ROUTE, [kind]), route)
        elif _set(route, {"value": value}):
            route.verified_on = None  # nobody has found the new one to work
            self.result.take(_step(person, Act.CHANGE, Thing.CONTACT_ROUTE, [kind]), route)

    def _of_hidden_names(self, people: list[Person]) -> Iterable[str]:
        """A name that is hidden is not shown by giving it another number."""
        for person in people:
            name = str(person.member["name"])
            if self.hidden.get(name.casefold(), person.reference) != person.reference:
                yield f"{person.where}: somebody hidden has this name, {name!r}"

    def _twice_in_a_team(self, people: list[Person]) -> Iterable[str]:
        """Lines that would leave somebody in one team from two days on."""
        opened = {}
        for key, posting in self.postings.items():
            if posting.to_on is None and posting.neighbourhood_id:
                opened.setdefault(key[:2], []).append(key)
        for person in people:
            if person.to_on is None and len(opened.get(person.key[:2], ())) > 1:
                yield (
                    f"{person.where}: already in that team with another first day; end that "
                    f"posting first, {person.member['name']!r}"
                )


def _set(row: Member | Posting | ContactRoute, told: Mapping[str, object]) -> list[str]:
    """Give the row what is told of it; return the names of what that changes."""
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, told[name])
    return changed


def _step(person: Person, act: Act, thing: Thing, fields: Iterable[str] = ()) -> Step:
    about = Step(
        person.where, act, thing, person.reference, str(person.member["name"]), fields=tuple(fields)
    )
    if thing in (Thing.MEMBER, Thing.CONTACT_ROUTE):
        return about
    place = person.neighbourhood.code if person.neighbourhood else ""
    return replace(about, place=place, from_on=person.from_on)
