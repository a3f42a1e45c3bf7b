from datetime import UTC, datetime

import pytest
from django.db import DataError, OperationalError, connection
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, QuerySet

from neighbourhoods.models import Boundary, Neighbourhood, Token
from neighbourhoods.queries.prepared import asked_ahead, prepared
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    NeighbourhoodFactory,
    PolicingAreaFactory,
    TokenFactory,
)
from tests.racing import on_postgresql

pytestmark = pytest.mark.django_db
made = []


@prepared(force=CharField())
def places(*, force) -> QuerySet[Neighbourhood]:
    """The places of a force."""
    made.append(force)
    drawn = Boundary.objects.filter(neighbourhood=OuterRef("pk"))
    rows = Neighbourhood.objects.filter(force=force).annotate(is_drawn=Exists(drawn))
    return rows.select_related("force", "area__parent").order_by("code").defer("description")


@prepared(pk=BigIntegerField())
def codes(*, pk) -> QuerySet[tuple[str, int]]:
    return Neighbourhood.objects.filter(pk=pk).values_list("code", "stamp")


@prepared(now=DateTimeField())
def expired(*, now) -> QuerySet[Token]:
    return Token.objects.filter(expires_at__lt=now)


@pytest.mark.parametrize("rows", [1, 3])
def test_gives_what_its_queryset_gives_with_one_query(rows, django_assert_num_queries):
    area = PolicingAreaFactory(force__id="casterwell")
    NeighbourhoodFactory.create_batch(rows, force=area.force, area=area, description="Long")
    NeighbourhoodFactory(force=area.force, code="A")
    NeighbourhoodFactory()
    in_force = BoundarySetFactory(force=area.force, active=True)
    BoundaryFactory(boundary_set=in_force, neighbourhood=NeighbourhoodFactory(force=area.force))

    with django_assert_num_queries(1):
        found = places(force="casterwell")
        told = [
            (place, place.force, place.area, place.area and place.area.parent, place.is_drawn)
            for place in found
        ]

    expected = Neighbourhood.objects.filter(force="casterwell").order_by("code")
    assert told == [
        (place, place.force, place.area, None, place.boundaries.exists()) for place in expected
    ]
    assert {place.description for place in found} == {"", "Long"}


def test_the_sql_is_made_once_and_asked_with_each_value():
    made.clear()
    one, other = NeighbourhoodFactory(), NeighbourhoodFactory()

    assert places(force=one.force_id) == [one]
    assert places(force=other.force_id) == [other]
    assert places(force="nowhere") == []
    assert len(made) <= 1


def test_rows_come_as_tuples():
    place = NeighbourhoodFactory(code="N1", stamp=7)

    assert codes(pk=place.pk) == [("N1", 7)]


def test_values_are_turned_into_what_the_database_takes_and_back():
    begins_at = datetime(2031, 3, 1, tzinfo=UTC)
    token = TokenFactory(begins_at=begins_at, expires_at=datetime(2031, 3, 4, 12, tzinfo=UTC))

    assert expired(now=datetime(2031, 3, 4, 12, tzinfo=UTC)) == []
    [found] = expired(now=datetime(2031, 3, 4, 12, 1, tzinfo=UTC))
    assert found.expires_at == token.expires_at


def test_keeps_the_words_of_the_function():
    assert (places.__name__, places.__doc__) == ("places", "The places of a force.")


class TestAskedAhead:
    def test_whoever_asks_has_the_answer_already(self, django_assert_num_queries):
        one, other = NeighbourhoodFactory(), NeighbourhoodFactory()

        ahead = asked_ahead(codes.of(pk=one.pk), places.of(force=other.force_id))

        with django_assert_num_queries(3), ahead:
            assert codes(pk=one.pk) == [(one.code, one.stamp)]
            assert places(force=other.force_id) == [other]
            assert codes(pk=other.pk) == [(other.code, other.stamp)]

    @on_postgresql
    def test_is_asked_once_and_known_inside_alone(self):
        place = NeighbourhoodFactory()

        with asked_ahead(codes.of(pk=place.pk)):
            Neighbourhood.objects.filter(pk=place.pk).update(stamp=9)
            assert codes(pk=place.pk) == [(place.code, 1)]
        assert codes(pk=place.pk) == [(place.code, 9)]

    @on_postgresql
    def test_fails_as_every_question_does(self):
        with pytest.raises(DataError), asked_ahead(codes.of(pk=1), places.of(force="\0")):
            pytest.fail("no force has that name")


@pytest.mark.django_db(transaction=True)
class TestAConnectionThatWasKept:
    @pytest.fixture(autouse=True)
    def kept(self):
        NeighbourhoodFactory(pk=7, code="N1")
        connection.health_check_enabled, connection.health_check_done = True, False

    def test_is_not_asked_whether_it_still_works(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert codes(pk=7) == [("N1", 1)]
        assert connection.health_check_done

    def test_is_replaced_where_it_has_ended(self):
        connection.connection.close()

        assert codes(pk=7) == [("N1", 1)]

    @on_postgresql
    def test_is_replaced_before_several_are_asked_ahead(self):
        connection.connection.close()

        with asked_ahead(codes.of(pk=7)):
            assert codes(pk=7) == [("N1", 1)]

    def test_is_not_replaced_under_what_this_request_has_done(self):
        codes(pk=7)
        connection.connection.close()

        with pytest.raises(OperationalError):
            codes(pk=7)
        connection.close()
