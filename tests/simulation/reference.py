"""What has to be true of a force on a day, said as simply as can be: lists and loops, no rows.

It knows nothing of the portal's queries; the simulation tells it what happened, by the same
days, and compares what it says with what the portal says.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

CONFIRMED_FOR = timedelta(days=42)
HERE = "E"  # the code for a shift in the neighbourhood


@dataclass(eq=False)
class Person:
    key: int
    name: str
    reference: str
    has_details: bool = True  # contact details of their own
    proved_until: date | None = None  # not named to residents from that day on
    hidden: bool = False
    last_day: date | None = None

    def serves(self, day: date) -> bool:
        return self.last_day is None or day <= self.last_day

    def may_be_named(self, day: date) -> bool:
        proved = self.proved_until is None or day < self.proved_until
        return self.serves(day) and not self.hidden and proved


@dataclass(eq=False)
class Post:
    person: Person
    place: int
    first: date
    last: date | None = None
    lead: bool = False

    def holds(self, day: date) -> bool:
        ended = self.last is not None and self.last < day
        return self.first <= day and not ended and self.person.serves(day)


@dataclass(eq=False)
class Stand:
    """Somebody stands in for the named officer of a place."""

    person: Person
    first: date
    last: date


@dataclass
class Place:
    key: int
    area: int
    posts: list[Post] = field(default_factory=list)
    named: list[tuple[date, Post | None]] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)

    def officer(self, day: date) -> Person | None:
        """Who has the post: by the newest word, as long as that person is still posted here."""
        said = [post for since, post in sorted(self.named, key=lambda row: row[0]) if since <= day]
        return said[-1].person if said and said[-1] and said[-1].holds(day) else None

    def stand_in(self, day: date) -> Person | None:
        there = [s for s in self.stands if s.first <= day <= s.last and s.person.serves(day)]
        newest = max(there, key=lambda stand: stand.first, default=None)
        return newest.person if newest and newest.person is not self.officer(day) else None

    def team(self, day: date) -> set[Person]:
        return {post.person for post in self.posts if post.holds(day)}

    def lead(self, day: date) -> Person | None:
        leads = [post.person for post in self.posts if post.lead and post.holds(day)]
        return min(leads, key=lambda person: person.name) if leads else None


@dataclass
class Reference:
    places: dict[int, Place] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    codes: dict[tuple[int, date], str] = field(default_factory=dict)  # (person, day) → code
    inspectors: dict[int, int | None] = field(default_factory=lambda: defaultdict(lambda: None))

    # What residents may read -----------------------------------------------------------------

    def shown_officer(self, place: Place, day: date) -> Person | None:
        officer = place.officer(day)
        return officer if officer and officer.may_be_named(day) else None

    def shown_stand_in(self, place: Place, day: date) -> Person | None:
        person = place.stand_in(day)
        return person if person and person.may_be_named(day) else None

    def shown_team(self, place: Place, day: date) -> set[Person]:
        return {person for person in place.team(day) if person.may_be_named(day)}

    def nameable(self, place: Place, day: date) -> set[Person]:
        """Everybody whose name a page of the place may hold on that day."""
        also = {self.shown_officer(place, day), self.shown_stand_in(place, day)}
        return self.shown_team(place, day) | {person for person in also if person}

    # Who owns what is open -------------------------------------------------------------------

    def owner(self, place: Place, day: date) -> tuple[str, int | None]:
        """In which capacity, and the key of the person (of the account, for an inspector)."""
        turn = list(self._turn(place, day))
        present = [(what, person) for what, person in turn if not self._is_off(person, day)]
        inspector = self.inspectors[place.area]
        if not present and inspector is not None:
            return "inspector", inspector
        for what, person in present or turn:
            return what, person.key
        return "force", None

    def _turn(self, place: Place, day: date) -> Iterator[tuple[str, Person]]:
        in_turn = [
            ("cover", place.stand_in(day)),
            ("named", place.officer(day)),
            ("lead", place.lead(day)),
        ]
        return ((what, person) for what, person in in_turn if person)

    def _is_off(self, person: Person, day: date) -> bool:
        return self.codes.get((person.key, day), HERE) != HERE

    # Days go by ------------------------------------------------------------------------------

    def night(self, day: date) -> None:
        """New contact details begin their 42 days; whoever has none needs no proof."""
        for person in self.people:
            if not person.has_details:
                person.proved_until = None
            elif person.proved_until is None and person.serves(day):
                person.proved_until = day + CONFIRMED_FOR
