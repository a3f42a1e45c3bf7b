"""What one member of staff sees first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from neighbourhoods.models import Force, Neighbourhood
from reports.queries.waiting import Desk, Waiting, waiting_for
from teams.access import neighbourhoods_where, permissions_by_force
from teams.models import Patrol, PatrolUpdate, RoleGrant, User
from teams.permissions import Permission

LOOKED_AT = timedelta(days=7)  # a sergeant sees that long what others published alone


@dataclass(frozen=True)
class StaffHome:
    """What one member of staff sees first: what waits, then what they may do and where."""

    waiting: list[Waiting]  # most urgent first
    on_trust: list[PatrolUpdate]  # what others published alone in the last days, to look at
    drafts: list[PatrolUpdate]
    patrol: Patrol | None  # that this account is on now
    lent: list[RoleGrant]  # the sergeant's role, to this account, and until when
    writing: set[int]  # keys of the neighbourhoods where this account writes updates
    patrolling: set[int]  # of those where it may say that it is on patrol
    neighbourhoods: list[Neighbourhood]  # those of one policing area beside each other
    forces: list[tuple[Force, set[Permission]]]  # and what this account may do over the whole


def staff_home_of(user: User, *, on: date, now: datetime, language: str) -> StaffHome:
    """The staff home of ``user`` at ``now``, on the day ``on``, in ``language``.

    At most twenty-five queries, ten more where a post changed hands, and one or two for each force
    that the account administers or translates for.
    """
    publishing = neighbourhoods_where(user, Permission.UPDATE_PUBLISH, on=on)
    writing = neighbourhoods_where(user, Permission.UPDATE_WRITE, on=on)
    patrolling = neighbourhoods_where(user, Permission.PATROL_LOG, on=on)
    seeing = neighbourhoods_where(user, Permission.NEIGHBOURHOOD_VIEW, on=on).current(on=on)
    drafts = PatrolUpdate.objects.drafts().select_related("neighbourhood")
    lent = RoleGrant.objects.lent().on(on).filter(user=user)
    return StaffHome(
        waiting=waiting_for(Desk(user, on, now, language)),
        on_trust=list(_on_trust(user, publishing, now=now)),
        drafts=list(drafts.filter(written_by=user)),
        patrol=user.patrols.running(at=now).select_related("neighbourhood").first(),
        lent=list(lent.select_related("neighbourhood")),
        writing=set(writing.values_list("pk", flat=True)),
        patrolling=set(patrolling.values_list("pk", flat=True)),
        neighbourhoods=list(seeing.select_related("area__parent").by_area()),
        forces=permissions_by_force(user, on=on),
    )


def _on_trust(user: User, publishing: QuerySet, *, now: datetime) -> QuerySet:
    told = PatrolUpdate.objects.on_trust(since=now - LOOKED_AT).exclude(published_by=user)
    return told.filter(neighbourhood__in=publishing.values("pk")).select_related(
        "neighbourhood", "published_by"
    )
