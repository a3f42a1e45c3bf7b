from datetime import date, time

import pytest
from django.core.management import CommandError, call_command

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.stations import import_places
from neighbourhoods.models import ImportRun, Place
from tests.factories.neighbourhoods import (
    ForceFactory,
    NeighbourhoodFactory,
    PlaceFactory,
    PostcodeFactory,
)

pytestmark = pytest.mark.django_db
STATION = {
    "kind": "station",
    "name": "Lanterngate Police Station",
    "name_cy": "Gorsaf Heddlu Lanterngate",
    "address": "4 Cordwain Street",
    "postcode": "wq11aa",
    "latitude": "52.28508",
    "longitude": "-4.93078",
    "telephone": "01632 960150",
    "neighbourhoods": "lanterngate | tarrow-dock",
    "access": "Level.",
    "access_cy": "Gwastad.",
    "closed_on": "2026-12-26 2026-12-25",
    "monday": "09:00-12:30; 13:30-17:00",
    "sunday": "00:00-00:00",
}


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    for code in ("lanterngate", "tarrow-dock", "harkstow"):
        NeighbourhoodFactory(force=force, code=code)
    return force


def import_rows(force, *changes):
    """Import one row for each of ``changes``: STATION with some fields changed."""
    rows = [",".join(STATION), *(",".join((STATION | change).values()) for change in changes)]
    return import_places(rows, force=force, source="places.csv", sha256="f00d")


def test_a_place_with_all_there_is_to_say(force):
    report = import_rows(force, {})

    place = force.places.get()
    texts = ("kind", "name", "name_cy", "address", "postcode", "telephone", "access", "access_cy")
    assert {name: getattr(place, name) for name in texts} == {
        **{name: STATION[name] for name in texts},
        "kind": Place.Kind.STATION,
        "postcode": "WQ1 1AA",
    }
    assert (place.lat, place.lng) == (52.28508, -4.93078)
    assert {n.code for n in place.neighbourhoods.all()} == {"lanterngate", "tarrow-dock"}
    assert list(place.opening_hours.values_list("weekday", "opens", "closes")) == [
        (0, time(9), time(12, 30)),
        (0, time(13, 30), time(17)),
        (6, time.min, time.min),
    ]
    assert list(place.exceptions.values_list("on", "opens")) == [
        (date(2026, 12, 25), None),
        (date(2026, 12, 26), None),
    ]
    assert report.counts == {"read": 1, "kept": 1, "replaced": 0}
    run = ImportRun.objects.get()
    assert (run.command, run.source, run.sha256) == ("import_places", "places.csv", "f00d")
    assert set(force.neighbourhoods.values_list("stamp", flat=True)) == {2}


def test_kind_name_and_address_are_enough(force):
    lines = ["kind,name,address", "CONTACT_POINT,Library,31 Harkstow Road"]

    import_places(lines, force=force, source="places.csv", sha256="f00d")

    place = force.places.get()
    assert (place.kind, place.postcode, place.lat) == ("CONTACT_POINT", "", None)
    assert (place.neighbourhoods.count(), place.opening_hours.count()) == (0, 0)


def test_without_coordinates_the_register_tells_those_of_the_postcode(force):
    PostcodeFactory(code="WQ11AA", lat=52.5, lng=-1.5)
    nowhere = {"latitude": "", "longitude": ""}

    import_rows(
        force,
        nowhere,
        nowhere | {"name": "Unknown", "postcode": "WQ1 1AB"},
        nowhere | {"name": "None", "postcode": ""},
    )

    assert list(force.places.values_list("name", "lat", "lng")) == [
        ("Lanterngate Police Station", 52.5, -1.5),
        ("None", None, None),
        ("Unknown", None, None),
    ]


def test_the_file_replaces_what_the_force_had_and_leaves_other_forces_alone(force):
    PlaceFactory(force=force)
    theirs = PlaceFactory()

    for replaced in (1, 1):
        report = import_rows(force, {})
        assert report.counts["replaced"] == replaced

    assert Place.objects.count() == 2
    assert Place.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (
            {"kind": "kiosk"},
            "kind is none of station, front_counter, contact_point, surgery, 'kiosk'",
        ),
        ({"name": ""}, "name is empty, ''"),
        ({"address": ""}, "address is empty, ''"),
        ({"postcode": "WQ1"}, "postcode is no full postcode, 'WQ1'"),
        ({"latitude": "north"}, "latitude and longitude are no degrees, 'north,-4.93078'"),
        ({"longitude": ""}, "latitude and longitude are no degrees, '52.28508,'"),
        ({"latitude": "152"}, "latitude and longitude are no place, '152,-4.93078'"),
        ({"latitude": "nan"}, "latitude and longitude are no place, 'nan,-4.93078'"),
        ({"telephone": "call"}, "telephone is not a telephone number like 01632 960 001, 'call'"),
        ({"neighbourhoods": "harkstow|nowhere"}, "no such neighbourhood of the force, 'nowhere'"),
        ({"monday": "9 to 5"}, "monday is no hours like 09:00-17:00, '9 to 5'"),
        (
            {"closed_on": "25/12/2026"},
            "closed_on is not days like 2026-12-25 2026-12-26, '25/12/2026'",
        ),
        ({"name": "x" * 121}, f"name is longer than 120 characters, '{'x' * 121}'"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(force, change, fact):
    standing = PlaceFactory(force=force)

    with pytest.raises(UnusableFile) as refused:
        import_rows(force, change)

    assert str(refused.value).splitlines()[0] == f"places.csv:2: {fact}"
    assert list(force.places.all()) == [standing]


def test_a_name_stands_for_one_place(force):
    with pytest.raises(UnusableFile) as refused:
        import_rows(force, {}, {})

    assert str(refused.value).startswith(
        "places.csv:3: name is that of an earlier line, 'Lanterngate Police Station'"
    )


def test_a_file_without_rows_changes_nothing(force):
    with pytest.raises(UnusableFile, match="no place in it; nothing was imported"):
        import_rows(force)


def test_the_command(force, tmp_path, capsys):
    file = tmp_path / "places.csv"
    file.write_text("kind,name,address\nsurgery,Library,31 Harkstow Road\n")

    call_command("import_places", "casterwell", str(file))

    assert "read 1 · kept 1" in capsys.readouterr().out
    file.write_text("kind,name\n")
    with pytest.raises(CommandError, match=r"places\.csv: the header lacks address"):
        call_command("import_places", "casterwell", str(file))
