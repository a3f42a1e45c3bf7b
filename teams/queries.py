"""What residents see of a team on a day: who is named, who covers, how to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile

from django.db.models import BigIntegerField, DateField, Q, QuerySet

from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.queries.prepared import prepared
from teams.models import ContactRoute, Cover, Member, NamedContact, PatrolUpdate, Posting

_ROUTE_ORDER = {kind: place for place, kind in enumerate(ContactRoute.ORDER)}
_ROLE_ORDER = {role: place for place, role in enumerate(Member.Role)}
_SENIORITY = {rank: place for place, rank in enumerate(reversed(Member.Rank))}


class PostState(StrEnum):
    NAMED = "named"
    VACANT = "vacant"
    NONE = "none"  # nobody has been named yet


@dataclass(frozen=True)
class Route:
    """One way to reach somebody. ``href`` is for email and pages; elsewhere it is empty."""

    kind: str
    label: str
    value: str
    href: str
    verified_on: date | None

    @property
    def is_telephone(self) -> bool:
        return self.kind in (ContactRoute.Kind.TELEPHONE, ContactRoute.Kind.MOBILE)


@dataclass(frozen=True)
class CoverNow:
    """Who stands in for the named officer, and the last day of it."""

    member: Member
    until: date
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class NamedOfficer:
    """The named contact's post of one neighbourhood on one day.

    ``since`` is the first day of what ``state`` says. With a member and a cover the
    member is away until the cover's last day.
    """

    state: PostState
    member: Member | None
    since: date | None
    routes: tuple[Route, ...]
    team_routes: tuple[Route, ...]
    cover: CoverNow | None

    @property
    def is_police_officer(self) -> bool:
        return self.member is not None and self.member.is_police_officer

    @property
    def away_until(self) -> date | None:
        return self.cover.until if self.member and self.cover else None

    @property
    def reached_by(self) -> tuple[Route, ...]:
        """Where a message is read today: with whoever covers, else the officer, else the team."""
        if self.cover:
            return self.cover.routes or self.team_routes
        return self.routes or self.team_routes


@dataclass(frozen=True)
class TeamMember:
    """A member in their post of a team or, for senior officers, of the force."""

    member: Member
    since: date
    lead: bool
    routes: tuple[Route, ...]


def named_officer(neighbourhood: Neighbourhood, on: date) -> NamedOfficer:
    """Who is the named contact on the day ``on``, and who covers. Three queries.

    A post whose holder's posting has ended, or who has left, is vacant from the day after.
    """
    state, member, since = _post(neighbourhood, on)
    cover = next(iter(_covers(neighbourhood=neighbourhood.pk, on=on)), None)
    if cover and cover.member == member:
        cover = None
    routes = _routes(
        neighbourhood=neighbourhood.pk,
        member=member and member.pk,
        covering=cover and cover.member_id,
    )
    return NamedOfficer(
        state=state,
        member=member,
        since=since,
        routes=_sorted(route for route in routes if member and route.member_id == member.pk),
        team_routes=_sorted(route for route in routes if route.neighbourhood_id),
        cover=cover
        and CoverNow(
            member=cover.member,
            until=cover.to_on,
            routes=_sorted(route for route in routes if route.member_id == cover.member_id),
        ),
    )


def team_on(neighbourhood: Neighbourhood, on: date) -> list[TeamMember]:
    """The team on the day ``on``: leads first, then by role, rank and name. Two queries."""
    return _team(neighbourhood.postings.on(on))


def members_on(neighbourhood: Neighbourhood, on: date) -> list[Member]:
    """Who is in the team on the day ``on``, in the order of ``team_on``. One query."""
    postings = _postings(neighbourhood=neighbourhood.pk, on=on)
    return [posting.member for posting in _one_each(postings)]


def member_on(neighbourhood: Neighbourhood, pk: int, on: date) -> TeamMember | None:
    """The member ``pk``, or None when not in the team on that day. Two queries."""
    return next(iter(_team(neighbourhood.postings.on(on).filter(member_id=pk))), None)


def senior_officers(force: Force, on: date) -> list[TeamMember]:
    """Those with a post in the force itself on the day ``on``, highest first. Two queries."""
    return _team(Posting.objects.on(on).filter(neighbourhood=None, member__force=force))


def contact_routes(neighbourhood: Neighbourhood) -> tuple[Route, ...]:
    """How to reach the team as a whole, in the order of ``ContactRoute.ORDER``."""
    return _sorted(neighbourhood.contact_routes.all())


def latest_updates(neighbourhood: Neighbourhood, limit: int) -> list[PatrolUpdate]:
    """The newest published updates, at most ``limit``."""
    return list(neighbourhood.patrol_updates.public()[:limit])


def _post(neighbourhood: Neighbourhood, on: date) -> tuple[PostState, Member | None, date | None]:
    timeline = _timeline(neighbourhood=neighbourhood.pk, on=on)
    if not timeline:
        return PostState.NONE, None, None
    posting = timeline[0].posting
    # Said again later for the same posting (or vacancy), it still began with the first time.
    same = takewhile(lambda contact: contact.posting_id == timeline[0].posting_id, timeline)
    since = min(contact.from_on for contact in same)
    if posting is None:
        return PostState.VACANT, None, since
    last_on = _last_day(posting)
    if last_on and last_on < on:
        return PostState.VACANT, None, last_on + timedelta(days=1)
    return PostState.NAMED, posting.member, since


@prepared(neighbourhood=BigIntegerField(), on=DateField())
def _timeline(*, neighbourhood, on) -> QuerySet[NamedContact]:
    said = NamedContact.objects.filter(neighbourhood=neighbourhood).in_post(on=on)
    return said.select_related("posting__member")


@prepared(neighbourhood=BigIntegerField(), on=DateField())
def _covers(*, neighbourhood, on) -> QuerySet[Cover]:
    return Cover.objects.filter(neighbourhood=neighbourhood).on(on).select_related("member")[:1]


@prepared(neighbourhood=BigIntegerField(), on=DateField())
def _postings(*, neighbourhood, on) -> QuerySet[Posting]:
    return Posting.objects.filter(neighbourhood=neighbourhood).on(on).select_related("member")


@prepared(neighbourhood=BigIntegerField(), member=BigIntegerField(), covering=BigIntegerField())
def _routes(*, neighbourhood, member, covering) -> QuerySet[ContactRoute]:
    """Those of the team, of the named officer and of who covers; None stands for nobody."""
    return ContactRoute.objects.filter(
        Q(neighbourhood=neighbourhood) | Q(member=member) | Q(member=covering)
    )


def _last_day(posting: Posting) -> date | None:
    """The last day that the posting holds: its own end or its member's, whichever is first."""
    return min(filter(None, (posting.to_on, posting.member.ended_on)), default=None)


def _sorted(routes: Iterable[ContactRoute]) -> tuple[Route, ...]:
    ordered = sorted(routes, key=lambda route: _ROUTE_ORDER[route.kind])
    return tuple(
        Route(
            kind=route.kind,
            label=route.get_kind_display(),
            value=route.value,
            href=_href(route),
            verified_on=route.verified_on,
        )
        for route in ordered
    )


def _href(route: ContactRoute) -> str:
    if route.kind == ContactRoute.Kind.EMAIL:
        return f"mailto:{route.value}"
    # Never a link with another scheme, such as javascript:, whoever entered it.
    return route.value if route.value.startswith(("https://", "http://")) else ""


def _team(postings: QuerySet[Posting]) -> list[TeamMember]:
    """One entry a member, with their own routes, in the order that a page shows them."""
    people = postings.select_related("member").prefetch_related("member__contact_routes")
    return [
        TeamMember(
            member=posting.member,
            since=posting.from_on,
            lead=posting.lead,
            routes=_sorted(posting.member.contact_routes.all()),
        )
        for posting in _one_each(people)
    ]


def _one_each(postings: Iterable[Posting]) -> list[Posting]:
    """The first posting of each member, in the order that a page shows them."""
    first: dict[int, Posting] = {}
    for posting in postings:
        first.setdefault(posting.member_id, posting)
    return sorted(first.values(), key=_seniority)


def _seniority(posting: Posting) -> tuple[bool, int, int, str]:
    member = posting.member
    return (
        not posting.lead,
        _ROLE_ORDER[member.role],
        _SENIORITY.get(member.rank, len(_SENIORITY)),
        member.name,
    )
