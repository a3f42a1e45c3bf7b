from datetime import date

import pytest
from django.db import DatabaseError

from neighbourhoods.importers import boundaries
from neighbourhoods.importers.boundaries import Name, Reading, import_boundaries
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Boundary, BoundarySet, ImportRun, Neighbourhood, PostcodeMatch
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


def test_a_name_from_the_list_replaces_the_old_and_raises_the_stamp():
    force = ForceFactory()
    renamed = NeighbourhoodFactory(force=force, code="N1", name="Old", name_cy="Hen")
    same = NeighbourhoodFactory(force=force, code="N2", name="Same")
    read = reading(N1=square_from(52, -1), N2=square_from(52, -1))

    load(force, read, names={"N1": Name("New"), "N2": Name("Same"), "N3": Name("Undrawn")})

    renamed.refresh_from_db()
    same.refresh_from_db()
    assert (renamed.name, renamed.name_cy, renamed.stamp) == ("New", "Hen", 2)
    assert (same.name, same.stamp) == ("Same", 1)


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
