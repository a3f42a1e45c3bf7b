"""Who is on duty, who is off, and how much of a team's time is spent elsewhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
)

from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import Question, prepared
from teams.models import Duty, HalfDay, Member, Posting
from teams.models.duty import Kind

# Residents are told that a team helps elsewhere when half of its time on duty goes there.
TOLD_FROM = 0.5
LOOKED_AHEAD = timedelta(days=14)
# A night without anybody on duty does not end it.
QUIET_HALF_DAYS = 2
# Figures of a period are published when it was recorded on nine days of ten …
RECORDED_FROM = 0.9
# … and so many people share them that they are nobody's own.
FEWEST = 3
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OnDuty:
    """A team at one moment, in the order of its page. Of nobody in it is more known than here."""

    here: tuple[Member, ...]
    off: tuple[Member, ...]  # helping elsewhere, at court, in training or away
    unknown: tuple[Member, ...]  # no duty was imported or called for them


@dataclass(frozen=True)
class TeamTime:
    """The hours on duty of a team in a period, first and last day included.

    Somebody in several teams counts for each with an equal share. What they were helping
    elsewhere for is in ``elsewhere`` by its reason. Leave, sickness and rest are no duty.
    """

    days: int
    days_recorded: int
    strength: float
    hours: float
    elsewhere: dict[str, float]

    @property
    def hours_elsewhere(self) -> float:
        return sum(self.elsewhere.values())

    @property
    def percent_elsewhere(self) -> float | None:
        return 100 * self.hours_elsewhere / self.hours if self.hours else None

    @property
    def is_recorded(self) -> bool:
        """Whether enough of the days are known for the figures to say something."""
        return self.days_recorded >= RECORDED_FROM * self.days

    @property
    def is_public(self) -> bool:
        """Whether residents may read the figures: they are whole, and nobody's own."""
        return self.is_recorded and self.strength >= FEWEST


def on_duty_at(members: Iterable[Member], now: datetime) -> OnDuty:
    """Where each of ``members`` is at ``now``. One query."""
    members = list(members)
    halves = HalfDay.at(now)
    known = Duty.objects.filter(member__in=members).between(halves.begins_at, halves.ends_at)
    at_once = {duty.member_id: duty.kind for duty in known if duty.starts_at <= now < duty.ends_at}
    seen = {duty.member_id for duty in known}
    groups = {True: [], False: [], None: []}
    for member in members:
        here = at_once.get(member.pk) == Kind.HERE if member.pk in seen else None
        groups[here].append(member)
    return OnDuty(here=tuple(groups[True]), off=tuple(groups[False]), unknown=tuple(groups[None]))


def off_on(members: Iterable[int], on: date) -> set[int]:
    """The keys of those who are elsewhere or away all of the day ``on``. One query.

    Whoever begins a duty here that day is not, and neither is who has no duty in the rows:
    nobody is taken for absent because nothing was told. A night that is over by noon is of the
    day before.
    """
    begins, ends = london_instant(on), london_instant(on + ONE_DAY)
    noon = HalfDay(on, True).begins_at
    duties = Duty.objects.filter(member__in=members).between(begins, ends)
    today = duties.filter(Q(starts_at__gte=begins) | Q(ends_at__gt=noon))
    off, here = set(), set()
    for pk, kind, starts_at in today.values_list("member", "kind", "starts_at"):
        if kind != Kind.HERE:
            off.add(pk)
        elif starts_at >= begins:
            here.add(pk)
    return off - here


def helping_elsewhere(neighbourhood: Neighbourhood, now: datetime) -> HalfDay | None:
    """Until which half-day, itself included, the team helps elsewhere; None while it is here.

    It does in a half-day in which at least half of its time on duty goes elsewhere. One query,
    a second one where it does.
    """
    half = HalfDay.at(now)
    if not _is_elsewhere(half, _worked(neighbourhood, half.begins_at, half.ends_at, half.on)):
        return None
    ends = half.begins_at + LOOKED_AHEAD
    return _last_elsewhere(half, _worked(neighbourhood, half.begins_at, ends, half.on), ends)


def asked_of_helping(neighbourhood: Neighbourhood, now: datetime) -> Question:
    """What ``helping_elsewhere`` asks always, for ``asked_ahead``."""
    half = HalfDay.at(now)
    return _worked_rows.of(
        here=neighbourhood.pk, begins=half.begins_at, ends=half.ends_at, on=half.on
    )


def _last_elsewhere(half: HalfDay, worked: list[tuple], ends: datetime) -> HalfDay:
    last, quiet = half, 0
    while quiet <= QUIET_HALF_DAYS and (half := half.next).begins_at < ends:
        elsewhere = _is_elsewhere(half, worked)
        if elsewhere is False:
            break
        last, quiet = (half, 0) if elsewhere else (last, quiet + 1)
    return last


def _is_elsewhere(half: HalfDay, worked: list[tuple]) -> bool | None:
    """Whether most goes elsewhere in the half-day; None where nobody is on duty in it."""
    spent = Counter()
    for starts_at, ends_at, kind in worked:
        part = min(ends_at, half.ends_at) - max(starts_at, half.begins_at)
        spent[kind == Kind.ELSEWHERE] += max(part, timedelta()).total_seconds()
    total = spent.total()
    return spent[True] >= TOLD_FROM * total if total else None


def _worked(neighbourhood: Neighbourhood, begins: datetime, ends: datetime, on: date) -> list:
    return _worked_rows(here=neighbourhood.pk, begins=begins, ends=ends, on=on)


@prepared(here=BigIntegerField(), begins=DateTimeField(), ends=DateTimeField(), on=DateField())
def _worked_rows(*, here, begins, ends, on) -> QuerySet[tuple]:
    """What police of the team work between two instants, those who are away left out."""
    there = Posting.objects.on(on).filter(neighbourhood=here, member=OuterRef("member"))
    duties = Duty.objects.between(begins, ends).filter(Exists(there))
    police = duties.exclude(kind=Kind.AWAY).exclude(member__role__in=Member.NOT_POLICE)
    return police.order_by().values_list("starts_at", "ends_at", "kind")


def team_time(neighbourhood: Neighbourhood, first: date, last: date) -> TeamTime:
    """The team's hours from ``first`` to ``last``. Two queries."""
    posts = _posts(neighbourhood, first, last)
    hours, recorded = Counter(), set()
    for duty in _duties(posts, first, last):
        on = max(london_date(duty.starts_at), first)
        teams = _teams_on(posts[duty.member_id], on)
        if neighbourhood.pk not in teams:
            continue
        recorded.update(_days(duty, on, last))
        if duty.kind != Kind.AWAY and london_date(duty.starts_at) >= first:
            hours[duty.reason] += duty.worked.total_seconds() / 3600 / len(teams)
    return TeamTime(
        days=(last - first).days + 1,
        days_recorded=len(recorded),
        strength=_strength(neighbourhood, posts, last),
        hours=hours.total(),
        elsewhere={reason: hours[reason] for reason in sorted(hours) if reason},
    )


def strength_on(neighbourhood: Neighbourhood, on: date) -> float:
    """How many police the team has on the day ``on``, with the shares of those in several teams.

    One query.
    """
    return _strength(neighbourhood, _posts(neighbourhood, on, on), on)


def _strength(neighbourhood: Neighbourhood, posts: dict[int, list[Posting]], on: date) -> float:
    teams = (_teams_on(held, on) for held in posts.values())
    return sum(1 / len(there) for there in teams if neighbourhood.pk in there)


def _posts(neighbourhood: Neighbourhood, first: date, last: date) -> dict[int, list[Posting]]:
    """By member all posts, also in other teams, of police who served here in the period."""
    served = Posting.objects.serving(on=first).filter(from_on__lte=last)
    here = served.filter(neighbourhood=neighbourhood).exclude(member__role__in=Member.NOT_POLICE)
    posts = defaultdict(list)
    for posting in served.filter(member__in=here.values("member"), neighbourhood__isnull=False):
        posts[posting.member_id].append(posting)
    return posts


def _teams_on(posts: list[Posting], on: date) -> set[int]:
    return {
        post.neighbourhood_id
        for post in posts
        if post.from_on <= on and (post.to_on is None or on <= post.to_on)
    }


def _duties(members: Iterable[int], first: date, last: date) -> Iterator[Duty]:
    """In order of member and time. Where two overlap, the one that began last holds."""
    period = london_instant(first), london_instant(last + ONE_DAY)
    duties = Duty.objects.filter(member__in=members).between(*period)
    found = list(duties.order_by("member", "starts_at"))
    for duty, later in pairwise([*found, None]):
        if later and later.member_id == duty.member_id:
            duty.ends_at = min(duty.ends_at, later.starts_at)
        yield duty


def _days(duty: Duty, first: date, last: date) -> Iterator[date]:
    """The days of which the duty tells something: that of its beginning, of an absence each."""
    until = london_date(duty.ends_at - timedelta(seconds=1)) if duty.kind == Kind.AWAY else first
    for days in range((min(until, last) - first).days + 1):
        yield first + timedelta(days=days)
