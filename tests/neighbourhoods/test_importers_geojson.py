import gzip
import json
from pathlib import Path

import pytest

from neighbourhoods.importers.boundaries import Name, Refusal, read_boundaries, read_names
from neighbourhoods.importers.reporting import UnusableFile

SQUARE = [[-1, 52], [-0.9, 52], [-0.9, 52.1], [-1, 52.1], [-1, 52]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}


def feature(geometry: object = POLYGON, **properties: object) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write(folder: Path, *features: object, **more: object) -> Path:
    path = folder / "set.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnusableFile) as caught:
        read_boundaries(path)
    return str(caught.value)


def test_features_give_areas_and_names(tmp_path):
    several = {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    path = write(
        tmp_path, feature(code="N1", label="Quay &amp; Steps"), feature(several, code=2), crs=crs
    )

    reading = read_boundaries(path, id_field="code", name_field="label")

    assert {code: round(area.area, 6) for code, area in reading.areas.items()} == {
        "N1": 0.01,
        "2": 0.01,
    }
    assert reading.names == {"N1": Name("Quay & Steps")}


def test_a_compressed_file_is_read(tmp_path):
    path = tmp_path / "set.geojson.gz"
    path.write_bytes(gzip.compress(write(tmp_path, feature(id="N1")).read_bytes()))

    assert list(read_boundaries(path).areas) == ["N1"]


def test_a_cut_off_compressed_file_is_refused(tmp_path):
    path = tmp_path / "set.geojson.gz"
    path.write_bytes(gzip.compress(write(tmp_path, feature(id="N1")).read_bytes())[:-9])

    assert refusal(path) == (
        "set.geojson.gz: not a whole gzip file, "
        "Compressed file ended before the end-of-stream marker was reached"
    )


@pytest.mark.parametrize(
    ("bad", "fact"),
    [
        ("nothing", "id '': an id needs 1 to 100 printable characters, ''"),
        (feature({"type": "Point"}, id="N1"), "id 'N1': not a polygon, 'Point'"),
        (feature(None, id="N1"), "id 'N1': not a polygon, 'None'"),
        (
            feature({"type": "Polygon", "coordinates": []}, id="N1"),
            "id 'N1': a polygon needs one outer ring, it has 0",
        ),
        (
            feature({"type": "Polygon", "coordinates": [[["x", 1]]]}, id="N1"),
            "id 'N1': coordinates are not rings of numbers, could not convert string to float: 'x'",
        ),
        (
            feature({"type": "Polygon", "coordinates": [[[400000, 300000]]]}, id="N1"),
            "id 'N1': a point outside the British Isles (these are metres of a grid, not degrees)"
            ", 400000,300000",
        ),
    ],
)
def test_a_bad_feature_is_refused_with_its_id_and_the_value(tmp_path, bad, fact):
    assert refusal(write(tmp_path, bad)) == f"set.geojson: {fact}"


def test_a_bad_feature_is_refused_and_the_others_are_read(tmp_path):
    reading = read_boundaries(write(tmp_path, feature(id="N1"), feature(None, id="N2")))

    assert list(reading.areas) == ["N1"]
    assert reading.refused == [Refusal("N2", "set.geojson: id 'N2'", "not a polygon, 'None'")]


def test_national_grid_metres_become_degrees(tmp_path):
    square = [[400_000, 300_000], [401_000, 300_000], [401_000, 301_000], [400_000, 300_000]]
    metres = {"type": "Polygon", "coordinates": [square]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}

    reading = read_boundaries(write(tmp_path, feature(metres, id="N1"), crs=crs))

    assert reading.areas["N1"].bounds == pytest.approx((-2.001433, 52.597792, -1.986667, 52.606781))
    assert reading.notes == [
        "set.geojson: from metres of the National Grid, good to about 3 m",
    ]


def test_another_reference_system_is_refused(tmp_path):
    path = write(tmp_path, feature(id="N1"), crs={"name": "urn:ogc:def:crs:EPSG::29902"})

    assert refusal(path) == (
        "set.geojson: neither WGS84 degrees nor metres of the National Grid, "
        '{"name": "urn:ogc:def:crs:EPSG::29902"}'
    )


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        ("[]", "not a GeoJSON FeatureCollection"),
        ('{"type": "Feature"}', "not a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection"}', "no outline in it"),
        ('{"type": "FeatureCollection", "features": 1}', "no outline in it"),
        ("{", "not JSON in UTF-8, Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "not JSON in UTF-8, maximum recursion depth exceeded"),
    ],
)
def test_other_json_is_refused(tmp_path, content, fact):
    path = tmp_path / "set.json"
    path.write_text(content)

    assert refusal(path).startswith(f"set.json: {fact}")


def test_names_are_read_with_their_entities_undone(tmp_path):
    path = tmp_path / "neighbourhoods.json"
    path.write_text(
        '[{"id": "N1", "name": " Quay &amp;  Steps"}, {"id": 2, "name": "", "name_cy": "Y Cei"}]'
    )

    assert read_names(path) == {"N1": Name("Quay & Steps"), "2": Name("", "Y Cei")}


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        ('{"N1": "Quay"}', "not a JSON list of objects with id and name, "),
        ('[{"id": "N1"}]', "not a JSON list of objects with id and name, KeyError('name')"),
        ("nothing", "not a JSON list of objects with id and name, JSONDecodeError("),
        ('[{"id": "N1", "name": "a\\u0000b"}]', "a name needs at most 200 printable characters"),
        (
            json.dumps([{"id": "N1", "name": "x" * 201}]),
            f"a name needs at most 200 printable characters, '{'x' * 60}'",
        ),
    ],
)
def test_bad_names_are_refused(tmp_path, content, fact):
    path = tmp_path / "neighbourhoods.json"
    path.write_text(content)

    with pytest.raises(UnusableFile) as caught:
        read_names(path)

    assert str(caught.value).startswith(f"neighbourhoods.json: {fact}")
