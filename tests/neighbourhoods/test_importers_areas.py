from datetime import UTC, date, datetime, timedelta

import pytest

from neighbourhoods.importers.areas import import_areas
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import AreaMembership, Force, ImportRun, PolicingArea
from neighbourhoods.snapshots import apply_areas
from tests.factories.neighbourhoods import (
    ForceFactory,
    NeighbourhoodFactory,
    PolicingAreaFactory,
    SignpostFactory,
)
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db

DAY = date(2031, 3, 4)
HEADER = "code,name,name_cy,parent,neighbourhoods"
FILE = ("north,North,Gogledd,,", "valley,The Valley,Y Cwm,north,N1|N 2", "south,South,,,N3")


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    for code in ("N1", "N 2", "N3"):
        NeighbourhoodFactory(force=force, code=code)
    return force


def load(force, *rows, valid_from=DAY, on=DAY):
    return import_areas(
        [HEADER, *rows],
        force=force,
        source="areas.csv",
        sha256="f00d",
        valid_from=valid_from,
        on=on,
    )


def refusal(force, *rows, **days) -> list[str]:
    before = list(force.areas.values())
    with pytest.raises(UnusableFile) as caught:
        load(force, *rows, **days)
    assert list(force.areas.values()) == before
    return str(caught.value).splitlines()


def areas_of(force):
    found = force.areas.order_by("code")
    return {
        area.code: (area.name, area.parent and area.parent.code, area.began_on, area.ended_on)
        for area in found.select_related("parent")
    }


def places_of(force):
    return dict(force.neighbourhoods.values_list("code", "area__code"))


def test_a_first_file_makes_areas_and_puts_neighbourhoods_into_them(force):
    report = load(force, *FILE)

    assert areas_of(force) == {
        "north": ("North", None, DAY, None),
        "south": ("South", None, DAY, None),
        "valley": ("The Valley", "north", DAY, None),
    }
    assert places_of(force) == {"N1": "valley", "N 2": "valley", "N3": "south"}
    assert report.lines == [
        "New area: north, North.",
        "New area: south, South.",
        "New area: valley, The Valley.",
        "3 neighbourhoods change their area on 2031-03-04.",
        "read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert ImportRun.objects.values_list("command", "force", "source").get() == (
        "import_areas",
        "casterwell",
        "areas.csv",
    )
    assert force.areas.get(code="valley").name_cy == "Y Cwm"


def test_the_same_file_changes_nothing_the_second_time(force):
    load(force, *FILE)
    rows = list(PolicingArea.objects.values()), list(AreaMembership.objects.values("area"))

    report = load(force, *FILE)

    assert (list(PolicingArea.objects.values()), list(AreaMembership.objects.values("area"))) == (
        rows
    )
    assert report.counts["replaced"] == 0


def test_a_later_file_renames_ends_and_moves_from_its_day_on(force):
    load(force, *FILE)
    later = DAY + timedelta(days=30)
    SignpostFactory(force=force, area=force.areas.get(code="south"))

    report = load(
        force, "north,Far North,,,N3", "valley,The Valley,Y Cwm,north,N1", valid_from=later
    )

    assert report.lines[:-1] == [
        "Changed: north, Far North.",
        "Ends: south, South.",
        "1 row(s) of signpost hang on areas that end.",
        "2 neighbourhoods change their area on 2031-04-03.",
        "In no area: N 2.",
    ]
    assert areas_of(force)["south"] == ("South", None, DAY, later)
    assert places_of(force) == {"N1": "valley", "N 2": "valley", "N3": "south"}  # not its day yet

    said = apply_areas(now=datetime(2031, 4, 3, 12, tzinfo=UTC))

    assert said == "2 neighbourhoods in another area"
    assert places_of(force) == {"N1": "valley", "N 2": None, "N3": "north"}
    assert apply_areas(now=datetime(2031, 4, 4, tzinfo=UTC)) == "0 neighbourhoods in another area"


def test_the_area_on_a_day_can_be_asked(force):
    load(force, *FILE)
    load(force, "south,South,,,N1", valid_from=DAY + timedelta(days=9))
    place = force.neighbourhoods.get(code="N1")
    codes = dict(force.areas.values_list("pk", "code"))

    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=8), DAY + timedelta(days=9)]
    found = [AreaMembership.objects.areas(on=on).get(place.pk) for on in days]

    assert [codes.get(pk) for pk in found] == [None, "valley", "valley", "south"]
    assert set(force.areas.current(on=DAY).values_list("code", flat=True)) == {
        "north",
        "south",
        "valley",
    }
    assert list(force.areas.current(on=days[-1]).values_list("code", flat=True)) == ["south"]


def test_an_area_that_is_told_again_goes_on(force):
    load(force, *FILE)
    load(force, FILE[2], valid_from=DAY + timedelta(days=1))

    report = load(force, *FILE, valid_from=DAY + timedelta(days=2))

    assert report.notes[:2] == ["Changed: north, North.", "Changed: valley, The Valley."]
    assert areas_of(force)["valley"] == ("The Valley", "north", DAY, None)


def test_pages_of_the_force_say_so(force):
    load(force, *FILE)

    assert set(force.neighbourhoods.values_list("stamp", flat=True)) == {3}  # moved, and told


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ("north,Again,,,", "the code stands in areas.csv:2 already, 'north'"),
        ("x,X,,nowhere,", "parent has no line of its own, 'nowhere'"),
        ("x,X,,valley,", "areas nest once only, and parent has a parent, 'valley'"),
        ("x,X,,,N9", "force 'casterwell' has no such neighbourhood on 2031-03-04, 'N9'"),
        ("x,X,,,N1", "the neighbourhood is in area 'valley' already, 'N1'"),
        (",X,,,", "code is empty, ''"),
        ("x,,,,", "name is empty, ''"),
        (f"{'x' * 51},X,,,", f"code is longer than 50 characters, '{'x' * 51}'"),
    ],
)
def test_a_bad_line_is_named_and_nothing_imported(force, row, fact):
    assert refusal(force, *FILE, row) == [
        f"areas.csv:5: {fact}",
        "areas.csv: nothing was imported; mend these lines",
    ]


def test_all_bad_lines_are_seen_at_once(force):
    assert refusal(force, "a,A,,b,", "b,B,,c,N9", "c,C,,,") == [
        "areas.csv:2: areas nest once only, and parent has a parent, 'b'",
        "areas.csv:3: force 'casterwell' has no such neighbourhood on 2031-03-04, 'N9'",
        "areas.csv: nothing was imported; mend these lines",
    ]


def test_an_area_that_moves_needs_a_code_of_its_own(force):
    load(force, *FILE)

    assert refusal(force, "north,North,,,", "valley,The Valley,,,N1", "south,South,,north,") == [
        "areas.csv:3: an area that moves needs a code of its own, 'valley'",
        "areas.csv:4: an area that moves needs a code of its own, 'south'",
        "areas.csv: nothing was imported; mend these lines",
    ]


def test_the_past_is_not_told_anew(force):
    load(force, *FILE)

    assert refusal(force, *FILE, valid_from=DAY - timedelta(days=1)) == [
        "areas.csv: areas are told from 2031-03-04 on already; give a later --valid-from,"
        " 2031-03-03"
    ]


def test_a_neighbourhood_that_has_ended_is_in_no_area(force):
    force.neighbourhoods.filter(code="N3").update(ended_on=DAY)

    assert refusal(force, *FILE)[0] == (
        "areas.csv:4: force 'casterwell' has no such neighbourhood on 2031-03-04, 'N3'"
    )


def test_another_forces_areas_stay(force):
    other = PolicingAreaFactory()

    load(force, *FILE)

    other.refresh_from_db()
    assert other.ended_on is None


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_cannot_nest_deeper():
    force = ForceFactory()
    NeighbourhoodFactory(force=force)

    first, second = race(
        lambda: load(force, "b,B,,,", "a,A,,b,"),
        lambda: load(force, "c,C,,,", "b,B,,c,"),
        at=Force.objects.filter(pk=force.pk),
    )

    assert sorted(type(found).__name__ for found in (first, second)) == [
        "ImportReport",
        "UnusableFile",
    ]
    assert not PolicingArea.objects.filter(parent__parent__isnull=False).exists()
