"""What a force says of a role on a day: what its people can do, what not, how to check them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from neighbourhoods.models import Force
from teams.models import Member, RoleFact


@dataclass(frozen=True)
class RoleTold:
    """A role, with the force's list that holds; without a list there is no day."""

    role: Member.Role
    from_on: date | None
    facts: tuple[RoleFact, ...]

    @property
    def can(self) -> list[RoleFact]:
        return self._of(RoleFact.Kind.CAN)

    @property
    def cannot(self) -> list[RoleFact]:
        return self._of(RoleFact.Kind.CANNOT)

    @property
    def badge(self) -> list[RoleFact]:
        return self._of(RoleFact.Kind.BADGE)

    def _of(self, kind: RoleFact.Kind) -> list[RoleFact]:
        return [fact for fact in self.facts if fact.kind == kind]


def role_of(member: Member, on: date) -> RoleTold:
    """What the force says of people in the member's role, and with their employer. One query."""
    return _told(member.role, RoleFact.objects.about(member).in_force(on=on))


def roles_of(force: Force, on: date) -> list[RoleTold]:
    """Every role, in the order of a team, with what the force says of it. One query."""
    facts: dict[str, list[RoleFact]] = {role: [] for role in Member.Role}
    for fact in force.role_facts.in_force(on=on):
        facts[fact.role].append(fact)
    return [_told(role, told) for role, told in facts.items()]


def _told(role: str, facts: Iterable[RoleFact]) -> RoleTold:
    facts = tuple(facts)
    return RoleTold(Member.Role(role), facts[0].from_on if facts else None, facts)
