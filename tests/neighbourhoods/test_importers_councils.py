import zipfile

import pytest

from neighbourhoods.importers.councils import import_councils, read_names
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import Council, ImportRun
from neighbourhoods.queries.councils import council_of
from tests.factories.neighbourhoods import CouncilFactory, PostcodeFactory

pytestmark = pytest.mark.django_db


def load(*lines: str):
    return import_councils(lines, source="councils.csv", sha256="sum")


def stored() -> list[tuple]:
    return list(Council.objects.order_by("code").values_list("code", "name", "name_cy"))


def refusal(*lines: str) -> str:
    with pytest.raises(UnusableFile) as caught:
        load(*lines)
    assert (Council.objects.count(), ImportRun.objects.count()) == (0, 0)
    return str(caught.value)


def test_councils_are_named_and_named_again():
    CouncilFactory(code="E07000001", name="Old")
    CouncilFactory(code="E07000009", name="Not in the file")

    report = load(
        "code,name,name_cy",
        "E07000001,Casterwell Council,",
        "W06000001,Conway Bay Council,Cyngor Bae Conwy",
    )

    assert stored() == [
        ("E07000001", "Casterwell Council", ""),
        ("E07000009", "Not in the file", ""),
        ("W06000001", "Conway Bay Council", "Cyngor Bae Conwy"),
    ]
    assert report.lines == [
        "read 2 · kept 2 · replaced 1 · rejected 0 · no coordinates 0 · outside 0"
    ]
    run = ImportRun.objects.get()
    assert (run.command, run.source, run.sha256) == ("import_councils", "councils.csv", "sum")


@pytest.mark.parametrize(
    "header",
    ["LAD25CD,LAD25NM,LAD25NMW", '"lad21cd","lad21nm","lad21nmw"\r\n', "code,name,name_cy"],
)
def test_the_header_of_the_ons_is_read(header):
    load(header, "W06000001,Conway Bay Council,Cyngor Bae Conwy")

    assert stored() == [("W06000001", "Conway Bay Council", "Cyngor Bae Conwy")]


def test_of_two_rows_for_a_council_the_last_counts():
    assert load("code,name", "E07000001,One", "E07000001,Two").counts["kept"] == 1
    assert stored() == [("E07000001", "Two", "")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "councils.csv: the header lacks code, name; it has []"),
        (["code,name"], "councils.csv: no council in it; nothing was imported"),
        (
            ["code,name", "E07000002,Good", "E7,Short", "E07000001,"],
            "councils.csv:3: code is not like E07000001, 'E7'\n"
            "councils.csv:4: name is empty, ''\n"
            "councils.csv: nothing was imported; mend these lines",
        ),
    ],
)
def test_an_unusable_file_changes_nothing(lines, message):
    assert refusal(*lines) == message


def test_the_council_of_a_postcode(django_assert_num_queries):
    council = CouncilFactory(code="W06000001")
    PostcodeFactory(code="WQ11AA", council_code="W06000001")
    PostcodeFactory(code="WQ11AB", council_code="W06000002")
    PostcodeFactory(code="WQ11AD")

    with django_assert_num_queries(1):
        assert council_of("wq1 1aa") == council
    assert [council_of(code) for code in ("WQ11AB", "WQ11AD", "WQ99ZZ")] == [None] * 3


NAMES = "Documents/LA_UA names and codes UK as at 04_31.csv"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["Data/ONSPD.csv"], "onspd.zip: one list of local authorities expected, 0"),
        ([NAMES, f"Other {NAMES}"], "onspd.zip: one list of local authorities expected, 2"),
    ],
)
def test_a_zip_needs_one_list_of_names(tmp_path, names, message):
    path = zipped(tmp_path, *names)

    with pytest.raises(UnusableFile) as caught:
        read_names(path)

    assert str(caught.value) == message


def test_the_list_in_the_zip_of_the_directory_is_read(tmp_path):
    path = zipped(tmp_path, "Data/ONSPD.csv", NAMES, "Documents/Ward names and codes.csv")

    table = read_names(path)

    assert (table.name, list(table.lines)) == (NAMES, [NAMES])


def zipped(folder, *names):
    path = folder / "onspd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path
