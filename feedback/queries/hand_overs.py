"""What was open when a neighbourhood's post changed hands, and who has taken it over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, Q, QuerySet

from feedback.models import Message, PostHandOver
from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from priorities.models import Action, Priority
from teams.models import Member
from teams.queries import NamedOfficer, Post, answering_on, posts_on

KINDS = {"priority": Priority, "action": Action, "message": Message}


@dataclass(frozen=True)
class OpenItem:
    """One thing that was open then and still is. ``kind`` is a key of KINDS."""

    kind: str
    row: Priority | Action | Message
    taken_by: Member | None = None

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}-{self.row.pk}"


@dataclass(frozen=True)
class HandOver:
    """A post that somebody else had before, with what is open from that time.

    ``takers`` are those who may take it over: who has the post, and who answers today.
    """

    neighbourhood: Neighbourhood
    post: Post
    takers: tuple[Member, ...]
    items: tuple[OpenItem, ...]

    @property
    def waiting(self) -> list[OpenItem]:
        return [item for item in self.items if not item.taken_by]

    @property
    def taken(self) -> list[OpenItem]:
        return [item for item in self.items if item.taken_by]


def hand_overs_at(neighbourhoods: Iterable[Neighbourhood], now: datetime) -> list[HandOver]:
    """The posts among ``neighbourhoods`` that changed hands and left something open.

    In the order given. At most ten queries, one where no post ever changed hands.
    """
    on = london_date(now)
    posts = {pk: post for pk, post in posts_on(neighbourhoods, on).items() if post.before}
    changed = [place for place in neighbourhoods if place.pk in posts]
    if not changed:
        return []
    answering = answering_on(changed, on)
    taken = _taken(posts)
    left = {pk: [] for pk in posts}
    for pk, item in _open_items(posts):
        left[pk].append(item)
    found = []
    for place in changed:
        post = posts[place.pk]
        there = (post.member, answering[place.pk].member)
        takers = tuple(dict.fromkeys(member for member in there if member))
        items = tuple(_told(item, post, takers, taken) for item in left[place.pk])
        found.append(HandOver(place, post, takers, items))
    return [hand_over for hand_over in found if hand_over.items]


def taken_over(neighbourhood: Neighbourhood, officer: NamedOfficer) -> dict[int, Member]:
    """Who of those whom residents see has taken over which live priority, by its key. One query.

    Nobody is named who has left, is not shown, or does not look after the place any more.
    """
    seen = _seen(officer)
    rows = _priorities_taken_over(here=neighbourhood.pk)
    return {
        priority: seen[member]
        for priority, member, changed_on in rows
        if member in seen and changed_on == officer.since
    }


def asked_of_takers(neighbourhood: Neighbourhood) -> Question:
    """What ``taken_over`` asks, for ``asked_ahead``."""
    return _priorities_taken_over.of(here=neighbourhood.pk)


def taker_of(message: Message, officer: NamedOfficer) -> Member | None:
    """Who of those whom residents see has taken over ``message``. One query or none."""
    seen = _seen(officer)
    row = message.hand_overs.filter(changed_on=officer.since, member__in=seen).first()
    return row and seen[row.member_id]


def _seen(officer: NamedOfficer) -> dict[int, Member]:
    there = [officer.member, officer.cover and officer.cover.member]
    return {member.pk: member for member in there if member}


@prepared(here=BigIntegerField())
def _priorities_taken_over(*, here) -> QuerySet[tuple[int, int, date]]:
    live = Priority.objects.live().filter(neighbourhood=here)
    rows = PostHandOver.objects.filter(priority__in=live)
    return rows.values_list("priority", "member", "changed_on")


def _open_items(posts: dict[int, Post]) -> Iterator[tuple[int, OpenItem]]:
    """With the neighbourhood's key, what was open on the day its post changed hands."""
    for priority in Priority.objects.live().filter(neighbourhood__in=posts):
        if priority.adopted_on < posts[priority.neighbourhood_id].since:
            yield priority.neighbourhood_id, OpenItem("priority", priority)
    actions = Action.objects.filter(done_on=None, priority__in=_live_in(posts))
    for action in actions.select_related("priority"):
        if action.added_at < _changed_at(posts[action.priority.neighbourhood_id]):
            yield action.priority.neighbourhood_id, OpenItem("action", action)
    messages = Message.objects.open().filter(neighbourhood__in=posts).order_by("received_at", "pk")
    for message in messages:
        if message.received_at < _changed_at(posts[message.neighbourhood_id]):
            yield message.neighbourhood_id, OpenItem("message", message)


def _live_in(posts: Iterable[int]):
    return Priority.objects.live().filter(neighbourhood__in=posts).order_by().values("pk")


def _changed_at(post: Post) -> datetime:
    return london_instant(post.since)


def _taken(posts: dict[int, Post]) -> dict[tuple[str, int, date], Member]:
    """Everything that was taken over in these places, by kind, key and day of the change."""
    rows = PostHandOver.objects.filter(
        Q(priority__neighbourhood__in=posts)
        | Q(action__priority__neighbourhood__in=posts)
        | Q(message__neighbourhood__in=posts)
    )
    return {
        (kind, pk, row.changed_on): row.member
        for row in rows.select_related("member")
        for kind in KINDS
        if (pk := getattr(row, f"{kind}_id"))
    }


def _told(
    item: OpenItem,
    post: Post,
    takers: tuple[Member, ...],
    taken: dict[tuple[str, int, date], Member],
) -> OpenItem:
    """With who has it now: somebody who does not answer there any more has it no longer."""
    member = taken.get((item.kind, item.row.pk, post.since))
    return OpenItem(item.kind, item.row, member if member in takers else None)
