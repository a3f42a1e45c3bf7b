"""A neighbourhood with something in every state, for tests that ask for every address."""

from datetime import timedelta

from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import BoundarySet, Neighbourhood
from tests.factories.feedback import KeptFromFactory, MessageFactory, SenderMarkFactory
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    PlaceFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    SignpostFactory,
)
from tests.factories.priorities import ActionFactory, PriorityFactory, RoundFactory, VoteFactory
from tests.factories.reports import BulletinFactory, DataMonthFactory
from tests.factories.teams import (
    AuthenticatorFactory,
    ContactRouteFactory,
    CoverFactory,
    EventFactory,
    MemberFactory,
    NamedContactFactory,
    OperationsHoldFactory,
    PatrolUpdateFactory,
    PeopleFileFactory,
    PhotoFactory,
    PostingFactory,
    PromiseFactory,
    RoleGrantFactory,
    RoleRequestFactory,
    UnhidingFactory,
)
from tests.teams.acting import OFFICER, grant


def furnish(place: Neighbourhood, keys: list[int], *, postcode: str) -> Neighbourhood:
    """Give the place a boundary, a team, a post, cover and updates in every state.

    Every row that an address may name has one of the three ``keys``, whatever its model.
    """
    on = london_date(timezone.now())
    boundary = BoundaryFactory(boundary_set=_boundary_set(place, keys[0]), neighbourhood=place)
    PostcodeMatchFactory(postcode=PostcodeFactory(code=postcode), boundary=boundary)
    SignpostFactory(force=place.force)
    station = PlaceFactory(pk=keys[0], force=place.force, serves=[place])
    OpeningHoursFactory(place=station)
    OpeningExceptionFactory(pk=keys[0], place=station, on=on)
    _people(place, keys, on=on)
    message = MessageFactory(pk=keys[0], neighbourhood=place)
    mark = SenderMarkFactory(pk=keys[0], member=MemberFactory(force=place.force))
    KeptFromFactory(message=message, mark=mark)
    for key, state in zip(keys, ({}, {"published": True}, {"withdrawn": True}), strict=True):
        PatrolUpdateFactory(pk=key, neighbourhood=place, **state)
    BulletinFactory(neighbourhood=place, published=True)
    if not place.force.data_months.exists():
        DataMonthFactory(force=place.force)
    _asked(place, keys)
    return place


def _boundary_set(place: Neighbourhood, key: int) -> BoundarySet:
    standing = place.force.boundary_sets.first()
    return standing or BoundarySetFactory(pk=key, force=place.force, active=True)


def _asked(place: Neighbourhood, keys: list[int]) -> None:
    """Rounds of every state, a vote, and a priority with an action."""
    RoundFactory(pk=keys[0], neighbourhood=place, options=2)
    for key in keys[1:]:
        round_ = RoundFactory(pk=key, neighbourhood=place, published=True, options=2)
        VoteFactory.create_batch(12, round=round_, counted=True, options=round_.options.all())
    priority = PriorityFactory(pk=keys[0], neighbourhood=place)
    ActionFactory(pk=keys[0], priority=priority)


def _people(place: Neighbourhood, keys: list[int], *, on) -> None:
    member = MemberFactory(pk=keys[0], force=place.force, with_account=True, user__pk=keys[0])
    AuthenticatorFactory(pk=keys[0], user=member.user, passkey=True)
    MemberFactory(pk=keys[1], force=place.force)
    hidden = MemberFactory(pk=keys[2], force=place.force, hidden=True)
    PostingFactory(neighbourhood=place, member=hidden)
    UnhidingFactory(member=hidden)
    posting = PostingFactory(pk=keys[0], neighbourhood=place, member=member)
    NamedContactFactory(neighbourhood=place, posting=posting)
    PhotoFactory(member=member)
    grant(member.user, OFFICER, place, pk=keys[0])
    RoleGrantFactory(pk=keys[1], neighbourhood=place, lent=True, from_on=on)
    RoleRequestFactory(pk=keys[0], neighbourhood=place, asked_at=timezone.now())
    CoverFactory(
        pk=keys[0],
        neighbourhood=place,
        from_on=on - timedelta(days=1),
        to_on=on + timedelta(days=1),
    )
    ContactRouteFactory(pk=keys[0], neighbourhood=place)
    ContactRouteFactory(of_member=True, member=member)
    EventFactory(pk=keys[0], neighbourhood=place)
    PromiseFactory(pk=keys[0], event=EventFactory(pk=keys[1], neighbourhood=place, noted=True))
    OperationsHoldFactory(pk=keys[0], neighbourhood=place)
    PeopleFileFactory(pk=keys[0], force=place.force)
