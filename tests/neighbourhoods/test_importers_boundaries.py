from datetime import date

import pytest
from django.db import DatabaseError

from neighbourhoods.importers import boundaries
from neighbourhoods.importers.boundaries import Name, Reading, import_boundaries
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Boundary, BoundarySet, ImportRun, Neighbourhood, PostcodeMatch
from neighbourhoods.queries.rehearsal import rehearse
from neighbourhoods.services import activate_boundary_set
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
    square_from,
)

pytestmark = pytest.mark.django_db

DAY, NEXT_DAY = date(2031, 3, 4), date(2031, 3, 5)


def reading(sha256: str = "one", **areas) -> Reading:
    return Reading("set.zip", sha256, areas or {"N1": square_from(52, -1)})


def load(force, read=None, *, names=None, valid_from=DAY, **options):
    return import_boundaries(
        read or reading(), force=force, names=names or {}, valid_from=valid_from, **options
    )


def rows() -> list[tuple]:
    """All that an import makes, without the numbers of its rows."""
    return list(
        Boundary.objects.order_by("boundary_set__valid_from", "neighbourhood__code").values_list(
            "boundary_set__valid_from", "neighbourhood__code", "neighbourhood__name", "min_lat"
        )
    )


def test_outlines_become_a_dark_set_with_new_neighbourhoods():
    force = ForceFactory()
    read = reading(N1=square_from(52, -1), N2=square_from(52.2, -1))

    boundary_set, report = load(force, read, names={"N1": Name("Quay", "Y Cei")})

    force.refresh_from_db()
    assert force.boundary_set is None
    assert rows() == [(DAY, "N1", "Quay", 52), (DAY, "N2", "N2", 52.2)]
    assert (boundary_set.source, boundary_set.sha256) == ("set.zip", "one")
    assert Neighbourhood.objects.get(code="N1").name_cy == "Y Cei"
    assert report.lines == [
        "Without a name, shown by their id: N2.",
        "0 postcodes lie in these boundaries.",
        "read 2 · kept 2 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    run = ImportRun.objects.get()
    assert (run.command, run.force, run.source, run.sha256, run.counts) == (
        "import_boundaries",
        force,
        "set.zip",
        "one",
        {"read": 2, "kept": 2},
    )


def test_new_places_wait_for_the_switch_whatever_the_set_says():
    force = ForceFactory()
    NeighbourhoodFactory(force=force, code="N1")

    load(force, reading("one", N1=square_from(52, -1), N2=square_from(53, -1)))

    assert list(Neighbourhood.objects.order_by("code").values_list("code", "waiting")) == [
        ("N1", False),
        ("N2", True),
    ]


def test_the_same_content_again_makes_nothing_new():
    force = ForceFactory()
    PostcodeFactory(code="WQ11AA")
    first, _ = load(force)
    before = rows(), list(PostcodeMatch.objects.values())

    again, report = load(force, valid_from=NEXT_DAY)

    assert again == first
    assert (rows(), list(PostcodeMatch.objects.values())) == before
    assert ImportRun.objects.count() == 1
    assert report.notes[-2:] == [
        f"The same outlines stand already as {first}.",
        "1 postcodes lie in these boundaries.",
    ]


def test_other_content_for_the_same_day_replaces_the_set():
    force = ForceFactory()
    first, _ = load(force)

    again, report = load(force, reading("two", N2=square_from(52, -1)))

    assert again == first
    assert rows() == [(DAY, "N2", "N2", 52)]
    assert report.counts["replaced"] == 1
    assert BoundarySet.objects.get().sha256 == "two"


def test_the_set_in_force_is_not_replaced_by_a_dark_one():
    boundary_set = BoundarySetFactory(active=True, valid_from=DAY)
    BoundaryFactory(boundary_set=boundary_set, neighbourhood__code="N9")

    with pytest.raises(UnusableFile) as caught:
        load(boundary_set.force)

    assert str(caught.value) == (
        "set.zip: the boundaries of 2031-03-04 are in force and these differ;"
        " give another --valid-from, or switch at once with --activate"
    )
    assert list(Neighbourhood.objects.values_list("code", flat=True)) == ["N9"]


def names_of(force):
    return list(force.neighbourhoods.order_by("code").values_list("name", "name_cy", "stamp"))


def test_a_name_from_the_list_waits_for_the_switch_as_the_outline_does():
    force = ForceFactory()
    NeighbourhoodFactory(force=force, code="N1", name="Old", name_cy="Hen")
    NeighbourhoodFactory(force=force, code="N2", name="Same")
    read = reading(N1=square_from(52, -1), N2=square_from(52, -1), N4=square_from(52, -1))
    names = {"N1": Name("New"), "N2": Name("Same"), "N3": Name("Undrawn"), "N4": Name("First")}

    boundary_set, report = load(force, read, names=names)

    assert names_of(force) == [("Old", "Hen", 1), ("Same", "", 1), ("First", "", 2)]
    assert "Other names from the switch on: N1." in report.notes
    activate_boundary_set(boundary_set=boundary_set, on=DAY)
    assert [name for name, *_ in names_of(force)] == ["New", "Same", "First"]
    assert names_of(force)[0][:2] == ("New", "Hen")


def test_the_set_in_force_has_its_names_at_once():
    boundary_set, _report = load(force := ForceFactory())
    activate_boundary_set(boundary_set=boundary_set, on=DAY)

    _, report = load(force, names={"N1": Name("Quay", "Y Cei")})

    [(name, name_cy, _stamp)] = names_of(force)
    assert (name, name_cy) == ("Quay", "Y Cei")
    assert "Other names: N1." in report.notes


def test_going_back_to_an_older_set_brings_its_names_back():
    first, _report = load(force := ForceFactory(), names={"N1": Name("Old")})
    activate_boundary_set(boundary_set=first, on=DAY)
    read = reading(sha256="two", N1=square_from(53, -1))
    second, _report = load(force, read, names={"N1": Name("New")}, valid_from=NEXT_DAY)

    assert "renamed: N1 -> New" in rehearse(second).lines
    activate_boundary_set(boundary_set=second, on=NEXT_DAY)
    assert names_of(force)[0][0] == "New"
    activate_boundary_set(boundary_set=first, on=NEXT_DAY)
    assert names_of(force)[0][0] == "Old"


def test_names_without_an_outline_are_listed():
    names = {f"X{n:02}": Name("Somewhere") for n in range(12)}

    _, report = load(ForceFactory(), names={**names, "N1": Name("Quay")})

    assert report.notes[0] == (
        "Named, but without an outline: X00, X01, X02, X03, X04, X05, X06, X07, X08, X09"
        " and 2 more."
    )


def test_postcodes_around_are_matched_with_the_new_set_alone():
    PostcodeFactory(code="WQ11AA", lat=52.05, lng=-0.95)
    PostcodeFactory(code="WQ11AB", lat=52.0, lng=-1.0)  # on a corner
    PostcodeFactory(code="WQ11AD", lat=52.15, lng=-0.95)
    PostcodeFactory(code="WQ11AE", without_place=True)

    load(ForceFactory())

    assert sorted(
        PostcodeMatch.objects.values_list("postcode", "boundary__neighbourhood__code")
    ) == [
        ("WQ11AA", "N1"),
        ("WQ11AB", "N1"),
    ]


def test_what_fails_half_way_leaves_nothing(monkeypatch):
    def fail(boundary_set):
        raise DatabaseError

    monkeypatch.setattr(boundaries, "match_set", fail)
    force = ForceFactory()

    with pytest.raises(DatabaseError):
        load(force)

    assert (Neighbourhood.objects.count(), BoundarySet.objects.count()) == (0, 0)
