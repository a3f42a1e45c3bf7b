from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from neighbourhoods.importers.boundaries import Reading
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import BoundarySet, Force, ImportRun, Neighbourhood, PostcodeMatch
from neighbourhoods.services import activate_boundary_set, load_boundaries, save_force
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    square_from,
)

pytestmark = pytest.mark.django_db

DAY = date(2031, 3, 4)


def drawn(boundary_set: BoundarySet, *codes: str) -> list[Neighbourhood]:
    """Neighbourhoods of the set's force, made where they are not there, with an outline in it."""
    force = boundary_set.force
    places = []
    for code in codes:
        place = force.neighbourhoods.filter(code=code).first()
        places.append(place or NeighbourhoodFactory(force=force, code=code))
        BoundaryFactory(boundary_set=boundary_set, neighbourhood=places[-1])
    return places


def lives(force: Force) -> dict[str, tuple]:
    found = force.neighbourhoods.values_list("code", "began_on", "ended_on", "stamp")
    return {code: rest for code, *rest in found}


def load(force: Force, *, sha256: str = "one", code: str = "N1", activate_on: date | None = None):
    read = Reading("set.zip", sha256, {code: square_from(52, -1)})
    return load_boundaries(
        force=force, reading=read, names={}, valid_from=DAY, activate_on=activate_on
    )


def test_save_force_creates_a_force():
    force, created = save_force(force_id="casterwell", name="Casterwell Police", welsh=False)

    assert (force.pk, force.name, force.welsh, created) == (
        "casterwell",
        "Casterwell Police",
        False,
        True,
    )
    assert ImportRun.objects.get().command == "import_force"


def test_save_force_renames_one_and_its_pages_with_it():
    place = NeighbourhoodFactory(force__id="casterwell", force__name="Old Police")

    _, created = save_force(force_id="casterwell", name="Casterwell Police", welsh=True)

    place.refresh_from_db()
    assert (Force.objects.get().name, Force.objects.get().welsh) == ("Casterwell Police", True)
    assert (created, place.stamp) == (False, 2)


def test_save_force_leaves_what_it_is_not_told():
    stands = {
        "name_cy": "Heddlu Casterwell",
        "welsh": True,
        "url": "http://old.example.org/",  # from before addresses without TLS were refused
        "report_url": "https://casterwell.example.org/report",
        "telephone": "01632 960 001",
    }
    ForceFactory(id="casterwell", **stands)

    save_force(force_id="casterwell", name="Casterwell Police")

    assert Force.objects.values(*stands).get() == stands


def test_save_force_changes_what_it_is_told():
    ForceFactory(id="casterwell", name_cy="Heddlu", welsh=True, url="https://old.example.org/")
    told = {"name_cy": "", "welsh": False, "url": "", "report_url": "https://r.example.org/"}

    save_force(force_id="casterwell", name="Casterwell Police", **told)

    assert Force.objects.values(*told).get() == told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://casterwell.example.org/"),
        ("url", "https://casterwell.example.org/" + "x" * 200),
        ("report_url", "javascript:alert(1)"),
        ("telephone", "ring"),
        ("telephone", ""),
        ("telephone", "1" * 21),
        ("name_cy", "x" * 201),
    ],
)
def test_save_force_refuses_what_leads_nowhere_or_does_not_fit(field, value):
    place = NeighbourhoodFactory(force__id="casterwell", force__name="Old Police")

    with pytest.raises(ValidationError) as caught:
        save_force(force_id="casterwell", name="Casterwell Police", **{field: value})

    place.refresh_from_db()
    assert list(caught.value.message_dict) == [field]
    assert (Force.objects.get().name, place.stamp) == ("Old Police", 1)


@pytest.mark.parametrize("force_id", ["Casterwell", "caster well", "", "casterwell\n"])
def test_save_force_refuses_an_id_that_no_address_could_hold(force_id):
    with pytest.raises(ValidationError) as caught:
        save_force(force_id=force_id, name="Casterwell Police", welsh=False)

    assert list(caught.value.message_dict) == ["id"]
    assert Force.objects.count() == 0


def test_activating_points_the_force_at_the_set_and_raises_every_stamp():
    boundary_set = BoundarySetFactory()
    drawn(boundary_set, "N1")
    NeighbourhoodFactory(force=boundary_set.force, code="undrawn")

    activate_boundary_set(boundary_set=boundary_set, on=DAY)

    force = Force.objects.get()
    assert force.boundary_set == boundary_set
    assert lives(force) == {"N1": [None, None, 2], "undrawn": [None, None, 2]}


def test_neighbourhoods_that_are_drawn_no_more_end_and_those_drawn_again_go_on():
    old = BoundarySetFactory(active=True)
    new = BoundarySetFactory(force=old.force)
    drawn(old, "stays", "goes")
    (back,) = drawn(new, "back")
    drawn(new, "stays")
    NeighbourhoodFactory(force=old.force, code="never drawn")
    back.ended_on, back.successor = DAY - timedelta(days=9), old.force.neighbourhoods.first()
    back.save()

    activate_boundary_set(boundary_set=new, on=DAY)

    assert lives(old.force) == {
        "back": [None, None, 3],  # once for what it is, once for what lies beside it
        "goes": [None, DAY, 2],
        "never drawn": [None, None, 2],
        "stays": [None, None, 3],
    }
    back.refresh_from_db()
    assert back.successor is None


def test_what_waited_begins_on_the_day_of_the_switch_whatever_the_set_says():
    old = BoundarySetFactory(active=True)
    new = BoundarySetFactory(force=old.force, valid_from=DAY + timedelta(days=30))
    drawn(old, "goes")
    NeighbourhoodFactory(force=old.force, code="comes", dark=True)
    drawn(new, "comes")

    activate_boundary_set(boundary_set=new, on=DAY)

    assert lives(old.force) == {"comes": [DAY, None, 2], "goes": [None, DAY, 2]}
    assert not old.force.neighbourhoods.filter(waiting=True).exists()


def test_places_of_a_first_set_have_no_beginning():
    first = BoundarySetFactory()
    NeighbourhoodFactory(force=first.force, code="there all along", dark=True)
    drawn(first, "there all along")

    activate_boundary_set(boundary_set=first, on=DAY)

    assert lives(first.force) == {"there all along": [None, None, 2]}
    assert list(Neighbourhood.objects.public().values_list("code", flat=True)) == [
        "there all along"
    ]


def test_activating_matches_a_set_that_was_not_kept_up():
    old = BoundarySetFactory()
    BoundaryFactory(boundary_set=old, neighbourhood__code="N1", square=(52, -1))
    moved_away = PostcodeMatchFactory(
        boundary=old.boundaries.get(), postcode__code="WQ11AA", postcode__lat=54
    )
    PostcodeFactory(code="WQ11AB", lat=52.05, lng=-0.95)

    activate_boundary_set(boundary_set=old, on=DAY)

    assert not PostcodeMatch.objects.filter(pk=moved_away.pk).exists()
    assert list(PostcodeMatch.objects.values_list("postcode", flat=True)) == ["WQ11AB"]


def test_a_set_without_outlines_can_be_switched_to():
    boundary_set = BoundarySetFactory()

    activate_boundary_set(boundary_set=boundary_set, on=DAY)

    assert Force.objects.get().boundary_set == boundary_set


def test_load_boundaries_stays_dark_without_a_day_to_switch_on():
    force = ForceFactory()

    load(force)

    force.refresh_from_db()
    assert (force.boundary_set, force.boundary_sets.count()) == (None, 1)


def test_load_boundaries_replaces_the_set_in_force_when_it_switches_at_once():
    force = ForceFactory()
    load(force, activate_on=DAY)

    report = load(force, sha256="two", code="N2", activate_on=DAY)

    force.refresh_from_db()
    assert list(force.boundary_set.boundaries.values_list("neighbourhood__code", flat=True)) == [
        "N2"
    ]
    assert lives(force) == {"N1": [None, DAY, 3], "N2": [DAY, None, 2]}
    assert report.notes[-1] == f"In force: {force.boundary_set}."


def test_load_boundaries_saves_nothing_of_what_is_refused():
    force = ForceFactory()
    load(force, activate_on=DAY)

    with pytest.raises(UnusableFile):
        load(force, sha256="two", code="N2")

    assert lives(force) == {"N1": [None, None, 2]}


def test_load_boundaries_keeps_successors_and_rehearses_when_asked():
    force = ForceFactory()
    load(force, activate_on=DAY)
    told = TableFile("after.csv", ["old,new", "N1,N2"], "f00d")
    read = Reading("set.zip", "two", {"N2": square_from(52, -1)})

    report = load_boundaries(
        force=force,
        reading=read,
        names={},
        valid_from=DAY + timedelta(days=1),
        activate_on=DAY,
        successors=told,
        rehearsed=True,
    )

    assert "becomes: N1 -> N2 (told)" in report.notes
    assert force.neighbourhoods.get(code="N1").current.code == "N2"
