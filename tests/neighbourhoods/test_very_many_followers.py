"""More followers than one PostgreSQL query takes parameters."""

import pytest
from django.db import connection

from neighbourhoods.importers.bulk import refresh_statistics
from neighbourhoods.models import Follower, Following
from neighbourhoods.queries.rehearsal import Move, rehearse
from neighbourhoods.services import activate_boundary_set
from tests.neighbourhoods.test_switching import DAY, dark, force, old
from tests.racing import on_postgresql

__all__ = ["force", "old"]
MANY = 70_000  # 65,535 parameters are the most


@on_postgresql
@pytest.mark.django_db
def test_a_switch_is_rehearsed_and_moves_them_all(force, old):
    followed = force.neighbourhoods.get(code="a")
    _follow(followed)
    new = dark(force, west=(1, 2), b=(3, 3))

    assert rehearse(new).followers == [Move("a", "west", MANY)]
    activate_boundary_set(boundary_set=new, on=DAY)

    assert not followed.followings.exists()
    assert force.neighbourhoods.get(code="west").followings.count() == MANY


def _follow(place):
    """Addresses that nobody has confirmed: they move, and nobody is told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO neighbourhoods_follower (email, language, postcode, asked_at)"
            " SELECT 'follower.' || n || '@example.org', 'en-gb', '', now()"
            " FROM generate_series(1, %s::int) n",
            [MANY],
        )
        cursor.execute(
            "INSERT INTO neighbourhoods_following (follower_id, neighbourhood_id, updates,"
            " priorities, bulletins, events, asked_postcode)"
            " SELECT id, %s::bigint, true, false, false, false, '' FROM neighbourhoods_follower",
            [place.pk],
        )
    # Without them the plan is one for empty tables: the database counts what is committed.
    refresh_statistics(Follower, Following)
