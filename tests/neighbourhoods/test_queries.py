from datetime import date

import pytest

from neighbourhoods.geometry import Point
from neighbourhoods.models import Boundary, Neighbourhood, Postcode, PostcodeMatch
from neighbourhoods.queries import (
    Answer,
    Located,
    locate_at,
    locate_postcode,
    locate_postcodes,
)
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
)

pytestmark = pytest.mark.django_db
HERE = Point(52.05, -0.95)  # where the factory puts a postcode


@pytest.fixture
def boundary_set():
    return BoundarySetFactory(active=True, force__id="casterwell")


def drawn(boundary_set, code: str, **options) -> Boundary:
    return BoundaryFactory(boundary_set=boundary_set, neighbourhood__code=code, **options)


def matched(postcode: Postcode, *boundaries: Boundary) -> list[Neighbourhood]:
    for boundary in boundaries:
        PostcodeMatchFactory(postcode=postcode, boundary=boundary)
    return [boundary.neighbourhood for boundary in boundaries]


def test_a_postcode_in_one_neighbourhood_is_found(boundary_set):
    places = matched(PostcodeFactory(code="WQ11AA"), drawn(boundary_set, "N1"))

    assert locate_postcode(" wq11aa ") == Located(Answer.FOUND, "WQ1 1AA", places, at=HERE)


def test_a_postcode_in_several_has_them_in_ascii_order(boundary_set):
    boundaries = [drawn(boundary_set, code) for code in ("N10", "N2", "a", "Ab c")]
    places = matched(PostcodeFactory(code="WQ11AA"), *boundaries)

    located = locate_postcode("WQ1 1AA")

    assert located.answer == "several"
    assert [place.code for place in located.neighbourhoods] == ["Ab c", "N10", "N2", "a"]
    assert set(located.neighbourhoods) == set(places)


def test_a_postcode_in_no_neighbourhood_is_outside():
    PostcodeFactory(code="WQ92LB")

    assert locate_postcode("WQ9 2LB") == Located(Answer.OUTSIDE, "WQ9 2LB", at=HERE)


def test_a_terminated_postcode_gives_the_neighbourhoods_of_its_last_place(boundary_set):
    places = matched(PostcodeFactory(code="WQ37TR", terminated=True), drawn(boundary_set, "N1"))

    assert locate_postcode("WQ3 7TR") == Located(
        Answer.TERMINATED, "WQ3 7TR", places, terminated_on=date(2029, 6, 1), at=HERE
    )


def test_a_terminated_postcode_without_a_place_is_still_terminated():
    PostcodeFactory(code="WQ37TR", terminated=True, without_place=True)

    assert locate_postcode("WQ3 7TR").answer == "terminated"


def test_a_postcode_without_a_place_is_unknown():
    PostcodeFactory(code="WQ64ZZ", without_place=True)

    assert locate_postcode("WQ6 4ZZ") == Located(Answer.UNKNOWN, "WQ6 4ZZ")


def test_a_postcode_that_nobody_knows_is_unknown_and_known_lookalikes_are_suggested():
    PostcodeFactory(code="SO11AA")  # S01 1AA could be S0L 1AA, too, which is in no register

    assert locate_postcode("S01 1AA") == Located(Answer.UNKNOWN, "S01 1AA", suggestions=["SO1 1AA"])


def test_what_is_no_postcode_is_invalid_with_what_it_may_have_meant():
    assert locate_postcode(" WQI 1AA ") == Located(
        Answer.INVALID, "WQI 1AA", suggestions=["WQ1 1AA"]
    )
    assert locate_postcode("QQ1 1AA") == Located(Answer.INVALID, "QQ1 1AA")


def test_dark_sets_answer_nothing(boundary_set):
    dark = BoundarySetFactory(force=boundary_set.force)
    matched(PostcodeFactory(code="WQ11AA"), drawn(dark, "N1"))

    assert locate_postcode("WQ1 1AA") == Located(Answer.OUTSIDE, "WQ1 1AA", at=HERE)
    assert locate_at(HERE).neighbourhoods == []


@pytest.mark.parametrize("count", [1, 3])
def test_looking_up_takes_the_same_few_queries(boundary_set, django_assert_num_queries, count):
    boundary = drawn(boundary_set, "N1")
    for n in range(count):
        matched(PostcodeFactory(code=f"WQ1{n}AA"), boundary)
    texts = [f"WQ1 {n}AA" for n in range(count)] + ["S01 1AA", "nonsense"]

    with django_assert_num_queries(4):
        answers = [(one.answer, one.neighbourhoods) for one in locate_postcodes(texts)]
        assert {place.force.name for _, places in answers for place in places}

    assert [answer for answer, _ in answers] == ["found"] * count + ["unknown", "invalid"]


def test_the_same_text_twice_is_answered_twice():
    assert [one.answer for one in locate_postcodes(["x", "WQ1 1AA", "x"])] == [
        "invalid",
        "unknown",
        "invalid",
    ]


def test_a_point_is_looked_up_in_the_polygons(boundary_set, django_assert_num_queries):
    west = drawn(boundary_set, "west", square=(52, -1.1))
    east = drawn(boundary_set, "east", square=(52, -1.0))

    with django_assert_num_queries(1):
        on_the_line = locate_at(Point(52.05, -1.0)).neighbourhoods
        assert {place.force.pk for place in on_the_line} == {"casterwell"}

    assert on_the_line == [east.neighbourhood, west.neighbourhood]
    assert locate_at(Point(52.05, -1.05)).neighbourhoods == [west.neighbourhood]
    assert locate_at(Point(52.2, -1.05)).neighbourhoods == []
    assert PostcodeMatch.objects.count() == 0
