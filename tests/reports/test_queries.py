import re
from datetime import UTC, date, datetime

import pytest

from neighbourhoods.queries import prepared
from reports.queries import neighbourhood_home
from teams.queries import PostState
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    NeighbourhoodFactory,
)
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
)
from tests.racing import on_postgresql

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def test_a_place_of_which_nothing_is_known(place):
    home = neighbourhood_home(place, NOW)

    assert home.officer.state == PostState.NONE
    assert (home.team, home.updates, home.boundary) == ([], [], None)
    assert (home.neighbours, home.places, home.other_side) == ([], [], None)
    assert (home.line_of_team, home.others_in_team) == ([], 0)


def test_the_team_in_a_line_names_four_and_counts_the_others(place):
    for name in ("Umbrell", "Quillow", "Rackstraw", "Hallowmere", "Winterlode", "Sollowby"):
        member = MemberFactory(force=place.force, name=name)
        PostingFactory(neighbourhood=place, member=member)

    home = neighbourhood_home(place, NOW)

    assert home.line_of_team == ["PC Hallowmere", "PC Quillow", "PC Rackstraw", "PC Sollowby"]
    assert home.others_in_team == 2


def test_the_boundary_is_that_of_the_set_in_force(place):
    dark = BoundarySetFactory(force=place.force)
    BoundaryFactory(boundary_set=dark, neighbourhood=place)
    assert neighbourhood_home(place, NOW).boundary is None

    in_force = BoundarySetFactory(force=place.force, active=True)
    boundary = BoundaryFactory(boundary_set=in_force, neighbourhood=place)
    assert neighbourhood_home(place, NOW).boundary == boundary


def test_the_three_newest_updates(place):
    updates = PatrolUpdateFactory.create_batch(4, neighbourhood=place, published=True)

    assert neighbourhood_home(place, NOW).updates == updates[:0:-1]


@pytest.mark.parametrize("rows", [1, 3])
def test_fourteen_queries_whatever_there_is(place, rows, django_assert_num_queries):
    in_force = BoundarySetFactory(force=place.force, active=True)
    BoundaryFactory(boundary_set=in_force, neighbourhood=place)
    for month in range(1, rows + 1):
        contact = NamedContactFactory(neighbourhood=place, from_on=date(2025, month, 1))
        ContactRouteFactory(of_member=True, member=contact.posting.member)
        CoverFactory(neighbourhood=place, from_on=date(2026, 3, month))
        PatrolUpdateFactory(neighbourhood=place, published=True)

    with django_assert_num_queries(14):
        neighbourhood_home(place, NOW)


@on_postgresql
def test_all_but_two_of_them_travel_together(place, monkeypatch):
    alone = []
    monkeypatch.setattr(prepared, "_rows", lambda sql, _values: alone.append(sql) or [])

    neighbourhood_home(place, NOW)

    assert [re.search(r'FROM "(\w+)"', sql)[1] for sql in alone] == [
        "neighbourhoods_neighbourhood",
        "teams_contactroute",
    ]
