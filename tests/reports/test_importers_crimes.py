import gzip
import zipfile
from collections import Counter
from datetime import date

import pytest
from shapely import MultiPolygon, Polygon, box

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun
from reports.importers.crime_files import crime_files
from reports.importers.crimes import import_crimes
from reports.models import CrimeCount, DataMonth
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
)
from tests.factories.reports import CrimeCountFactory
from tests.reports.crime_rows import HEADER, INSIDE, OUTSIDE, row, written

pytestmark = pytest.mark.django_db
ON = date(2031, 9, 1)
MAY = date(2031, 5, 1)
NAME = "2031-05-casterwell-street.csv"
ID_A, ID_B = "a" * 64, "b" * 64


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


@pytest.fixture
def place(force):
    """A square from 52.0 and -1.0, 0.1 degrees wide."""
    place = NeighbourhoodFactory(force=force, code="harkstow")
    in_force = BoundarySetFactory(force=force, active=True)
    BoundaryFactory(boundary_set=in_force, neighbourhood=place)
    return place


def run(*paths):
    return import_crimes(crime_files(paths), name="given", on=ON)


def refusal(*paths) -> str:
    with pytest.raises(UnusableFile) as caught:
        run(*paths)
    assert CrimeCount.objects.count() == DataMonth.objects.count() == 0
    return str(caught.value)


def stored() -> Counter:
    """How many in each place, by the neighbourhood's id or the kind of place."""
    found = Counter()
    for code, kind, count in CrimeCount.objects.values_list(
        "neighbourhood__code", "place", "count"
    ):
        found[code or kind] += count
    return found


def test_a_row_is_one_incident_of_its_type_month_and_place(place, tmp_path):
    report = run(
        written(
            tmp_path / NAME,
            row(ID_A),
            row(ID_B),
            row(crime_type="Anti-social behaviour", at=OUTSIDE),
            row(crime_type="Drugs", at=("", "")),
        )
    )

    rows = CrimeCount.objects.values_list("month", "crime_type", "place", "neighbourhood", "count")
    assert set(rows) == {
        (MAY, "Burglary", "neighbourhood", place.pk, 2),
        (MAY, "Anti-social behaviour", "outside", None, 1),
        (MAY, "Drugs", "no_coordinates", None, 1),
    }
    assert report.lines == [
        "read 4 · kept 4 · replaced 0 · rejected 0 · no coordinates 1 · outside 1"
    ]
    month = DataMonth.objects.get()
    assert (month.force, month.month, month.supplied) == (place.force, MAY, True)
    assert (month.rows, month.kept, month.source) == (4, 4, NAME)
    assert ImportRun.objects.get().counts["kept"] == 4


def test_equal_rows_count_once_with_a_crime_id_and_each_without(place, tmp_path):
    asb = row(crime_type="Anti-social behaviour")
    report = run(
        written(
            tmp_path / NAME,
            *[row(ID_A), row(ID_A), row(ID_A, outcome="Local resolution"), row(ID_A.upper())],
            *[asb, asb, asb],
        )
    )

    assert stored() == {"harkstow": 6}
    assert report.notes == [
        f"{NAME}: 2 rows repeat a Crime ID with other content; each counts",
        f"{NAME}: 1 exact repeats of a row with a Crime ID left out",
    ]
    assert (DataMonth.objects.get().rows, DataMonth.objects.get().kept) == (7, 6)


@pytest.mark.parametrize(
    "at",
    [
        ("52.050000", "-0.950000"),  # swapped
        ("0", "0"),
        ("-0.95", ""),
        ("NULL", "NULL"),
        ("nan", "nan"),
        ("inf", "-inf"),
        ('"-0,95"', '"52,05"'),
        ("-0.1", "99.999999"),
    ],
)
def test_an_unusable_coordinate_is_no_place_and_is_reported(place, tmp_path, at):
    report = run(written(tmp_path / NAME, row(ID_A, at=at), row(ID_B, at=at)))

    shown = ",".join(at).replace('"', "")
    assert stored() == {"no_coordinates": 2}
    assert report.notes == [f"{NAME}:2: counted without coordinates, {shown!r}"]


@pytest.mark.parametrize(
    "at",
    [(" -0.950000 ", "52.050000\t"), ("-9.5e-01", "5.205e+01"), ("-0.95000000000000001", "52.05")],
)
def test_a_number_may_be_written_in_other_ways(place, tmp_path, at):
    run(written(tmp_path / NAME, row(ID_A, at=at)))

    assert stored() == {"harkstow": 1}


def test_blank_coordinates_are_nothing_to_report(place, tmp_path):
    report = run(written(tmp_path / NAME, row(ID_A, at=("", "")), row(ID_B, at=(" ", ""))))

    assert (stored(), report.notes) == ({"no_coordinates": 2}, [])


def test_the_first_id_in_ascii_order_a_line_is_inside_and_a_hole_outside(force, tmp_path):
    in_force = BoundarySetFactory(force=force, active=True)
    ring = Polygon(box(-1, 52, -0.9, 52.1).exterior, [box(-0.97, 52.03, -0.96, 52.04).exterior])
    for code, shape in (("b", ring), ("B", box(-1, 52, -0.98, 52.1)), ("a", ring)):
        BoundaryFactory(
            boundary_set=in_force,
            neighbourhood=NeighbourhoodFactory(force=force, code=code),
            polygon=MultiPolygon([shape]),
        )
    run(
        written(
            tmp_path / NAME,
            row(at=("-0.99", "52.05")),  # in all three
            row(at=("-0.95", "52.05")),  # in a and b
            row(at=("-0.9", "52.05")),  # on the line of a and b
            row(at=("-0.965", "52.035")),  # in the hole
        )
    )

    assert stored() == {"B": 1, "a": 2, "outside": 1}


def test_a_force_without_boundaries_has_everything_outside(force, tmp_path):
    run(written(tmp_path / NAME, row(ID_A), row(ID_B, at=("", ""))))

    assert stored() == {"outside": 1, "no_coordinates": 1}


@pytest.mark.parametrize(
    ("month", "fact"),
    [
        ("2031/05", "the month is not YYYY-MM, '2031/05'"),
        ("", "the month is not YYYY-MM, ''"),
        ("2031-13", "the month is not YYYY-MM, '2031-13'"),
        ("2031-10", "the month is before December 2010 or still to come, '2031-10'"),
        ("2010-11", "the month is before December 2010 or still to come, '2010-11'"),
        ("2031-04", "not the month in the file's name, '2031-04'"),
    ],
)
def test_a_row_of_a_wrong_month_is_rejected(place, tmp_path, month, fact):
    report = run(written(tmp_path / NAME, row(ID_A), row(ID_B, month=month)))

    assert stored() == {"harkstow": 1}
    assert report.rejects == [f"{NAME}:3: {fact}"]


def test_types_keep_their_usual_names_and_unknown_ones_their_own(place, tmp_path):
    report = run(
        written(
            tmp_path / NAME,
            row(ID_A, crime_type="violence and sexual offences "),
            row(ID_B, crime_type="Violent crime"),
            row("c", crime_type="Hovercraft theft"),
            row("d", crime_type=""),
            row("e", crime_type="x" * 61),
            row("f", crime_type="Bell\a"),
        )
    )

    assert dict(CrimeCount.objects.values_list("crime_type", "count")) == {
        "Violence and sexual offences": 2,
        "Hovercraft theft": 1,
    }
    assert report.notes == [
        f"{NAME}: 1 rows of an unknown type, counted under its name, 'Hovercraft theft'"
    ]
    assert len(report.rejects) == report.counts["rejected"] == 3


def test_ragged_rows_are_rejected_blank_lines_and_headers_passed_over(place, tmp_path):
    report = run(
        written(
            tmp_path / NAME,
            row(ID_A),
            row(ID_B).removesuffix(","),
            row(ID_B) + ",more",
            "",
            HEADER,
            row(ID_B),
        )
    )

    assert stored() == {"harkstow": 2}
    assert report.rejects == [
        f"{NAME}:3: 12 fields expected, 11",
        f"{NAME}:4: 12 fields expected, 13",
    ]


def test_quotes_and_line_breaks_inside_them_belong_to_one_row(place, tmp_path):
    street = '"On or near ""The Larches"",\nTern Court"'
    run(written(tmp_path / NAME, row(ID_A, street=street), row(ID_B)))

    assert stored() == {"harkstow": 2}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_any_encoding_of_street_names_is_read(place, tmp_path, encoding):
    street = "On or near Café Row"
    run(written(tmp_path / NAME, row(ID_A, street=street), row(ID_A), encoding=encoding))

    assert stored() == {"harkstow": 2}


def test_columns_are_found_by_name_in_any_case_and_order(place, tmp_path):
    header = "month,crime type,LATITUDE,Longitude,falls within,crime id"
    line = f"2031-05,Burglary,{INSIDE[1]},{INSIDE[0]},CASTERWELL POLICE,{ID_A}"
    run(written(tmp_path / "list.csv", line, header=header))

    assert stored() == {"harkstow": 1}


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "the header lacks crime id"),
        (b"<!DOCTYPE html>\n<html></html>\n", "the header lacks crime id"),
        (row(ID_A).encode(), "the header lacks crime id"),
        (HEADER.encode(), "given: no usable row in it"),
        ((HEADER + '\n"' + "x\n" * 70_000).encode(), "not CSV, field larger than field limit"),
    ],
)
def test_a_file_without_anything_usable_is_refused(place, tmp_path, content, fact):
    path = tmp_path / NAME
    path.write_bytes(content)

    assert fact in refusal(path)


def test_a_broken_off_file_is_left_out_and_the_others_count(place, tmp_path):
    whole = gzip.compress("\n".join([HEADER, *[row()] * 5_000]).encode())
    (tmp_path / "2031-04-casterwell-street.csv.gz").write_bytes(whole[:-20])
    (tmp_path / "2031-05-casterwell-outcomes.csv").write_text("Crime ID,Month,Outcome type\n")
    written(tmp_path / NAME, row(ID_A))

    report = run(tmp_path)

    assert list(DataMonth.objects.values_list("month", flat=True)) == [MAY]
    assert report.notes[0].startswith("Left out: 2031-04-casterwell-street.csv.gz: breaks off, ")


def test_files_come_out_of_a_zip_and_nothing_but_crimes(place, tmp_path):
    path = tmp_path / "2031-05.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"2031-05/{NAME}", "\n".join([HEADER, row(ID_A)]))
        archive.writestr("2031-05/2031-05-casterwell-stop-and-search.csv", "Type,Date\n")
        archive.writestr(f"__MACOSX/._{NAME}", "shadow")
    run(path)

    assert stored() == {"harkstow": 1}


def test_what_is_not_there_or_no_whole_zip_is_refused(place, tmp_path):
    assert refusal(tmp_path / "none.csv") == "none.csv: cannot be read, No such file or directory"
    path = tmp_path / "climbs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../out.csv", HEADER)
    assert refusal(path) == "climbs.zip: a file leaves the archive, '../out.csv'"
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(NAME, HEADER)
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x03"))
    assert refusal(path).startswith("odd.zip: not a whole zip file, ")


def test_the_force_is_known_by_its_name_in_either_language_or_by_the_file(place, tmp_path):
    place.force.name_cy = "Heddlu Casterwell"
    place.force.save()
    run(
        written(
            tmp_path / NAME,
            row(ID_A, within="casterwell police"),
            row(ID_B, within="Heddlu Casterwell"),
            row("c", within="Casterwell Constabulary"),
        )
    )

    assert stored() == {"harkstow": 3}


def test_rows_of_a_force_that_is_not_here_are_counted_and_not_stored(place, tmp_path):
    report = run(
        written(tmp_path / "list.csv", row(ID_A), row(within="Sollow Police"), row(within=""))
    )

    assert stored() == {"harkstow": 1}
    assert report.notes == [
        "list.csv: 1 rows of a force that is not in the database, 'Sollow Police'",
        "list.csv: 1 rows of a force that is not in the database, ''",
    ]
    assert report.counts["rejected"] == 2


def test_a_month_replaces_what_was_there_and_leaves_the_others(place, tmp_path):
    april = CrimeCountFactory(neighbourhood=place, month=date(2031, 4, 1))
    elsewhere = CrimeCountFactory(month=MAY)
    CrimeCountFactory(neighbourhood=place, month=MAY, crime_type="Drugs", count=7)
    place.refresh_from_db()
    before = place.stamp

    report = run(written(tmp_path / NAME, row(ID_A)))

    kept = CrimeCount.objects.exclude(pk__in=[april.pk, elsewhere.pk])
    assert [(found.crime_type, found.count) for found in kept] == [("Burglary", 1)]
    assert CrimeCount.objects.count() == 3
    assert report.counts["replaced"] == 7
    place.refresh_from_db()
    assert place.stamp == before + 1


def test_twice_gives_the_same_rows(place, tmp_path):
    path = written(tmp_path / NAME, row(ID_A), row(), row())
    run(path)
    first = set(CrimeCount.objects.values_list("crime_type", "place", "neighbourhood", "count"))
    run(path)

    again = CrimeCount.objects.values_list("crime_type", "place", "neighbourhood", "count")
    assert set(again) == first
    assert DataMonth.objects.count() == 1


def test_of_two_files_of_a_month_the_last_counts(place, tmp_path):
    first = written(tmp_path / NAME, row(ID_A), row(ID_B))
    second = written(tmp_path / "2031-05-casterwell-street.again.csv", row(ID_A))
    report = run(first, second)

    assert stored() == {"harkstow": 1}
    assert report.notes == [
        f"{second.name}: 2031-05 of casterwell came already in {NAME}; this file counts"
    ]


def test_only_the_first_unusable_coordinates_are_shown(place, tmp_path):
    rows = [row(at=(f"x{number}", "")) for number in range(60)]
    report = run(written(tmp_path / NAME, *rows))

    assert (len(report.notes), report.counts["no coordinates"]) == (50, 60)
