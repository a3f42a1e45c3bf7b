"""A sergeant says who is here: the same rows that a duty system would bring."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import Duty, HalfDay, Member, User
from teams.models.duty import Kind


@transaction.atomic
def call_roll(
    *,
    neighbourhood: Neighbourhood,
    halves: Iterable[HalfDay],
    kinds: Mapping[Member, str],
    reason: str,
    by: User,
) -> int:
    """Note what each member does in these half-days; return how many are not here.

    ``reason`` is that of all who help elsewhere. Called again, the later word holds. Of
    somebody whose duty was imported meanwhile nothing is changed.
    """
    halves = list(halves)
    _lock(kinds)
    imported = set(
        _within(halves).imported().filter(member__in=kinds).values_list("member", flat=True)
    )
    called = {member: kind for member, kind in kinds.items() if member.pk not in imported}
    _within(halves).called().filter(member__in=called).delete()
    Duty.objects.bulk_create(
        Duty(
            member=member,
            starts_at=half.begins_at,
            ends_at=half.ends_at,
            kind=kind,
            reason=reason if kind == Kind.ELSEWHERE else "",
            source=Duty.Source.ROLL_CALL,
        )
        for member, kind in called.items()
        for half in halves
    )
    _changed(called)
    audit.record("roll.called", neighbourhood, by=by, halves=_names(halves), people=len(called))
    return sum(kind != Kind.HERE for kind in called.values())


@transaction.atomic
def undo_roll_call(
    *, neighbourhood: Neighbourhood, halves: Iterable[HalfDay], members: Iterable[Member], by: User
) -> None:
    """Take back what was called for these members in these half-days."""
    halves, members = list(halves), list(members)
    _lock(members)
    _within(halves).called().filter(member__in=members).delete()
    _changed(members)
    audit.record("roll.undone", neighbourhood, by=by, halves=_names(halves), people=len(members))


def _within(halves: list[HalfDay]) -> QuerySet[Duty]:
    return Duty.objects.between(*_period(halves))


def _period(halves: list[HalfDay]) -> tuple[datetime, datetime]:
    return halves[0].begins_at, halves[-1].ends_at


def _names(halves: list[HalfDay]) -> list[str]:
    return [f"{half.on:%Y-%m-%d}-{half.part}" for half in halves]


def _lock(members: Iterable[Member]) -> None:
    """Hold their rows, so that nobody else writes their duties meanwhile."""
    keys = [member.pk for member in members]
    list(Member.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _changed(members: Iterable[Member]) -> None:
    """Mark the pages of their teams, which may say that the team helps elsewhere."""
    Neighbourhood.objects.filter(postings__member__in=list(members)).raise_stamps()
