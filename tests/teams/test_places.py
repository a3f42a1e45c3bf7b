"""Staff keep the places where residents meet them, and what the area covers in words."""

from datetime import date, time

import pytest
from django.urls import reverse

from neighbourhoods.models import OpeningException, Place
from neighbourhoods.opening import Span
from teams.forms.places import ExceptionForm, PlaceForm
from teams.models import AuditEvent
from tests.factories.neighbourhoods import (
    NeighbourhoodFactory,
    OpeningExceptionFactory,
    OpeningHoursFactory,
    PlaceFactory,
    PolicingAreaFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    acting,
    errors_of,
    today,
)

pytestmark = pytest.mark.django_db
OF_A_PLACE = ["place_change", "place_remove", "place_exception_set"]
FORMS = ["place_add", *OF_A_PLACE, "streets_write"]
TYPED = {
    "kind": "SURGERY",
    "name": "Library",
    "address": "31 Harkstow Road",
    "postcode": "wq25hd",
    "telephone": "01632 960150",
    "access": "Step-free.",
    "hours_0": "9am to noon, 1pm to 5pm",
    "name_cy": "Llyfrgell",
    "access_cy": "Dim grisiau.",
}
DAY = {"on": "24 12 2056", "hours": "9am to noon", "reason": "Christmas Eve", "reason_cy": ""}


@pytest.fixture
def place():
    return NeighbourhoodFactory(in_area=True)


@pytest.fixture
def station(place):
    return PlaceFactory(force=place.force, name="Station", serves=[place])


@pytest.fixture
def inspector(place):
    return acting(INSPECTOR, place.area)


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def address(name, place, station):
    return url(name, place, **({"pk": station.pk} if name in OF_A_PLACE else {}))


def text(response):
    return " ".join(response.content.decode().split())


def verbs():
    return list(AuditEvent.objects.values_list("verb", flat=True))


@pytest.mark.parametrize("name", [*FORMS, "place_board"])
def test_an_outsider_is_told_nothing(name, place, station):
    outsider = acting(INSPECTOR, NeighbourhoodFactory(force=place.force))

    assert outsider.get(address(name, place, station)).status_code == 404


@pytest.mark.parametrize("name", [*FORMS, "place_board"])
@pytest.mark.parametrize("role", [OFFICER, SERGEANT])
def test_an_insider_without_the_role_is_refused(role, name, place, station):
    insider = acting(role, place)

    assert insider.get(address(name, place, station)).status_code == 403
    if name != "place_board":
        assert insider.post(address(name, place, station), TYPED | DAY).status_code == 403
    assert (Place.objects.count(), verbs()) == (1, [])


@pytest.mark.parametrize("name", FORMS)
def test_other_methods_are_not_allowed(name, place, station, inspector):
    response = inspector.put(address(name, place, station))

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


def test_a_day_is_taken_back_by_a_button_alone(place, station, inspector):
    exception = OpeningExceptionFactory(place=station)

    response = inspector.get(url("place_exception_remove", place, pk=exception.pk))

    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", OF_A_PLACE)
def test_a_place_is_found_where_it_serves(name, place, inspector):
    elsewhere = PlaceFactory(force=place.force, serves=[NeighbourhoodFactory(force=place.force)])

    assert inspector.get(url(name, place, pk=elsewhere.pk)).status_code == 404
    assert inspector.get(url(name, place, pk=PlaceFactory().pk)).status_code == 404


@pytest.mark.parametrize("name", OF_A_PLACE)
def test_what_serves_the_whole_force_is_its_administrators(name, place, inspector):
    headquarters = PlaceFactory(force=place.force)
    exception = OpeningExceptionFactory(place=headquarters)
    taken_back = url("place_exception_remove", place, pk=exception.pk)
    administrator = acting(ADMINISTRATOR, place.force)

    assert inspector.get(url(name, place, pk=headquarters.pk)).status_code == 404
    assert inspector.post(taken_back).status_code == 404
    assert administrator.get(url(name, place, pk=headquarters.pk)).status_code == 200
    assert administrator.post(taken_back).status_code == 302


def test_an_inspector_adds_a_place(place, inspector):
    page = inspector.get(url("place_add", place))
    assert page.context["form"]["serves"].value() == [place.pk]

    typed = TYPED | {"serves": [place.pk]}
    response = inspector.post(url("place_add", place), typed, follow=True)

    added = Place.objects.get()
    fields = ("kind", "name", "postcode", "access_cy")
    assert [getattr(added, name) for name in fields] == [
        "SURGERY",
        "Library",
        "WQ2 5HD",
        "Dim grisiau.",
    ]
    assert list(added.neighbourhoods.all()) == [place]
    assert [hours.span for hours in added.opening_hours.all()] == [
        Span(time(9), time(12)),
        Span(time(13), time(17)),
    ]
    assert verbs() == ["place.added"]
    assert "Place saved. Residents can now see it." in text(response)
    assert "Library" in text(response)


def test_an_inspector_changes_a_place_and_keeps_whom_else_it_serves(place, station, inspector):
    beyond = NeighbourhoodFactory(
        force=place.force, area=PolicingAreaFactory(force=place.force), name="Beyond"
    )
    beside = NeighbourhoodFactory(force=place.force, area=place.area, name="Beside")
    station.neighbourhoods.add(beyond)
    OpeningHoursFactory(place=station)
    page = text(inspector.get(url("place_change", place, pk=station.pk)))
    assert ("Beside" in page, "Beyond" in page) == (True, False)
    assert 'value="09:00 to 17:00"' in page

    typed = TYPED | {"serves": [beside.pk]}
    inspector.post(url("place_change", place, pk=station.pk), typed)

    station.refresh_from_db()
    assert (station.name, set(station.neighbourhoods.all())) == ("Library", {beside, beyond})
    assert verbs() == ["place.changed"]


def test_an_administrator_may_choose_the_whole_force(place):
    administrator = acting(ADMINISTRATOR, place.force)
    assert "Choose none if it serves the whole force." in text(
        administrator.get(url("place_add", place))
    )

    administrator.post(url("place_add", place), TYPED)

    assert Place.objects.get().neighbourhoods.count() == 0


def test_a_name_that_is_taken_is_said_at_the_name(place, station, inspector):
    typed = TYPED | {"serves": [place.pk], "name": "Station"}

    response = inspector.post(url("place_add", place), typed)

    assert errors_of(response) == {"name": ["This force already has a place with that name."]}
    assert verbs() == []


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"kind": ""}, {"kind": ["Choose what it is"]}),
        ({"name": ""}, {"name": ["Enter its name"]}),
        ({"name": "x" * 121}, {"name": ["The name must be 120 characters or fewer"]}),
        ({"address": ""}, {"address": ["Enter its address"]}),
        ({"postcode": "WQ1"}, {"postcode": ["Enter a full UK postcode, like WQ2 5HD"]}),
        ({"telephone": "x"}, {"telephone": ["Enter a telephone number, like 01632 960 001"]}),
        ({"access": "x" * 301}, {"access": ["This must be 300 characters or fewer"]}),
        ({"serves": []}, {"serves": ["Choose at least one neighbourhood"]}),
        (
            {"hours_6": "9 to 5"},
            {"hours_6": ["Enter hours like 9am to 5pm, or 09:00 to 12:30, 13:00 to 17:00"]},
        ),
    ],
)
def test_what_is_wrong_is_named(place, inspector, change, errors):
    typed = TYPED | {"serves": [place.pk]} | change

    assert errors_of(inspector.post(url("place_add", place), typed)) == errors


def test_a_place_without_a_postcode(place):
    reach = type(place).objects.filter(pk=place.pk)

    form = PlaceForm(
        TYPED | {"postcode": "", "serves": [place.pk]},
        place=Place(force=place.force),
        reach=reach,
        whole_force=False,
    )

    assert form.is_valid(), form.errors
    assert form.place_fields()["postcode"] == ""


def test_a_place_is_removed_after_a_question(place, station, inspector):
    question = inspector.get(url("place_remove", place, pk=station.pk))
    assert "Station disappears from all pages at once" in text(question)

    response = inspector.post(url("place_remove", place, pk=station.pk), follow=True)

    assert (Place.objects.count(), verbs()) == (0, ["place.removed"])
    assert "Place removed. Residents no longer see it." in text(response)
    assert "No place is told to residents yet." in text(response)


def test_other_hours_on_one_day_and_back(place, station, inspector):
    assert inspector.get(url("place_exception_set", place, pk=station.pk)).status_code == 200

    response = inspector.post(url("place_exception_set", place, pk=station.pk), DAY, follow=True)

    exception = OpeningException.objects.get()
    assert (exception.on, exception.spans) == (date(2056, 12, 24), [Span(time(9), time(12))])
    assert "09:00 to 12:00 (Christmas Eve)" in text(response)
    back = inspector.post(url("place_exception_remove", place, pk=exception.pk), follow=True)
    assert "Day removed. The hours of the week hold again." in text(back)
    assert OpeningException.objects.count() == 0
    assert verbs() == ["place.exception_removed", "place.exception_set"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"on": ""}, {"on": ["Enter the day"]}),
        ({"hours": "9 to 5"}, None),
        ({"hours": "9am to 10am, 11am to noon"}, {"hours": ["Enter one beginning and one end"]}),
        ({"reason": "x" * 121}, {"reason": ["The reason must be 120 characters or fewer"]}),
    ],
)
def test_what_is_wrong_with_a_day_is_named(change, errors):
    form = ExceptionForm(DAY | change)

    assert not form.is_valid()
    assert errors is None or form.errors == errors


def test_a_day_without_hours_is_closed():
    form = ExceptionForm(DAY | {"hours": ""})

    assert form.is_valid()
    assert form.said()["span"] is None


def test_an_inspector_says_which_streets_are_covered(place, inspector):
    assert inspector.get(url("streets_write", place)).status_code == 200

    said = {"streets": "Tern Court\r\nPlover Walk", "streets_cy": "Tern Court"}
    response = inspector.post(url("streets_write", place), said, follow=True)

    place.refresh_from_db()
    assert (place.streets, place.streets_cy) == ("Tern Court\nPlover Walk", "Tern Court")
    assert verbs() == ["neighbourhood.streets_described"]
    assert "Streets and places saved. Residents can now see them." in text(response)


def test_the_way_to_these_pages_is_shown_to_who_may(place, inspector):
    manage = url("neighbourhood_manage", place)

    assert url("place_board", place) in text(inspector.get(manage))
    assert url("place_board", place) not in text(acting(OFFICER, place).get(manage))


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count_of_the_board(place, inspector, rows, django_assert_num_queries):
    for station in PlaceFactory.create_batch(rows, force=place.force, serves=[place]):
        OpeningExceptionFactory(place=station, on=today(1))

    with django_assert_num_queries(8):
        inspector.get(url("place_board", place))
