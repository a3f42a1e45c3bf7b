import gzip
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import pytest

from neighbourhoods.importers.boundaries import Reading, import_boundaries, read_boundaries
from neighbourhoods.importers.matching import match_set
from neighbourhoods.importers.postcode_files import MAX_LINE, open_sources
from neighbourhoods.importers.postcode_rows import Format
from neighbourhoods.importers.postcodes import import_postcodes
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun, Postcode, PostcodeMatch
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    CouncilFactory,
    ForceFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    square_from,
)

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[1] / "data"
ONSPD = DATA / "onspd"
HEADER = "pcds,doterm,lat,long"
STORED = [
    ("WQ11AA", 52.05, -0.95, None),
    ("WQ13QS", 52.05, -0.9, None),
    ("WQ25HD", 52.25, -0.75, None),
    ("WQ37TR", 52.02, -0.88, date(2029, 6, 1)),
    ("WQ64ZZ", None, None, None),
    ("WQ92LB", 52.05, -0.85, None),
]


def load(path: Path, **options):
    return import_postcodes(open_sources(path), name=path.name, sha256="sum", **options)


def load_lines(*lines: str, header: str = HEADER):
    return import_postcodes([("some.csv", [header, *lines])], name="some.csv", sha256="sum")


def refusal(path: Path) -> str:
    with pytest.raises(UnusableFile) as caught:
        load(path)
    assert (Postcode.objects.count(), ImportRun.objects.count()) == (0, 0)
    return str(caught.value)


def stored() -> list[tuple]:
    return list(
        Postcode.objects.order_by("code").values_list("code", "lat", "lng", "terminated_on")
    )


def matches() -> list[tuple]:
    found = PostcodeMatch.objects.values_list("postcode", "boundary__neighbourhood__code")
    return sorted(found)


@pytest.mark.parametrize(
    ("year", "generation"),
    [(2018, "2018 to 2020"), (2021, "2021"), (2024, "2022 to 2024"), (2025, "2025")],
)
def test_the_register_of_any_year_gives_the_same_rows(year, generation):
    CouncilFactory(code="E07000001")

    report = load(ONSPD / f"onspd_{year}.csv", expected=Format.ONSPD)

    assert stored() == STORED
    assert set(Postcode.objects.values_list("council_code", flat=True)) == {"E07000001"}
    assert report.lines == [
        f"Read as ONSPD with the columns of {generation}: 1 file(s).",
        "read 6 · kept 6 · replaced 0 · rejected 0 · no coordinates 1 · outside 5",
    ]
    run = ImportRun.objects.get()
    assert (run.command, run.source, run.sha256, run.force) == (
        "import_postcodes",
        f"onspd_{year}.csv",
        "sum",
        None,
    )
    assert run.counts["kept"] == 6


def test_a_short_list_tells_nothing_about_endings():
    PostcodeFactory(code="WQ37TR", terminated_on=date(2029, 6, 1), council_code="E07000001")

    report = load(ONSPD / "nspl.csv", expected=Format.NSPL)

    assert stored() == STORED
    assert Postcode.objects.get(pk="WQ37TR").council_code == "E07000001"
    assert report.counts["replaced"] == 1


def test_a_postcode_that_ended_keeps_its_last_place():
    load_lines("WQ1 1AA,,52,-1", "WQ1 1AB,,52,-1")

    load_lines("WQ1 1AA,202906,99.999999,0", "WQ1 1AB,,99.999999,0")

    assert stored() == [("WQ11AA", 52, -1, date(2029, 6, 1)), ("WQ11AB", None, None, None)]


GRID_ROW = '"WQ1 1AA",10,400000,300000,"E92000001","","","","E07000001",""'


def test_code_point_open_has_no_header_and_metres_of_the_grid():
    report = load_lines('"WQ11AB",90,0,0,"","","","","",""', header=GRID_ROW)

    assert stored() == [("WQ11AA", 52.597792, -2.001433, None), ("WQ11AB", None, None, None)]
    assert list(Postcode.objects.values_list("council_code", flat=True)) == ["E07000001", ""]
    assert report.lines == [
        "Read as Code-Point Open (from metres of the National Grid, good to about 3 m): 1 file(s).",
        "1 councils have no name yet; import_councils names them.",
        "read 2 · kept 2 · replaced 0 · rejected 0 · no coordinates 1 · outside 1",
    ]


@pytest.mark.parametrize(
    "header",
    [
        "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC",
        "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code"
        ",NHS_HA_code,Admin_county_code,Admin_district_code,Admin_ward_code",
    ],
)
def test_a_header_that_somebody_put_there_is_read(header):
    load_lines(GRID_ROW, header=header)

    assert stored() == [("WQ11AA", 52.597792, -2.001433, None)]


def test_code_point_open_as_published(tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/CSV/wq.csv", GRID_ROW)
        archive.writestr("Data/CSV/wr.csv", GRID_ROW.replace("1AA", "1AB"))
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ\n")

    load(path, expected=Format.CODE_POINT_OPEN)

    assert [code for code, *_ in stored()] == ["WQ11AA", "WQ11AB"]


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ("WQ1 1AB,10,9999999,1,,,,,,", "outside Great Britain, 9999999,1"),
        ("WQ1 1AB,10,,1,,,,,,", "easting is not a number, ''"),
        ("WQ1 1AB,10,1,1", "10 fields expected, 4"),
    ],
)
def test_a_bad_row_of_code_point_open_is_rejected(row, fact):
    assert load_lines(row, header=GRID_ROW).rejects == [f"some.csv:2: {fact}"]


def test_another_format_than_the_one_said_is_refused():
    with pytest.raises(UnusableFile) as caught:
        load(ONSPD / "nspl.csv", expected=Format.ONSPD)

    assert str(caught.value) == (
        "nspl.csv: not onspd, it looks like NSPL or another list with degrees"
    )


@pytest.mark.parametrize("code", ["E99999999", "L99999999", "", "00FN", "e07000001"])
def test_what_is_no_council_of_the_register_is_none(code):
    load_lines(f"WQ1 1AA,52,-1,{code}", header="pcds,lat,long,laua")

    assert Postcode.objects.get().council_code == ""


@pytest.mark.parametrize("column", ["oslaua", "laua", "lad23cd", "LAD25CD"])
def test_the_council_is_known_under_each_name_of_its_column(column):
    load_lines("WQ1 1AA,52,-1,W06000001", header=f"pcds,lat,long,{column}")

    assert Postcode.objects.get().council_code == "W06000001"


def test_a_compressed_file_is_read(tmp_path):
    path = tmp_path / "onspd.csv.gz"
    path.write_bytes(gzip.compress((ONSPD / "onspd_2025.csv").read_bytes()))

    load(path)

    assert stored() == STORED


@pytest.mark.parametrize(
    "names",
    [
        ["Data/ONSPD_UK.csv", "Data/multi_csv/ONSPD_WQ.csv", "Documents/names.csv"],
        ["Data/multi_csv/ONSPD_WQ.csv", "Documents/names.csv"],
        ["ONSPD_UK.csv", "__MACOSX/ONSPD_UK.csv"],
    ],
)
def test_of_a_zip_the_list_itself_is_read(tmp_path, names):
    path = tmp_path / "onspd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(names[0], (ONSPD / "onspd_2025.csv").read_bytes())
        for other in names[1:]:
            archive.writestr(other, "not,read\n")

    load(path)

    assert stored() == STORED


def test_a_zip_without_a_list_is_refused(tmp_path):
    path = tmp_path / "onspd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "")

    assert refusal(path) == "onspd.zip: no .csv in it"


def test_a_broken_zip_is_refused(tmp_path):
    path = tmp_path / "onspd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", (ONSPD / "onspd_2025.csv").read_bytes())
    path.write_bytes(path.read_bytes().replace(b"PK\1\2", b"PK\1\3"))

    assert refusal(path) == (
        "onspd.zip: not a whole zip file, Bad magic number for central directory"
    )


def test_a_cut_off_file_is_refused_whole(tmp_path):
    path = tmp_path / "onspd.csv.gz"
    path.write_bytes(gzip.compress((ONSPD / "onspd_2025.csv").read_bytes())[:-9])

    assert refusal(path) == (
        "onspd.csv.gz: breaks off after line 7, "
        "Compressed file ended before the end-of-stream marker was reached"
    )


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "gone.csv") == "gone.csv: cannot be read, No such file or directory"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Postcode;Latitude\n",
            "x.csv: the header lacks pcds, lat, long; it has Postcode;Latitude",
        ),
        ("pcds,doterm,lat\nWQ1 1AA,,52\n", "x.csv: the header lacks long; it has pcds,doterm,lat"),
        ("", "x.csv: the header lacks pcds, lat, long; it has "),
        (HEADER, "x.csv: no usable postcode in it"),
        (
            f"{HEADER}\nnone,,52,-1\n",
            "x.csv:2: not a postcode, 'none'\nx.csv: no usable postcode in it",
        ),
        (f"{HEADER}\n{'x' * MAX_LINE}", "x.csv:2: a line over 20,000 characters"),
        (
            f'{HEADER}\n"' + "x\n" * 70_000,
            "x.csv:65538: not CSV, field larger than field limit (131072)",
        ),
    ],
)
def test_an_unusable_file_changes_nothing(tmp_path, content, message):
    path = tmp_path / "x.csv"
    path.write_text(content)

    assert refusal(path) == message


def test_a_later_bad_file_undoes_the_earlier_good_one():
    with pytest.raises(UnusableFile, match=r"^b.csv: the header lacks pcds, lat; it has long\Z"):
        import_postcodes(
            [("a.csv", [HEADER, "WQ1 1AA,,52,-1"]), ("b.csv", ["long"])], name="", sha256=""
        )

    assert stored() == []


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ("WQ1 1AB,,abc,-1", "latitude is not a number, 'abc'"),
        ("WQ1 1AB,,52,nan", "longitude is not a number, 'nan'"),
        ("WQ1 1AB,,52,", "longitude is not a number, ''"),
        ('WQ1 1AB,,"52,1",-1', "latitude is not a number, '52,1'"),
        ("WQ1 1AB,,inf,-1", "latitude is not a number, 'inf'"),
        ("WQ1 1AB,,-1.08992,52.62578", "latitude and longitude are swapped, -1.08992,52.62578"),
        ("WQ1 1AB,,0,0", "outside the United Kingdom, 0,0"),
        ("WQ1 1AB,,48.85,2.35", "outside the United Kingdom, 48.85,2.35"),
        ("WQ1 1AB,201413,52,-1", "the month of termination is not YYYYMM, '201413'"),
        ("WQ1,,52,-1", "not a postcode, 'WQ1'"),
        (",,52,-1", "not a postcode, ''"),
        ("WQ1 1AB,,52", "4 fields expected, 3"),
        (HEADER, "not a postcode, 'pcds'"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_value(row, fact):
    report = load_lines("WQ1 1AA,,52,-1", "", row)

    assert report.rejects == [f"some.csv:4: {fact}"]
    assert [code for code, *_ in stored()] == ["WQ11AA"]
    assert report.summary == (
        "read 2 · kept 1 · replaced 0 · rejected 1 · no coordinates 0 · outside 1"
    )


def test_only_the_first_rejects_are_printed():
    report = load_lines("WQ1 1AA,,52,-1", *["?,,52,-1"] * 60)

    assert len(report.lines) == 53
    assert report.lines[51] == "… and 10 more rejected"


def test_the_code_is_taken_from_the_column_that_has_one():
    load_lines("WQ1  1AA,,52,-1", header="pcd8,pcds,lat,long")

    assert stored() == [("WQ11AA", 52, -1, None)]


@pytest.mark.parametrize("place", ["99.999999,0.000000", ",0.000000", ","])
def test_no_grid_reference_is_known_without_a_place(place):
    report = load_lines(f"WQ1 1AA,,{place}")

    assert stored() == [("WQ11AA", None, None, None)]
    assert report.counts["no coordinates"] == 1


@pytest.mark.parametrize(
    "place", ["60.86,-0.89", "54.6,-8.17", "54.05,-4.82", "49.18,-2.1", "52.48,1.76"]
)
def test_every_corner_of_the_british_isles_has_room(place):
    load_lines(f"WQ1 1AA,,{place}")

    assert stored() == [("WQ11AA", *map(float, place.split(",")), None)]


def test_of_several_rows_for_a_postcode_the_last_counts():
    report = load_lines("WQ1 1AA,,52,-1", "WQ1 1AB,,52,-1", "WQ11AA,,53,-1", "wq1 1aa,,54,-1")

    assert stored() == [("WQ11AA", 54, -1, None), ("WQ11AB", 52, -1, None)]
    assert report.lines == [
        "Read as NSPL or another list with degrees: 1 file(s).",
        "2 postcodes came again; the last row counts.",
        "read 4 · kept 2 · replaced 0 · rejected 0 · no coordinates 0 · outside 2",
    ]


def test_a_changed_row_replaces_and_one_not_named_stays():
    PostcodeFactory(code="WQ11AA", lat=52, lng=-1, terminated_on=date(2020, 1, 1))
    PostcodeFactory(code="WQ11AB", lat=52, lng=-1)
    PostcodeFactory(code="WQ11AD", lat=52, lng=-1)

    report = load_lines("WQ1 1AA,,52,-1", "WQ1 1AB,,52,-1")

    assert [(code, ended) for code, _, _, ended in stored()] == [
        ("WQ11AA", None),
        ("WQ11AB", None),
        ("WQ11AD", None),
    ]
    assert report.counts["replaced"] == 1


def test_a_postcode_that_moves_takes_its_matches_along():
    here = BoundaryFactory(square=(52, -1))
    BoundaryFactory(boundary_set=here.boundary_set, square=(53, -1), neighbourhood__code="there")
    PostcodeMatchFactory(postcode__code="WQ11AA", boundary=here)

    load_lines("WQ1 1AA,,53.05,-0.95")
    assert matches() == [("WQ11AA", "there")]

    load_lines("WQ1 1AA,,99.999999,0")
    assert matches() == []


def test_sets_in_force_and_newer_ones_are_matched_and_older_ones_are_not():
    force = ForceFactory()
    for year, code in [(2029, "old"), (2030, "in force"), (2031, "newer")]:
        boundary_set = BoundarySetFactory(
            force=force, valid_from=date(year, 1, 1), active=year == 2030
        )
        BoundaryFactory(boundary_set=boundary_set, neighbourhood__code=code)
    BoundaryFactory(neighbourhood__code="other force, all dark")

    load_lines("WQ1 1AA,,52.05,-0.95")

    assert [code for _, code in matches()] == ["in force", "newer", "other force, all dark"]


def test_either_order_again_and_again_gives_the_same_rows():
    force = ForceFactory()

    def boundaries() -> None:
        import_boundaries(
            read_boundaries(DATA / "kml"), force=force, names={}, valid_from=date(2031, 3, 4)
        )

    boundaries()
    load(ONSPD / "onspd_2025.csv")
    postcodes_last = stored(), matches()
    first_pks = list(PostcodeMatch.objects.order_by("pk").values_list("pk", flat=True))
    boundaries()
    load(ONSPD / "onspd_2018.csv")
    again = stored(), matches()
    kept_pks = list(PostcodeMatch.objects.order_by("pk").values_list("pk", flat=True))
    force.boundary_sets.get().boundaries.all().delete()
    force.boundary_sets.all().delete()
    boundaries()

    assert matches() == [
        ("WQ11AA", "lanterngate"),
        ("WQ13QS", "Tarrow Dock"),
        ("WQ13QS", "lanterngate"),
        ("WQ25HD", "harkstow"),
        ("WQ37TR", "Tarrow Dock"),
    ]
    assert postcodes_last == again == (stored(), matches())
    assert first_pks == kept_pks


def test_a_redrawn_set_takes_matches_from_postcodes_that_it_leaves_out():
    force = ForceFactory()
    PostcodeFactory(code="WQ11AA", lat=52.05, lng=-0.95)
    for south, sha256 in [(52, "one"), (53, "two")]:
        read = Reading("set.zip", sha256, {"N1": square_from(south, -1)})
        import_boundaries(read, force=force, names={}, valid_from=date(2031, 3, 4))

    assert matches() == []


def test_nothing_lies_in_a_set_without_outlines():
    PostcodeFactory(code="WQ11AA", lat=52.05, lng=-0.95)

    assert match_set(BoundarySetFactory()) == 0


def test_memory_does_not_grow_with_the_file(monkeypatch):
    monkeypatch.setattr("neighbourhoods.importers.postcodes.BATCH_ROWS", 100)

    assert peak_bytes(8_000) < peak_bytes(1_000) + 500_000


def peak_bytes(count: int) -> int:
    units = [f"{a}{b}" for a in "ABDEFGHJLN" for b in "ABDEFGHJLNPQRSTUWXYZ"]
    lines = (f"WQ{n // 2000 + 1} {n // 200 % 10}{units[n % 200]},,52,-1" for n in range(count))
    tracemalloc.start()
    load_generated(lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def load_generated(lines) -> None:
    def all_lines():
        yield HEADER
        yield from lines

    import_postcodes([("some.csv", all_lines())], name="some.csv", sha256="sum")
