"""GET and HEAD change nothing, whoever asks for whatever page; and none of them breaks."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.notifications import CONFIRM_FOLLOW, LEAVE
from neighbourhoods.tokens import token_digest
from teams.access import ENROLMENT_SESSION_KEY
from teams.news import INVITATION
from teams.photos import kept_keys
from tests.architecture.routes import Route, all_routes
from tests.factories.feedback import KeptFromFactory, MessageFactory
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    FollowingFactory,
    NeighbourhoodFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    PlaceFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    SignpostFactory,
    TokenFactory,
)
from tests.factories.priorities import ActionFactory, PriorityFactory, RoundFactory, VoteFactory
from tests.factories.reports import BulletinFactory, DataMonthFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    EventFactory,
    InvitationFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PeopleFileFactory,
    PhotoFactory,
    PostingFactory,
    PromiseFactory,
    RoleRequestFactory,
    UserFactory,
)
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, OFFICER, SERGEANT, acting, grant

# A session is begun by a secret link, and the cache counts tries.
APART = {"teams_session", "cache"}
# Every row that an address may name has one of these keys, whatever its model.
KEYS = [901, 902, 903]
TOKEN = "the-secret-of-an-invitation"
QUERY = {"postcode": "WQ10 1AA", "q": "52.05,-0.95", "page": "1", "next": "/staff/"}
ON = london_date(timezone.now())


@pytest.fixture
def place(db, settings, tmp_path) -> Neighbourhood:
    """A neighbourhood with a boundary, a team, a post, cover and updates in every state."""
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = "https://login.example.org", "portal"
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.MAP_TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    place = NeighbourhoodFactory(in_area=True, in_welsh=True)
    boundary = BoundaryFactory(
        boundary_set=BoundarySetFactory(pk=KEYS[0], force=place.force, active=True),
        neighbourhood=place,
    )
    PostcodeMatchFactory(postcode=PostcodeFactory(code="WQ101AA"), boundary=boundary)
    SignpostFactory(force=place.force)
    station = PlaceFactory(pk=KEYS[0], force=place.force, serves=[place])
    OpeningHoursFactory(place=station)
    OpeningExceptionFactory(pk=KEYS[0], place=station, on=ON)
    _people(place)
    message = MessageFactory(pk=KEYS[0], neighbourhood=place)
    KeptFromFactory(message=message, mark__pk=KEYS[0], mark__member__force=place.force)
    for key, state in zip(KEYS, ({}, {"published": True}, {"withdrawn": True}), strict=True):
        PatrolUpdateFactory(pk=key, neighbourhood=place, **state)
    BulletinFactory(neighbourhood=place, published=True)
    DataMonthFactory(force=place.force)
    _asked(place)
    return place


def _asked(place: Neighbourhood) -> None:
    """Rounds of every state, a vote, and a priority with an action."""
    RoundFactory(pk=KEYS[0], neighbourhood=place, options=2)
    for key in KEYS[1:]:
        round_ = RoundFactory(pk=key, neighbourhood=place, published=True, options=2)
        VoteFactory.create_batch(12, round=round_, counted=True, options=round_.options.all())
    priority = PriorityFactory(pk=KEYS[0], neighbourhood=place)
    ActionFactory(pk=KEYS[0], priority=priority)


def _people(place: Neighbourhood) -> None:
    member = MemberFactory(pk=KEYS[0], force=place.force, with_account=True)
    MemberFactory(pk=KEYS[1], force=place.force)
    posting = PostingFactory(pk=KEYS[0], neighbourhood=place, member=member)
    NamedContactFactory(neighbourhood=place, posting=posting)
    PhotoFactory(member=member)
    grant(member.user, OFFICER, place, pk=KEYS[0])
    RoleRequestFactory(pk=KEYS[0], neighbourhood=place, asked_at=timezone.now())
    CoverFactory(
        pk=KEYS[0],
        neighbourhood=place,
        from_on=ON - timedelta(days=1),
        to_on=ON + timedelta(days=1),
    )
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True, member=member)
    EventFactory(pk=KEYS[0], neighbourhood=place)
    PeopleFileFactory(pk=KEYS[0], force=place.force)
    PromiseFactory(pk=KEYS[0], event=EventFactory(pk=KEYS[1], neighbourhood=place, noted=True))


# Who asks: nobody, whom a link let in, one who is enrolling, and every role.
VISITORS = {
    "nobody": lambda _place: Client(),
    "follower": lambda place: _follower(place),
    "invited": lambda _place: _invited(),
    "enrolling": lambda _place: _enrolling(),
    "officer": lambda place: acting(OFFICER, place),
    "sergeant": lambda place: acting(SERGEANT, place),
    "inspector": lambda place: acting(INSPECTOR, place),
    "administrator": lambda place: acting(ADMINISTRATOR, place.force),
}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)


def _follower(place: Neighbourhood) -> Client:
    """Somebody who opened both links of our mails, to confirm and to leave."""
    client, following = Client(), FollowingFactory(neighbourhood=place)
    links = {"": (CONFIRM_FOLLOW, following), "leave/": (LEAVE, following.follower)}
    for page, (purpose, row) in links.items():
        token = f"the-secret-to-{purpose}"
        TokenFactory(
            sha256=token_digest(token),
            purpose=purpose,
            object_id=row.pk,
            begins_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=3),
        )
        client.get(f"/follow/{page}{token}/")
    return client


def _invited() -> Client:
    now, client = timezone.now(), Client()
    TokenFactory(
        sha256=token_digest(TOKEN),
        purpose=INVITATION,
        object_id=InvitationFactory().pk,
        begins_at=now,
        expires_at=now + timedelta(days=3),
    )
    client.get(f"/staff/invitation/{TOKEN}/")
    return client


def _enrolling() -> Client:
    user, client = UserFactory(), Client()
    client.force_login(user)
    session = client.session
    session[ENROLMENT_SESSION_KEY] = user.pk
    session.save()
    return client


@pytest.mark.parametrize("who", VISITORS)
def test_get_and_head_change_nothing_and_break_nowhere(place, who):
    client, changed, broken = VISITORS[who](place), [], []
    client.raise_request_exception = False
    before = checksums()
    for _route, path in asked_for(place):
        with written_to() as tables:
            status = client.get(path, QUERY).status_code
            statuses = {status, client.head(path, QUERY).status_code if status == 200 else status}
        broken += [(path, status) for status in statuses if status >= 500]
        changed += [(path, table) for table in tables - APART]

    assert broken == []
    assert changed == []
    assert checksums() == before  # by whatever way no statement of ours shows


def test_every_address_leads_somewhere(place):
    """Else the test above would look at error pages alone."""
    clients = [made(place) for made in VISITORS.values()]
    found = set()
    for route, path in asked_for(place):
        if route not in found and any(c.get(path, QUERY).status_code != 404 for c in clients):
            found.add(route)

    assert [route.pattern for route in all_routes() if route not in found] == []


@contextmanager
def written_to() -> Iterator[set[str]]:
    """The tables that statements of this connection write to meanwhile."""
    tables = set()

    def note(execute, sql, params, many, context):
        tables.update(found[1] for found in [WRITES.match(sql)] if found)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def test_what_is_written_is_noted(place):
    with written_to() as tables:
        place.save()
        FollowingFactory(neighbourhood=place).delete()

    assert tables >= {"neighbourhoods_neighbourhood", "neighbourhoods_following"}


def asked_for(place: Neighbourhood, keys: Iterable[int] = KEYS) -> Iterator[tuple[Route, str]]:
    """Every address, with each of the ``keys`` that might be meant."""
    values = place.url_kwargs | {
        "token": TOKEN,
        "posting_pk": KEYS[0],
        "grant_pk": KEYS[0],
        "passkey_pk": KEYS[0],
        "quarter": "2030-Q4",
        "postcode": "WQ10 1AA",
        "key": min(kept_keys()),  # of a file, also where no row names it any more
    }
    for route in all_routes():
        for key in keys if "pk" in route.parameters else KEYS[:1]:
            yield route, route.path(values | {"pk": key})


def checksums() -> dict[str, str]:
    """A digest of the rows of every table but those apart, by its name."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - APART
        return {table: _checksum(cursor, table) for table in sorted(tables)}


def _checksum(cursor, table: str) -> str:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
    rows = sorted(repr(row) for row in cursor.fetchall())
    return f"{len(rows)} rows, {hashlib.sha256(''.join(rows).encode()).hexdigest()}"
