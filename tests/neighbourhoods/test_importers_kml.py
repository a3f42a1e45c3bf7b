import gzip
import zipfile
from pathlib import Path

import pytest

from neighbourhoods.geometry import boundary_fields, holds
from neighbourhoods.importers import archives
from neighbourhoods.importers.boundaries import Refusal, read_boundaries
from neighbourhoods.importers.reporting import UnusableFile, printable
from neighbourhoods.importers.rings import MAX_POINTS

KML = Path(__file__).parents[1] / "data" / "kml"
GOOD = (KML / "lanterngate.kml").read_text()
RING = "-1.0,52.0,0 -0.9,52.0,0 -0.9,52.1,0 -1.0,52.1,0 -1.0,52.0,0"


def kml(coordinates: str) -> str:
    return GOOD.replace(RING, coordinates)


def write(folder: Path, content: str | bytes, name: str = "N1.kml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(folder: Path, **members: str | bytes) -> Path:
    path = folder / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnusableFile) as caught:
        read_boundaries(path)
    return str(caught.value)


def test_a_folder_gives_one_area_a_file_with_the_file_name_as_id():
    reading = read_boundaries(KML)

    assert {code: round(area.area, 6) for code, area in reading.areas.items()} == {
        "Tarrow Dock": 0.0096,
        "harkstow": 0.02,
        "lanterngate": 0.01,
    }
    assert (reading.source, reading.notes) == ("kml", [])


def test_a_zip_is_read_like_the_folder_and_what_a_mac_leaves_is_passed_over(tmp_path):
    members = {f"casterwell/{path.name}": path.read_bytes() for path in KML.glob("*.kml")}
    shadows = {"__MACOSX/casterwell/._harkstow.kml": b"\0", "casterwell/.DS_Store": b"\0"}

    reading = read_boundaries(zipped(tmp_path, **members, **shadows))

    folder = read_boundaries(KML)
    assert (reading.areas, reading.sha256) == (folder.areas, folder.sha256)


def test_one_file_is_one_neighbourhood():
    assert list(read_boundaries(KML / "Tarrow Dock.kml").areas) == ["Tarrow Dock"]


def test_an_open_ring_is_closed_and_noted(tmp_path):
    path = write(tmp_path, kml("-1,52 -0.9,52 -0.9,52.1"))

    reading = read_boundaries(path)

    assert reading.areas["N1"].area == pytest.approx(0.005)
    assert reading.notes == ["N1.kml: 1 open ring(s) closed"]


def test_a_ring_that_crosses_itself_is_repaired_and_noted(tmp_path):
    path = write(tmp_path, kml("-1,52 -0.9,52.1 -0.9,52 -1,52.1 -1,52"))

    reading = read_boundaries(path)

    assert reading.areas["N1"].area == pytest.approx(0.005)
    assert reading.notes == ["N1.kml: crosses or overlaps itself, repaired"]


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (kml("-1,52 -0.9,52"), "a ring needs 3 different points, it has 2"),
        (kml("-1,52 -0.9,52 -0.8,52 -1,52"), "encloses no area"),
        (kml(""), "a ring without coordinates"),
        (kml("-1,52 -0.9"), "a point is not longitude,latitude, '-0.9'"),
        (kml("-1,52 -0.9,x"), "a point is not longitude,latitude, '-0.9,x'"),
        (kml("-1,52 nan,52 -1,53"), "a point outside the British Isles, nan,52"),
        (kml("-1,52 -1,1e400 -1,53"), "a point outside the British Isles, -1,inf"),
        (
            kml("52,-1 52,-0.9 52.1,-1"),
            "a point outside the British Isles (latitude and longitude are swapped), 52,-1",
        ),
        (kml("1,52 " * (MAX_POINTS + 1)), "more than 100,000 points, 100,001"),
        (
            "<kml>"
            + GOOD[GOOD.index("<Polygon>") : GOOD.index("</Polygon>") + 10] * 1_001
            + "</kml>",
            "more than 1,000 rings, 1,001",
        ),
        (
            kml(" ".join(f"-{n % 2},{52 + n * 701 % 2000 / 2000}" for n in range(2_000))),
            "lines run close by each other over 150,000 times, 2,000 lines",
        ),
        (
            kml(" ".join(f"-{n % 2},{52 + n * 71 % 200 / 200}" for n in range(200))),
            "crosses itself over 3,000 times, 200 lines",
        ),
        ("<kml/>", "no polygon"),
        ("<kml><Polygon/></kml>", "a polygon needs one outer ring, it has 0"),
        ("<html><p>Not found</p></html>", "not KML, its root is <html>"),
        (
            GOOD[:250],
            "not whole XML in UTF-8, Premature end of data in tag coordinates line 6, line 6, "
            "column 75",
        ),
        (b"", "not whole XML in UTF-8, Document is empty, line 1, column 1"),
        (GOOD.replace("<kml", "<!DOCTYPE kml><kml"), "has a DOCTYPE, which KML does not need"),
        (
            '<!doctype kml [<!ENTITY a "b">]><kml>&a;</kml>',
            "has a DOCTYPE, which KML does not need",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_value(tmp_path, content, fact):
    assert refusal(write(tmp_path, content)) == f"N1.kml: {fact}"


def test_another_encoding_is_refused_since_it_could_hide_a_document_type(tmp_path):
    content = GOOD.replace("UTF-8", "UTF-16").replace("<kml", "<!DOCTYPE kml><kml", 1)

    assert "not whole XML in UTF-8" in refusal(write(tmp_path, content.encode("utf-16")))


def test_nesting_without_end_is_refused(tmp_path):
    assert "not whole XML in UTF-8" in refusal(write(tmp_path, "<kml>" + "<a>" * 100_000))


def test_a_bad_file_of_a_set_is_named_and_the_others_are_read(tmp_path):
    write(tmp_path, GOOD, "good.kml")
    write(tmp_path, "<kml/>", "one.kml")
    write(tmp_path, "<html/>", "two.kml")

    reading = read_boundaries(tmp_path)

    assert list(reading.areas) == ["good"]
    assert reading.refused == [
        Refusal("one", "one.kml", "no polygon"),
        Refusal("two", "two.kml", "not KML, its root is <html>"),
    ]
    assert reading.missing == ["one", "two"]


def test_a_set_of_bad_files_alone_is_refused_with_each_of_them(tmp_path):
    write(tmp_path, "<kml/>", "one.kml")
    write(tmp_path, "<html/>", "two.kml")

    assert refusal(tmp_path) == "one.kml: no polygon\ntwo.kml: not KML, its root is <html>"


def test_of_two_files_for_one_id_the_second_is_refused(tmp_path):
    reading = read_boundaries(zipped(tmp_path, **{"a/N1.kml": GOOD, "b/N1.kml": GOOD}))

    fact = "a second outline for the same id, 'N1'"
    assert reading.refused == [Refusal("N1", "b/N1.kml", fact)]
    assert (list(reading.areas), reading.missing) == (["N1"], [])


def test_compressed_files_are_read(tmp_path):
    path = write(tmp_path, gzip.compress(GOOD.encode()), "N1.kml.gz")

    assert list(read_boundaries(path).areas) == ["N1"]
    assert list(read_boundaries(tmp_path).areas) == ["N1"]


def test_a_mark_of_byte_order_and_points_without_altitude_are_read(tmp_path):
    path = write(tmp_path, b"\xef\xbb\xbf" + kml("-1,52 -0.9,52 -0.9,52.1 -1,52").encode())

    assert read_boundaries(path).areas["N1"].area == pytest.approx(0.005)


def test_holes_and_gaps_between_parts_are_not_inside():
    areas = read_boundaries(KML).areas
    parts, hole = (boundary_fields(areas[code])["geometry"] for code in ("harkstow", "Tarrow Dock"))

    assert [holds(parts, lat=52.25, lng=lng) for lng in (-0.95, -0.85, -0.75)] == [
        True,
        False,
        True,
    ]
    assert [holds(hole, lat=52.05, lng=lng) for lng in (-0.88, -0.85)] == [True, False]


@pytest.mark.parametrize("code", [" ", "x" * 101, "a\u200bb"])
def test_an_id_that_no_address_could_show_is_refused(tmp_path, code):
    path = zipped(tmp_path, **{f"{code}.kml": GOOD})

    fact = f"an id needs 1 to 100 printable characters, {code!r}"
    assert refusal(path) == f"{printable(code)}.kml: {fact}"


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "gone.kml") == "gone.kml: cannot be read, No such file or directory"


def test_a_folder_without_outlines_is_refused(tmp_path):
    assert refusal(tmp_path) == f"{tmp_path.name}: no outline in it"


def test_a_zip_bomb_is_refused_by_its_table_of_contents(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "BOMB_BYTES", 100_000)
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N1.kml", b" " * 1_000_000)

    assert refusal(path) == "set.zip: a file unpacks to over 200 times its size, 'N1.kml'"


def test_a_compressed_bomb_is_unpacked_no_further_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1_000_000)
    path = write(tmp_path, gzip.compress(b" " * 50_000_000), "N1.kml.gz")

    assert refusal(path) == "N1.kml.gz: larger than 1 MB"


@pytest.mark.parametrize("name", ["../N1.kml", "/etc/N1.kml", "a/../../N1.kml", "C:\\N1.kml"])
def test_a_zip_that_climbs_is_refused(tmp_path, name):
    path = zipped(tmp_path, **{name: GOOD})

    assert refusal(path) == f"set.zip: a file leaves the archive, {name!r}"


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path, **{"N1.kml": GOOD})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)

    assert refusal(path) == "set.zip: a file is encrypted, 'N1.kml'"


def test_a_broken_zip_is_refused(tmp_path):
    path = zipped(tmp_path, **{"N1.kml": GOOD})
    path.write_bytes(path.read_bytes().replace(b"Placemark", b"Blacemark", 1))

    assert refusal(path) == "set.zip: not a whole zip file, Bad CRC-32 for file 'N1.kml'"


def test_a_zip_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    path = zipped(tmp_path, **{f"{n}.kml": "" for n in range(3)})

    assert refusal(path) == "set.zip: more than 2 files, 3"


def test_a_folder_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)

    assert refusal(KML) == "kml: more than 2 files, 3"


def test_a_file_that_unpacks_too_large_is_refused_whatever_it_declares(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1_000_000)
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N1.kml", b" " * 1_000_001)

    assert refusal(path) == "N1.kml: larger than 1 MB"


def test_a_set_that_unpacks_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 1_000_000)
    content = kml(f"{RING}{' ' * 999_999}")
    path = zipped(tmp_path, **{"N1.kml": content})
    folder = tmp_path / "set"
    folder.mkdir()
    write(folder, content)

    assert refusal(path) == "set.zip: unpacks to over 1 MB"
    assert refusal(folder) == "set: unpacks to over 1 MB"
