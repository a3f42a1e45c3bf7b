"""What one member of staff sees first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from feedback.queries import Case, HandOver, hand_overs_at, open_cases
from neighbourhoods.clock import london_instant
from neighbourhoods.models import Force, Neighbourhood
from priorities.queries import open_promises
from reports.models import Bulletin
from teams.access import forces_administered_by, neighbourhoods_of, neighbourhoods_where
from teams.models import (
    Duty,
    Event,
    Member,
    NamedContact,
    Patrol,
    PatrolUpdate,
    Posting,
    Promise,
    User,
)
from teams.models.member import ASKED_BEFORE
from teams.permissions import Permission
from teams.queries.roll_call import NOT_CALLED

LOOKED_AT = timedelta(days=7)  # a sergeant sees that long what others published alone


@dataclass(frozen=True)
class StaffHome:
    """What one member of staff sees first, most urgent first."""

    messages: list[Case]  # what residents wait for an answer to, but for what waits for them
    hand_overs: list[HandOver]  # what this account may take over and nobody has
    waiting: list[PatrolUpdate]  # drafts of others that this account may publish
    on_trust: list[PatrolUpdate]  # what others published alone in the last days, to look at
    bulletins_to_approve: list[Bulletin]  # where this account may, and wrote none of the words
    bulletins_to_write: list[Bulletin]
    without_named_officer: list[Neighbourhood]  # where this account may name one
    contacts_to_check: list[Neighbourhood]  # whose sergeant this account is
    rolls_to_call: list[Neighbourhood]  # where nobody has said yet who is here today
    events_to_note: list[Event]  # that are over and of which nobody has told what was said
    promises: list[Promise]  # made at events, that this account may turn into actions
    drafts: list[PatrolUpdate]
    writing: set[int]  # keys of the neighbourhoods where this account writes updates
    patrol: Patrol | None  # that this account is on now
    neighbourhoods: list[Neighbourhood]  # those of one policing area beside each other
    forces: list[Force]


def staff_home_of(user: User, *, on: date, now: datetime) -> StaffHome:
    """The staff home of ``user`` at ``now``, on the day ``on``.

    Eighteen queries, ten more where a post changed hands.
    """
    drafts = PatrolUpdate.objects.drafts().select_related("neighbourhood")
    publishing = neighbourhoods_where(user, Permission.UPDATE_PUBLISH, on=on)
    reading = neighbourhoods_where(user, Permission.MESSAGE_READ, on=on)
    naming = neighbourhoods_where(user, Permission.NAMED_CONTACT_SET, on=on)
    return StaffHome(
        messages=[
            case
            for case in open_cases(reading.values("pk"), now, reader=user)
            if case.clock.late or not case.clock.paused
        ],
        hand_overs=_hand_overs_of(user, on=on, now=now),
        waiting=list(
            drafts.filter(neighbourhood__in=publishing.values("pk")).exclude(written_by=user)
        ),
        on_trust=list(_on_trust(user, publishing, now=now)),
        bulletins_to_approve=list(_bulletins_to_approve(user, on=on)),
        bulletins_to_write=list(_bulletins_to_write(user, on=on)),
        without_named_officer=list(without_named_officer(naming.current(on=on), on=on)),
        contacts_to_check=list(_contacts_to_check(user, on=on)),
        rolls_to_call=list(_rolls_to_call(user, on=on)),
        events_to_note=list(_events_to_note(user, on=on, now=now)),
        promises=list(_promises(user, on=on)),
        drafts=list(drafts.filter(written_by=user)),
        writing=set(
            neighbourhoods_where(user, Permission.UPDATE_WRITE, on=on).values_list("pk", flat=True)
        ),
        patrol=user.patrols.running(at=now).select_related("neighbourhood").first(),
        neighbourhoods=list(neighbourhoods_of(user, on=on).by_area()),
        forces=list(forces_administered_by(user, on=on)),
    )


def _on_trust(user: User, publishing: QuerySet, *, now: datetime) -> QuerySet:
    told = PatrolUpdate.objects.on_trust(since=now - LOOKED_AT).exclude(published_by=user)
    return told.filter(neighbourhood__in=publishing.values("pk")).select_related(
        "neighbourhood", "published_by"
    )


def _hand_overs_of(user: User, *, on: date, now: datetime) -> list[HandOver]:
    """Where this account has the post, or answers for it, and something waits from before."""
    places = neighbourhoods_where(user, Permission.POST_TAKE_OVER, on=on).current(on=on)
    return [
        hand_over
        for hand_over in hand_overs_at(list(places), now)
        if hand_over.waiting and user.pk in {member.user_id for member in hand_over.takers}
    ]


def _contacts_to_check(user: User, *, on: date) -> QuerySet:
    """Where this account sets cover and somebody's contact details wait to be checked."""
    due = Posting.objects.on(on).filter(member__unconfirmed_from__lte=on + ASKED_BEFORE)
    places = neighbourhoods_where(user, Permission.COVER_SET, on=on).current(on=on)
    return places.filter(pk__in=due.values("neighbourhood"))


def _rolls_to_call(user: User, *, on: date) -> QuerySet:
    """Where this account calls the roll and a team of police has no duty in the rows today."""
    today = Duty.objects.between(london_instant(on), london_instant(on + timedelta(days=1)))
    police = Posting.objects.on(on).exclude(member__role__in=NOT_CALLED)
    known = police.filter(member__in=today.values("member"))
    places = neighbourhoods_where(user, Permission.ROLL_CALL, on=on).current(on=on)
    teams = places.filter(pk__in=police.values("neighbourhood"))
    return teams.exclude(pk__in=known.values("neighbourhood"))


def _events_to_note(user: User, *, on: date, now: datetime) -> QuerySet:
    writing = neighbourhoods_where(user, Permission.EVENT_WRITE, on=on)
    over = Event.objects.wanting_notes(at=now).filter(neighbourhood__in=writing.values("pk"))
    return over.select_related("neighbourhood")


def _promises(user: User, *, on: date) -> QuerySet:
    return open_promises(neighbourhoods_where(user, Permission.PRIORITY_MANAGE, on=on).values("pk"))


def _bulletins_to_approve(user: User, *, on: date) -> QuerySet:
    approving = neighbourhoods_where(user, Permission.BULLETIN_APPROVE, on=on)
    bulletins = Bulletin.objects.wanting_approval().exclude(authors=user)
    return bulletins.filter(neighbourhood__in=approving.values("pk")).select_related(
        "neighbourhood"
    )


def _bulletins_to_write(user: User, *, on: date) -> QuerySet:
    writing = neighbourhoods_where(user, Permission.BULLETIN_WRITE, on=on)
    bulletins = Bulletin.objects.wanting_words().select_related("neighbourhood")
    return bulletins.filter(neighbourhood__in=writing.values("pk"))


def without_named_officer(neighbourhoods: QuerySet, *, on: date) -> QuerySet:
    """Those of ``neighbourhoods`` that have no police officer in post as named contact on ``on``.

    The Neighbourhood Policing Guarantee counts police officers alone, so a PCSO as
    named contact leaves a neighbourhood uncovered.
    """
    newest = NamedContact.objects.in_post(on=on).filter(neighbourhood=OuterRef("pk"))
    in_post = Posting.objects.on(on).filter(member__role=Member.Role.POLICE_OFFICER)
    return neighbourhoods.annotate(named_posting=Subquery(newest.values("posting")[:1])).filter(
        Q(named_posting__isnull=True) | ~Q(named_posting__in=in_post.values("pk"))
    )
