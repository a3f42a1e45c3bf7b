"""No switch loses anything, and nobody reads half of one."""

import threading
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feedback.models import Message
from neighbourhoods.models import Follower, Force, Neighbourhood, OutboxEntry
from neighbourhoods.services import activate_boundary_set
from priorities.models import Priority, Round
from teams.access import neighbourhoods_where
from teams.permissions import Permission
from tests.factories.feedback import MessageFactory
from tests.factories.neighbourhoods import (
    BoundarySetFactory,
    FollowerFactory,
    FollowingFactory,
    ForceFactory,
)
from tests.factories.priorities import PriorityFactory, RoundFactory
from tests.neighbourhoods.test_switching import draw, postcodes
from tests.racing import on_postgresql
from tests.teams.acting import INSPECTOR, account, today

DAY = date(2031, 3, 4)
COLUMNS = 8
CODES = [f"N{n}" for n in range(6)]


def cuts(places: list[str], at: list[int]) -> dict[str, tuple[int, int]]:
    """The columns of each of ``places``, cut ``at`` some of them: no gap and no overlap."""
    ends = [*sorted(at), COLUMNS]
    starts = [0, *sorted(at)]
    return {code: (start, end - 1) for code, start, end in zip(places, starts, ends, strict=True)}


@st.composite
def layouts(draw_) -> dict[str, tuple[int, int]]:
    """Some of the neighbourhoods, in any order, side by side on the whole ground."""
    codes = draw_(st.lists(st.sampled_from(CODES), min_size=1, max_size=5, unique=True))
    at = st.lists(
        st.integers(1, COLUMNS - 1), min_size=len(codes) - 1, max_size=len(codes) - 1, unique=True
    )
    return cuts(codes, draw_(at))


follower_places = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["", *(f"WQ{c}10AA" for c in range(COLUMNS))])),
    min_size=1,
    max_size=6,
)


@pytest.mark.django_db
@settings(
    max_examples=12,  # each writes some hundred rows
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(generations=st.lists(layouts(), min_size=2, max_size=4), followers=follower_places)
def test_no_switch_loses_an_item_or_a_follower(db, generations, followers):
    clear()
    force = ForceFactory()
    for column in range(COLUMNS):
        postcodes(column, 1 + column % 3)
    first, *later = [draw(BoundarySetFactory(force=force), **layout) for layout in generations]
    activate_boundary_set(boundary_set=first, on=DAY)
    drawn = list(force.neighbourhoods.filter(boundaries__boundary_set=first).order_by("code"))
    rows = fill(drawn, followers)
    stayed = rows_of_apps()

    for boundary_set in later:
        activate_boundary_set(boundary_set=boundary_set, on=DAY)
        assert rows_of_apps() == stayed
        assert_nothing_lost(force, rows)


def clear() -> None:
    """Examples share a transaction: what the one before has left goes first."""
    OutboxEntry.objects.all().delete()
    Follower.objects.all().delete()
    for model in (Message, Priority, Round):
        model.objects.all().delete()
    Force.objects.update(boundary_set=None)
    Neighbourhood.objects.update(successor=None)
    connection.cursor().execute("DELETE FROM neighbourhoods_postcodematch")
    connection.cursor().execute("DELETE FROM neighbourhoods_postcode")


def fill(drawn: list[Neighbourhood], followers: list[tuple[int, str]]) -> list[Follower]:
    for place in drawn:
        MessageFactory(neighbourhood=place)
        PriorityFactory(neighbourhood=place)
        RoundFactory(neighbourhood=place, opened=True, options=2)
    made = []
    for at, code in followers:
        made.append(FollowerFactory(postcode=code))
        FollowingFactory(follower=made[-1], neighbourhood=drawn[at % len(drawn)], confirmed=True)
    return made


def rows_of_apps() -> list[list[tuple]]:
    models = (Message, Priority, Round)
    return [list(m.objects.order_by("pk").values_list("pk", "neighbourhood")) for m in models]


def assert_nothing_lost(force: Force, followers: list[Follower]) -> None:
    force.refresh_from_db()
    in_force = set(force.boundary_set.boundaries.values_list("neighbourhood", flat=True))
    inspector = account(INSPECTOR, force)
    answered = set(neighbourhoods_where(inspector, Permission.MESSAGE_READ, on=today()))
    for model in (Message, Priority, Round):
        for item in model.objects.select_related("neighbourhood"):
            assert item.neighbourhood.current.pk in in_force
            assert item.neighbourhood in answered
    for follower in followers:
        places = set(follower.followings.values_list("neighbourhood", flat=True))
        assert places
        assert places <= in_force


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_readers_meanwhile_see_the_old_or_the_new_never_a_mixture():
    force = ForceFactory(id="casterwell", name="Casterwell Police")
    for column in (1, 2):
        postcodes(column, 2)
    sets = [
        draw(BoundarySetFactory(force=force, active=True), a=(1, 2)),
        draw(BoundarySetFactory(force=force), west=(1, 1), east=(2, 2)),
    ]
    force.neighbourhoods.exclude(code="a").update(waiting=True)  # as an import does
    seen, stop = [], threading.Event()
    readers = [threading.Thread(target=read_until, args=(stop, seen)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for boundary_set in [sets[1], sets[0]] * 4:
        activate_boundary_set(boundary_set=boundary_set, on=today())
    stop.set()
    for reader in readers:
        reader.join()

    assert [found for found in seen if isinstance(found, Exception)] == []
    assert {kind for kind, _ in seen} == {"api", "areas", "find", "home"}
    assert {found for kind, found in seen if kind == "api"} <= {"a", "west"}
    assert {found for kind, found in seen if kind == "find"} <= {
        "/areas/casterwell/a/",
        "/areas/casterwell/west/",
    }
    assert {found for kind, found in seen if kind == "areas"} <= {("a",), ("east", "west")}
    # Either it stands with its outline, or it says that it has ended.
    assert {found for kind, found in seen if kind == "home"} <= {(True, False), (False, True)}


def read_until(stop: threading.Event, seen: list) -> None:
    client = Client()
    try:
        while not stop.is_set():
            seen += read(client)
    except Exception as exc:  # told to the test, which a thread cannot fail
        seen.append(exc)
    finally:
        connection.close()


def read(client: Client) -> Iterator[tuple[str, object]]:
    found = client.get("/api/locate-neighbourhood", {"q": "52.05,0.15"}).json()
    yield "api", found["neighbourhood"]
    answer = client.get("/find", {"postcode": "WQ110AA"})
    yield "find", answer["Location"]
    listed = client.get("/api/casterwell/neighbourhoods").json()
    yield "areas", tuple(sorted(place["id"] for place in listed))
    home = client.get("/areas/casterwell/a/").content.decode()
    yield "home", ("What do you want to do?" in home and "<svg" in home, "What came after" in home)
