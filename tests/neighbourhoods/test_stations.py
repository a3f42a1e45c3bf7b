"""Which places serve a neighbourhood, whether they are open, and how they change."""

from datetime import UTC, date, datetime, time

import pytest

from neighbourhoods.models import OpeningHours, Place
from neighbourhoods.opening import Opening, Span
from neighbourhoods.queries import places_now, places_of
from neighbourhoods.services import stations
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    PlaceFactory,
    PostcodeFactory,
)

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2031, 3, 4, 10, tzinfo=UTC)
FIELDS = {
    "kind": Place.Kind.SURGERY,
    "name": "Library",
    "name_cy": "Llyfrgell",
    "address": "31 Harkstow Road",
    "postcode": "WQ2 5HD",
    "telephone": "",
    "access": "Step-free.",
    "access_cy": "Dim grisiau.",
}


@pytest.fixture
def place():
    return NeighbourhoodFactory(force=ForceFactory(id="casterwell"), code="harkstow")


@pytest.fixture
def boundary(place):
    """Its centre lies at 52.05 north, 0.95 west."""
    return BoundaryFactory(
        boundary_set=BoundarySetFactory(force=place.force, active=True), neighbourhood=place
    )


def names(places):
    return [place.name for place in places]


class TestPlacesOf:
    def test_own_places_come_first_each_part_nearest_first(self, place, boundary):
        other = NeighbourhoodFactory(force=place.force)
        PlaceFactory(force=place.force, name="far", lat=52.5)
        PlaceFactory(force=place.force, name="near", lat=52.06)
        PlaceFactory(force=place.force, name="own, far", lat=53, serves=[place, other])
        PlaceFactory(force=place.force, name="own, near", lat=52.07, serves=[place])
        PlaceFactory(force=place.force, name="own, somewhere", lat=None, lng=None, serves=[place])
        PlaceFactory(force=place.force, name="of another", serves=[other])
        PlaceFactory(name="of another force")

        assert names(places_of(place, boundary)) == [
            "own, near",
            "own, far",
            "own, somewhere",
            "near",
            "far",
        ]

    def test_of_the_whole_force_the_three_nearest(self, place, boundary):
        for n in (4, 1, 3, 2):
            PlaceFactory(force=place.force, name=f"{n}", lat=52.05 + n / 10)

        assert names(places_of(place, boundary)) == ["1", "2", "3"]

    def test_without_an_outline_by_name(self, place):
        for name in ("b", "a"):
            PlaceFactory(force=place.force, name=name, serves=[place])

        assert names(places_of(place, None)) == ["a", "b"]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_one_query(self, place, boundary, rows, django_assert_num_queries):
        PlaceFactory.create_batch(rows, force=place.force, serves=[place])

        with django_assert_num_queries(1):
            places_of(place, boundary)


class TestPlacesNow:
    def test_hours_of_the_week_and_of_single_days(self):
        place = PlaceFactory()
        OpeningHoursFactory(place=place, weekday=OpeningHours.Weekday.TUESDAY)
        OpeningExceptionFactory(place=place, on=date(2031, 3, 3))
        coming = OpeningExceptionFactory(place=place, on=date(2031, 3, 11))

        (found,) = places_now([place], now=TUESDAY)

        assert found.opening == Opening(True, datetime(2031, 3, 4, 17, tzinfo=UTC))
        assert [(day.name, day.spans) for day in found.week][:2] == [
            ("Monday", ()),
            ("Tuesday", (Span(time(9), time(17)),)),
        ]
        assert (len(found.week), found.exceptions) == (7, (coming,))

    def test_closed_today_it_opens_on_a_day_with_hours_of_its_own(self):
        place = PlaceFactory()
        OpeningHoursFactory(place=place, weekday=OpeningHours.Weekday.TUESDAY)
        OpeningExceptionFactory(place=place, on=date(2031, 3, 4))
        OpeningExceptionFactory(place=place, on=date(2031, 3, 8), with_hours=True)

        (found,) = places_now([place], now=TUESDAY)

        assert found.opening == Opening(False, datetime(2031, 3, 8, 10, tzinfo=UTC))

    def test_without_hours_nothing_is_said_of_them(self):
        (found,) = places_now([PlaceFactory()], now=TUESDAY)

        assert (found.week, found.opening) == ((), None)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_two_queries(self, rows, django_assert_num_queries):
        places = [hours.place for hours in OpeningHoursFactory.create_batch(rows)]

        with django_assert_num_queries(2):
            places_now(places, now=TUESDAY)


def stamp(place):
    place.refresh_from_db()
    return place.stamp


class TestServices:
    def test_a_new_place_gets_the_coordinates_of_its_postcode(self, place):
        PostcodeFactory(code="WQ25HD", lat=52.3, lng=-4.9)

        made = stations.save_place(
            place=Place(force=place.force),
            fields=FIELDS,
            serves=[place],
            week={0: [Span(time(9), time(17))], 1: []},
        )

        made.refresh_from_db()
        assert {name: getattr(made, name) for name in FIELDS} == FIELDS
        assert (made.lat, made.lng, list(made.neighbourhoods.all())) == (52.3, -4.9, [place])
        assert [hours.span for hours in made.opening_hours.all()] == [Span(time(9), time(17))]
        assert stamp(place) == 2

    @pytest.mark.parametrize(
        ("postcode", "where"),
        [("WQ1 1AA", (52.05, -0.95)), ("WQ9 9ZZ", (None, None)), ("", (None, None))],
    )
    def test_coordinates_change_with_the_postcode_alone(self, place, postcode, where):
        made = PlaceFactory(force=place.force, postcode="WQ1 1AA")

        stations.save_place(place=made, fields=FIELDS | {"postcode": postcode}, serves=[], week={})

        assert (made.lat, made.lng) == where

    def test_both_those_it_served_and_those_it_serves_are_marked_as_changed(self, place):
        before, other = NeighbourhoodFactory.create_batch(2, force=place.force)
        made = PlaceFactory(force=place.force, serves=[before])

        stations.save_place(place=made, fields=FIELDS, serves=[place], week={})

        assert [stamp(found) for found in (before, place, other)] == [2, 2, 1]

    def test_a_place_of_the_whole_force_is_on_all_its_pages(self, place):
        elsewhere = NeighbourhoodFactory()

        stations.remove_place(place=PlaceFactory(force=place.force))

        assert (Place.objects.count(), stamp(place), stamp(elsewhere)) == (0, 2, 1)

    def test_a_name_stands_for_one_place_of_a_force(self, place):
        PlaceFactory(name="Library")
        PlaceFactory(force=place.force, name="Library")
        made = PlaceFactory(force=place.force, name="Station")

        with pytest.raises(stations.NameTaken, match="already has a place with that name"):
            stations.save_place(place=made, fields=FIELDS, serves=[], week={})

        assert stamp(place) == 1

    def test_of_one_day_the_later_word_holds_until_it_is_taken_back(self, place):
        made, on = PlaceFactory(force=place.force, serves=[place]), date(2031, 12, 24)
        said = {"place": made, "on": on, "reason": "Christmas Eve", "reason_cy": "Noswyl Nadolig"}

        stations.set_exception(**said, span=None)
        exception = stations.set_exception(**said, span=Span(time(9), time(12)))

        assert [day.spans for day in made.exceptions.all()] == [[Span(time(9), time(12))]]
        stations.remove_exception(exception=exception)
        assert (made.exceptions.count(), stamp(place)) == (0, 4)

    def test_streets_in_words(self, place):
        stations.describe_streets(neighbourhood=place, streets="Tern Court", streets_cy="Tern")

        assert stamp(place) == 2
        assert (place.streets, place.streets_cy) == ("Tern Court", "Tern")
