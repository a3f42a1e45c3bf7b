"""Who has a named contact's post on a day, and who answers for what is open there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile

from django.db.models import BigIntegerField, DateField, QuerySet

from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from teams.models import Cover, Member, NamedContact, Posting, RoleGrant, User
from teams.queries.duty import off_on

_ROLE_ORDER = {role: place for place, role in enumerate(Member.Role)}
_SENIORITY = {rank: place for place, rank in enumerate(reversed(Member.Rank))}


class PostState(StrEnum):
    NAMED = "named"
    TEAM = "team"  # filled, and reached through the team: whoever it is may not be told
    VACANT = "vacant"
    NONE = "none"  # nobody has been named yet


class Answers(StrEnum):
    """In which capacity somebody answers for what is open, the first that there is."""

    NAMED = "named"
    COVER = "cover"
    LEAD = "lead"
    INSPECTOR = "inspector"
    FORCE = "force"  # nobody of these is there: the force itself, without a person


@dataclass(frozen=True)
class Post:
    """A named contact's post on a day as the rows have it, whoever may read the name.

    ``since`` is the first day of what ``state`` says, ``before`` who had the post until then.
    """

    state: PostState
    member: Member | None = None
    since: date | None = None
    before: Member | None = None


@dataclass(frozen=True)
class Answering:
    """Who answers for a neighbourhood's open items on a day; only the force is without a person.

    An inspector is known by their account, and may have no place among the force's people.
    ``otherwise`` answers on days when nobody is off duty: for what lasts longer than a day.
    """

    capacity: Answers
    member: Member | None = None
    user: User | None = None
    otherwise: Member | None = field(default=None, compare=False)


def post_on(neighbourhood: Neighbourhood, on: date) -> Post:
    """The named contact's post of one neighbourhood, as ``posts_on`` has it. One query."""
    return _post(_timeline(neighbourhood=neighbourhood.pk, on=on), on)


def asked_of_post(neighbourhood: Neighbourhood, on: date) -> Question:
    """What ``post_on`` asks, for ``asked_ahead``."""
    return _timeline.of(neighbourhood=neighbourhood.pk, on=on)


def posts_on(neighbourhoods: Iterable[Neighbourhood], on: date) -> dict[int, Post]:
    """The named contact's post of each of ``neighbourhoods`` on the day ``on``. One query.

    A post whose holder's posting has ended, or who has left, is vacant from the day after.
    """
    timelines = {neighbourhood.pk: [] for neighbourhood in neighbourhoods}
    contacts = NamedContact.objects.filter(neighbourhood__in=timelines).in_post(on=on)
    for contact in contacts.select_related("posting__member__user"):
        timelines[contact.neighbourhood_id].append(contact)
    return {pk: _post(timeline, on) for pk, timeline in timelines.items()}


def answering_on(neighbourhoods: Iterable[Neighbourhood], on: date) -> dict[int, Answering]:
    """Who answers for what is open in each of ``neighbourhoods`` on ``on``. Six queries.

    The named contact unless somebody covers, else the lead; of these the first who is not off
    duty all day, else the inspector, else whoever is off, else the force: there is always an
    answer, so nothing open is ever without an owner. For one that has ended, who answers
    where its successor is.
    """
    asked = Neighbourhood.objects.filter(pk__in=[place.pk for place in neighbourhoods])
    asked = asked.select_related("area", "successor__area")
    current = {neighbourhood.pk: neighbourhood.current for neighbourhood in asked}
    places = {place.pk: place for place in current.values()}
    posts = posts_on(places.values(), on)
    covers, leads = _covers_of(places, on), _leads_of(places, on)
    inspectors = _inspectors_of(places.values(), on)
    there = {pk: _in_turn(posts[pk], covers.get(pk), leads.get(pk)) for pk in places}
    off = off_on({member.pk for turn in there.values() for _, member in turn}, on)
    answering = {pk: _answering(there[pk], inspectors.get(pk), off) for pk in places}
    return {pk: answering[place.pk] for pk, place in current.items()}


Turn = list[tuple[Answers, Member]]


def _in_turn(post: Post, cover: Member | None, lead: Member | None) -> Turn:
    """Who is asked first, second and third, of those that there are."""
    turn = [(Answers.COVER, cover), (Answers.NAMED, post.member), (Answers.LEAD, lead)]
    if cover == post.member:
        del turn[0]
    return [(capacity, member) for capacity, member in turn if member]


def _answering(turn: Turn, inspector: User | None, off: set[int]) -> Answering:
    present = [(capacity, member) for capacity, member in turn if member.pk not in off]
    otherwise = turn[0][1] if turn else None
    if inspector and not present:
        member = getattr(inspector, "member", None)
        return Answering(Answers.INSPECTOR, member, inspector, otherwise or member)
    for capacity, member in present or turn:
        return Answering(capacity, member, member.user, otherwise)
    return Answering(Answers.FORCE)


def _covers_of(places: Iterable[int], on: date) -> dict[int, Member]:
    covers = Cover.objects.on(on).filter(neighbourhood__in=places).select_related("member__user")
    # The one that began last comes first, so it is written last.
    return {cover.neighbourhood_id: cover.member for cover in reversed(covers)}


def _leads_of(places: Iterable[int], on: date) -> dict[int, Member]:
    """Of several leads the one that a page of the team shows first."""
    leads = Posting.objects.on(on).filter(neighbourhood__in=places, lead=True)
    ranked = sorted(leads.select_related("member__user"), key=seniority, reverse=True)
    return {posting.neighbourhood_id: posting.member for posting in ranked}


def _inspectors_of(places: Iterable[Neighbourhood], on: date) -> dict[int, User]:
    """The inspector of each place whose grant reaches least far beyond it."""
    grants = RoleGrant.objects.on(on).filter(role=RoleGrant.Role.INSPECTOR, user__is_active=True)
    by_scope = {
        (grant.neighbourhood_id, grant.area_id, grant.force_id): grant.user
        for grant in grants.select_related("user__member").order_by("-pk")
    }
    found = {}
    for place in places:
        around = place.area and place.area.parent_id
        scopes = [(place.pk, None, None), (None, None, place.force_id)]
        scopes[1:1] = [(None, area, None) for area in (place.area_id, around) if area]
        if users := [by_scope[scope] for scope in scopes if scope in by_scope]:
            found[place.pk] = users[0]
    return found


@prepared(neighbourhood=BigIntegerField(), on=DateField())
def _timeline(*, neighbourhood, on) -> QuerySet[NamedContact]:
    said = NamedContact.objects.filter(neighbourhood=neighbourhood).in_post(on=on)
    return said.select_related("posting__member__photo")


def _post(timeline: list[NamedContact], on: date) -> Post:
    """What a timeline, newest first, says of the day ``on``."""
    if not timeline:
        return Post(PostState.NONE)
    posting = timeline[0].posting
    # Said again later for the same posting (or vacancy), it still began with the first time.
    same = list(takewhile(lambda contact: contact.posting_id == timeline[0].posting_id, timeline))
    since = same[-1].from_on
    before = next((contact.posting for contact in timeline[len(same) :] if contact.posting), None)
    if posting is None or posting.from_on > on:
        ended_on = before and _last_day(before)
        began_on = min(since, ended_on + timedelta(days=1)) if ended_on else since
        return Post(PostState.VACANT, None, began_on, before and before.member)
    last_on = _last_day(posting)
    if last_on and last_on < on:
        return Post(PostState.VACANT, None, last_on + timedelta(days=1), posting.member)
    taken_from = before.member if before and before.member != posting.member else None
    return Post(PostState.NAMED, posting.member, since, taken_from)


def _last_day(posting: Posting) -> date | None:
    """The last day that the posting holds: its own end or its member's, whichever is first."""
    return min(filter(None, (posting.to_on, posting.member.ended_on)), default=None)


def seniority(posting: Posting) -> tuple[bool, int, int, str]:
    member = posting.member
    return (
        not posting.lead,
        _ROLE_ORDER[member.role],
        _SENIORITY.get(member.rank, len(_SENIORITY)),
        member.name,
    )
