"""What residents see of a team on a day: who is named, who covers, how to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, DateField, Q, QuerySet

from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from teams.models import ContactRoute, Cover, Member, PatrolUpdate, Posting
from teams.queries.posts import Post, PostState, asked_of_post, post_on, seniority

_ROUTE_ORDER = {kind: place for place, kind in enumerate(ContactRoute.ORDER)}


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
    """The named contact's post of one neighbourhood on one day, as residents may read of it.

    ``since`` is the first day of what ``state`` says. With a member and a cover the
    member is away until the cover's last day. In the state TEAM there is neither member
    nor day, so that nobody can tell who is hidden from who has just arrived.
    """

    state: PostState
    member: Member | None
    since: date | None
    is_police_officer: bool
    routes: tuple[Route, ...]
    team_routes: tuple[Route, ...]
    cover: CoverNow | None

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
    post = post_on(neighbourhood, on)
    told = _told(post, on)
    member = told.member
    cover = next(iter(_covers(neighbourhood=neighbourhood.pk, on=on)), None)
    if cover and (cover.member == post.member or not cover.member.is_public(on)):
        cover = None
    routes = _routes(
        neighbourhood=neighbourhood.pk,
        member=member and member.pk,
        covering=cover and cover.member_id,
    )
    return NamedOfficer(
        state=told.state,
        member=member,
        since=told.since,
        is_police_officer=post.member is not None and post.member.is_police_officer,
        routes=_sorted(_of(member, routes)) if member else (),
        team_routes=_sorted(route for route in routes if route.neighbourhood_id),
        cover=cover
        and CoverNow(
            member=cover.member,
            until=cover.to_on,
            routes=_sorted(_of(cover.member, routes)),
        ),
    )


def asked_of_team(neighbourhood: Neighbourhood, on: date) -> list[Question]:
    """What ``named_officer`` and ``members_on`` ask first, for ``asked_ahead``."""
    here = {"neighbourhood": neighbourhood.pk, "on": on}
    return [asked_of_post(neighbourhood, on), _covers.of(**here), _postings.of(**here)]


def team_on(neighbourhood: Neighbourhood, on: date) -> list[TeamMember]:
    """The team on the day ``on``: leads first, then by role, rank and name. Two queries."""
    return _team(neighbourhood.postings.on(on), on)


def members_on(neighbourhood: Neighbourhood, on: date) -> list[Member]:
    """Who is in the team on the day ``on``, in the order of ``team_on``. One query."""
    postings = _postings(neighbourhood=neighbourhood.pk, on=on)
    return [posting.member for posting in _one_each(postings, on)]


def member_on(neighbourhood: Neighbourhood, pk: int, on: date) -> TeamMember | None:
    """The member ``pk``, or None when not in the team on that day. Two queries."""
    return next(iter(_team(neighbourhood.postings.on(on).filter(member_id=pk), on)), None)


def also_in(member: Member, here: Neighbourhood, on: date) -> list[Neighbourhood]:
    """Where else the member serves on the day ``on``, in order of name. One query.

    Nowhere for somebody who is known by their first name alone: where they can be met next
    is part of what they are kept safe from; that asks nothing.
    """
    if member.first_name_only:
        return []
    served = Posting.objects.on(on).filter(member=member).values("neighbourhood")
    others = Neighbourhood.objects.filter(pk__in=served).exclude(pk=here.pk)
    return list(others.current(on=on).order_by("name"))


def senior_officers(force: Force, on: date) -> list[TeamMember]:
    """Those with a post in the force itself on the day ``on``, highest first. Two queries."""
    return _team(Posting.objects.on(on).filter(neighbourhood=None, member__force=force), on)


def contact_routes(neighbourhood: Neighbourhood) -> tuple[Route, ...]:
    """How to reach the team as a whole, in the order of ``ContactRoute.ORDER``."""
    return _sorted(neighbourhood.contact_routes.all())


def latest_updates(neighbourhood: Neighbourhood, limit: int, *, on: date) -> list[PatrolUpdate]:
    """The newest updates that residents see on the day ``on``, at most ``limit``."""
    return list(neighbourhood.patrol_updates.public(on=on)[:limit])


def _of(member: Member, routes: Iterable[ContactRoute]) -> list[ContactRoute]:
    """The member's own of ``routes``, but for what spells out a name that is not told."""
    secret = member.surname.casefold() if member.first_name_only else ""
    return [
        route
        for route in routes
        if route.member_id == member.pk and not (secret and secret in route.value.casefold())
    ]


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


def _sorted(routes: Iterable[ContactRoute]) -> tuple[Route, ...]:
    ordered = sorted(routes, key=lambda route: _ROUTE_ORDER[route.kind])
    return tuple(
        Route(
            kind=route.kind,
            label=ContactRoute.Kind(route.kind).label,
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


def _told(post: Post, on: date) -> Post:
    """What residents are told of it: of whoever they may not know, that there is a team."""
    if post.member is None or post.member.is_public(on):
        return post
    return Post(PostState.TEAM)


def _team(postings: QuerySet[Posting], on: date) -> list[TeamMember]:
    """One entry a member, with their own routes, in the order that a page shows them."""
    people = postings.select_related("member__photo").prefetch_related("member__contact_routes")
    return [
        TeamMember(
            member=posting.member,
            since=posting.from_on,
            lead=posting.lead,
            routes=_sorted(_of(posting.member, posting.member.contact_routes.all())),
        )
        for posting in _one_each(people, on)
    ]


def _one_each(postings: Iterable[Posting], on: date) -> list[Posting]:
    """The first posting of each member, in the order that a page shows them.

    Of those alone whom residents may be told of by name on the day ``on``.
    """
    first: dict[int, Posting] = {}
    for posting in postings:
        if posting.member.is_public(on):
            first.setdefault(posting.member_id, posting)
    return sorted(first.values(), key=seniority)
