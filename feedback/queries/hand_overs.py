"""What was open when a neighbourhood's post changed hands, and who has taken it over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.models import KeptFrom, Message, PostHandOver
from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from priorities.models import Action, Priority
from teams.models import Member
from teams.queries import NamedOfficer, Post, answering_on, named_officer, posts_on

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
class TakenOver:
    """Who looks after something since the day ``on``, instead of somebody who left."""

    member: Member
    on: date

    @property
    def text(self) -> str:
        """In words; nobody who is gone is named."""
        return _("%(title)s took this over on %(day)s from the officer who left.") % {
            "title": self.member.badged_title,
            "day": date_format(self.on, "j F Y"),
        }


@dataclass(frozen=True)
class WorkedOn:
    """A live priority with its actions, and who took them over; said once where it is the same."""

    priority: Priority
    taken: TakenOver | None
    actions: tuple[tuple[Action, TakenOver | None], ...]

    @classmethod
    def closed(cls, priority: Priority) -> Self:
        """One that nobody looks after any more. It has been read with its work."""
        return _worked_on(priority, None, {})


@dataclass(frozen=True)
class HandOver:
    """A post that somebody else had before, with what is open from that time.

    ``takers`` are those who may take it over: who has the post, who answers, and who does today.
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

    In the order given. At most eleven queries, one where no post ever changed hands.
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
        there = (post.member, answering[place.pk].otherwise, answering[place.pk].member)
        takers = tuple(dict.fromkeys(member for member in there if member))
        items = tuple(_told(item, post, takers, taken) for item in left[place.pk])
        found.append(HandOver(place, post, takers, items))
    return [hand_over for hand_over in found if hand_over.items]


def taken_over(neighbourhood: Neighbourhood, officer: NamedOfficer) -> dict[int, TakenOver]:
    """Who of those whom residents see has taken over which live priority, by its key. One query.

    Nobody is named who has left, is not shown, or does not look after the place any more.
    """
    seen = _seen(officer)
    return {
        priority: TakenOver(seen[member], london_date(accepted_at))
        for priority, member, changed_on, accepted_at in _takers(here=neighbourhood.pk)
        if member in seen and changed_on == officer.since
    }


def asked_of_takers(neighbourhood: Neighbourhood) -> Question:
    """What ``taken_over`` asks, for ``asked_ahead``."""
    return _takers.of(here=neighbourhood.pk)


def taker_of(message: Message, officer: NamedOfficer) -> TakenOver | None:
    """Who of those whom residents see has taken over ``message``. One query or none."""
    rows = _of_those_seen(officer).filter(message=message)
    return next((_told_of(row, officer) for row in rows), None)


def worked_on(
    neighbourhood: Neighbourhood, priorities: Iterable[Priority], on: date
) -> list[WorkedOn]:
    """The live ``priorities`` of the place, with who took them over. Five queries at most.

    They have been read with their work.
    """
    officer = named_officer(neighbourhood, on)
    taken = taken_over(neighbourhood, officer)
    actions = [action.pk for priority in priorities for action in priority.actions.all()]
    rows = _of_those_seen(officer).filter(action__in=actions)
    taken_actions = {row.action_id: _told_of(row, officer) for row in rows}
    return [_worked_on(priority, taken.get(priority.pk), taken_actions) for priority in priorities]


def _worked_on(
    priority: Priority, taken: TakenOver | None, actions: dict[int, TakenOver]
) -> WorkedOn:
    found = ((action, actions.get(action.pk)) for action in priority.actions.all())
    told = ((action, None if taker == taken else taker) for action, taker in found)
    return WorkedOn(priority, taken, tuple(told))


def _seen(officer: NamedOfficer) -> dict[int, Member]:
    there = [officer.member, officer.cover and officer.cover.member]
    return {member.pk: member for member in there if member}


def _of_those_seen(officer: NamedOfficer) -> QuerySet[PostHandOver]:
    """What they took over when the post changed hands last; nothing is asked where nobody is."""
    rows = PostHandOver.objects.filter(member__in=_seen(officer), changed_on=officer.since)
    return rows if officer.since else rows.none()


def _told_of(row: PostHandOver, officer: NamedOfficer) -> TakenOver:
    return TakenOver(_seen(officer)[row.member_id], london_date(row.accepted_at))


@prepared(here=BigIntegerField())
def _takers(*, here) -> QuerySet[tuple[int, int, date, datetime]]:
    live = Priority.objects.live().filter(neighbourhood=here)
    rows = PostHandOver.objects.filter(priority__in=live)
    return rows.values_list("priority", "member", "changed_on", "accepted_at")


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
    messages = messages.exclude(Exists(_kept_from_holders(posts)))
    for message in messages:
        if message.received_at < _changed_at(posts[message.neighbourhood_id]):
            yield message.neighbourhood_id, OpenItem("message", message)


def _kept_from_holders(posts: dict[int, Post]) -> QuerySet:
    """That the message is not for who has the post: whoever covers or leads finds it at once."""
    holders = [post.member for post in posts.values() if post.member]
    there = {"member__postings__neighbourhood": OuterRef("neighbourhood")}
    return KeptFrom.objects.filter(message=OuterRef("pk"), member__in=holders, **there)


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
