"""A successor takes over what was open when the post changed hands."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import PostHandOver
from feedback.queries import HandOver, OpenItem, hand_overs_at
from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import Member, User
from teams.services.stamps import raise_stamp


class NotTheirPost(Exception):
    """The account is not of anybody who looks after the neighbourhood today."""


class NothingToTakeOver(Exception):
    """It was taken over or came to an end meanwhile."""


@transaction.atomic
def take_over(
    *, neighbourhood: Neighbourhood, by: User, now: datetime, key: str = ""
) -> list[OpenItem]:
    """Accept what waits for the successor, or the one thing that ``key`` names; return it.

    The neighbourhood's row is locked first, so of two who accept at once the second is told.
    Raises NotTheirPost or NothingToTakeOver; nothing is saved then.
    """
    Neighbourhood.objects.select_for_update(no_key=True).get(pk=neighbourhood.pk)
    hand_over = next(iter(hand_overs_at([neighbourhood], now)), None)
    waiting = [item for item in hand_over.waiting if key in ("", item.key)] if hand_over else []
    if not waiting:
        raise NothingToTakeOver(_("It has been taken over or was finished meanwhile."))
    member = _taker(hand_over, by)
    for item in waiting:
        _take(item, hand_over, member, by=by, now=now)
    raise_stamp(neighbourhood)
    return waiting


def _taker(hand_over: HandOver, by: User) -> Member:
    for member in hand_over.takers:
        if member.user_id == by.pk:
            return member
    raise NotTheirPost(_("Only whoever looks after this area today can take it over."))


def _take(item: OpenItem, hand_over: HandOver, member: Member, *, by: User, now: datetime) -> None:
    PostHandOver.objects.update_or_create(
        **{item.kind: item.row},
        changed_on=hand_over.post.since,
        defaults={"member": member, "accepted_at": now},
    )
    audit.record(
        "post.taken_over",
        item.row,
        by=by,
        neighbourhood=hand_over.neighbourhood.pk,
        changed_on=hand_over.post.since.isoformat(),
    )
