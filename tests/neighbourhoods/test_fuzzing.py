"""Readers of files and of what people type: no input makes them fail, hang or answer 500."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from neighbourhoods.geometry import boundary_fields
from neighbourhoods.importers.boundaries import read_boundaries, read_names
from neighbourhoods.importers.councils import import_councils
from neighbourhoods.importers.postcode_files import open_sources
from neighbourhoods.importers.postcodes import import_postcodes
from neighbourhoods.importers.signposts import import_signposts
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force
from neighbourhoods.postcodes import InvalidPostcode, display, parse_postcode, suggestions
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
)
from tests.fuzzing import broken, broken_table, given_up_well, quickly

DATA = Path(__file__).parents[1] / "data"
KML = (DATA / "kml" / "Tarrow Dock.kml").read_bytes()
NAMES = (DATA / "kml" / "neighbourhoods.json").read_bytes()
RING = [[-1, 52], [-0.9, 52], [-0.9, 52.1], [-1, 52]]
GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"id": "N1", "name": "Quay &amp; Steps"},
                "geometry": {"type": kind, "coordinates": coordinates},
            }
            for kind, coordinates in (("Polygon", [RING]), ("MultiPolygon", [[RING], [RING]]))
        ],
    }
).encode()
NUMBERS = st.floats(-2, 1) | st.floats(51, 53) | st.floats() | st.sampled_from([-1, 52, 400_000])
RINGS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12)
NEAR = st.tuples(st.floats(-1, 0), st.floats(52, 53))

# What people type: nearly a postcode, or nothing of the kind.
TYPED = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"(?i)[A-Z01]{1,2}[0-9OIS]{1,2}[A-Z]? ?[0-9OS][A-Z05]{2}.?", fullmatch=True),
    st.text(alphabet="WQ120OIl5S -.\u00a0\t\x00\u0661\u202e", max_size=12),
    st.sampled_from(["W" * 1_000_000, " " * 40 + "WQ1 1AA", "WQ1 1AA'--", "ŴQ1 1AA", "ﬃ" * 40]),
)


@settings(max_examples=150)
@given(TYPED)
def test_any_text_is_a_postcode_or_none(text):
    with quickly():
        meant = suggestions(text)
        try:
            code = parse_postcode(text)
        except InvalidPostcode:
            code = None
    assert code is None or parse_postcode(display(code)) == code
    assert all(parse_postcode(one) for one in meant)


@pytest.fixture
def known():
    """A postcode that is found, one that has ended and one that has no place."""
    boundary = BoundaryFactory(boundary_set=BoundarySetFactory(active=True))
    PostcodeMatchFactory(postcode__code="WQ11AA", boundary=boundary)
    PostcodeFactory(code="WQ11AB", terminated=True)
    PostcodeFactory(code="WQ11AD", without_place=True)
    return boundary


@pytest.mark.django_db
@pytest.mark.usefixtures("known")
@settings(max_examples=40)
@given(TYPED.map(lambda text: text[:2_000].encode("utf-8", "replace")) | st.binary(max_size=20))
@example(b"WQ1 1AA")
@example(b"WQ1 1AB")
@example(b"WQ1 1AD")
@example(b"WQ1 \x001AA")
@example(b"\xff\xfe")
def test_whatever_is_typed_no_page_fails(typed):
    text, client = quote(typed, safe=""), Client()

    with quickly():
        found = client.get(f"/find?postcode={text}")
        told = client.get(f"/api/postcodes/{text}")
        placed = client.get(f"/api/locate-neighbourhood?q={text}")

    assert found.status_code in (200, 302)
    assert told.status_code in (200, 400, 404)
    assert placed.status_code in (200, 400, 404)


@pytest.mark.django_db
@settings(max_examples=20)
@given(st.binary(min_size=1, max_size=12))
@example(b"\x00")
@example(b"\xff")
def test_no_id_in_an_address_makes_a_page_fail(code):
    client, text = Client(), quote(code.replace(b"/", b""), safe="") or "x"

    for path in ("/areas/{}/", "/areas/a/{}/", "/api/{}/neighbourhoods", "/api/a/{}/boundary"):
        assert client.get(path.format(text)).status_code in (301, 404)


@settings(max_examples=100)
@given(broken(KML))
def test_no_kml_makes_the_reader_fail(tmp_path_factory, content):
    _read_outlines(tmp_path_factory, "N1.kml", content)


@settings(max_examples=100)
@given(st.lists(st.lists(NEAR, max_size=25), min_size=1, max_size=4))
def test_no_rings_make_the_geometry_fail(tmp_path_factory, rings):
    """However they cross: holes outside, parts on top of each other, bow ties, spikes."""
    lines = [
        "<LinearRing><coordinates>"
        + " ".join(f"{lng:f},{lat:f}" for lng, lat in ring)
        + "</coordinates></LinearRing>"
        for ring in rings
    ]
    outer, *holes = lines
    inner = "".join(f"<innerBoundaryIs>{hole}</innerBoundaryIs>" for hole in holes)
    polygon = f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner}</Polygon>"
    others = "".join(
        f"<Polygon><outerBoundaryIs>{hole}</outerBoundaryIs></Polygon>" for hole in holes
    )
    content = f"<kml><MultiGeometry>{polygon}{others}</MultiGeometry></kml>"

    _read_outlines(tmp_path_factory, "N1.kml", content.encode())


@settings(max_examples=100)
@given(broken(GEOJSON))
def test_no_geojson_makes_the_reader_fail(tmp_path_factory, content):
    _read_outlines(tmp_path_factory, "set.geojson", content)


@settings(max_examples=60)
@given(st.recursive(st.none() | st.text(max_size=5) | NUMBERS | RINGS, st.lists, max_leaves=12))
def test_no_coordinates_make_the_reader_fail(tmp_path_factory, coordinates):
    for kind in ("Polygon", "MultiPolygon"):
        geometry = {"type": kind, "coordinates": coordinates}
        feature = {"type": "Feature", "properties": {"id": 1, "name": 2}, "geometry": geometry}
        collection = {"type": "FeatureCollection", "features": [feature, coordinates]}
        _read_outlines(tmp_path_factory, "set.geojson", json.dumps(collection).encode())


def _read_outlines(folders, name, content):
    path = folders.mktemp("fuzz") / name
    path.write_bytes(content)
    reading = given_up_well(lambda: read_boundaries(path))
    with quickly():
        for area in reading.areas.values() if reading else ():
            assert area.is_valid
            boundary_fields(area)


@settings(max_examples=100)
@given(broken(NAMES))
def test_no_list_of_names_makes_the_reader_fail(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "neighbourhoods.json"
    path.write_bytes(content)
    given_up_well(lambda: read_names(path))


@pytest.mark.django_db
@settings(max_examples=40)
@given(
    st.sampled_from([2018, 2021, 2024, 2025]).flatmap(
        lambda year: broken((DATA / "onspd" / f"onspd_{year}.csv").read_bytes())
    )
)
def test_no_register_makes_the_reader_fail(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "onspd.csv"
    path.write_bytes(content)
    given_up_well(lambda: import_postcodes(open_sources(path), name="onspd.csv", sha256=""))


GRID_ROW = "WQ1 1AA,10,400000,300000,E92000001,,,,E07000001,"


@pytest.mark.django_db
@settings(max_examples=40)
@given(
    broken_table("pcds,doterm,lat,long,oslaua", "WQ1 1AA,202906,52,-1,E07000001")
    | broken_table(GRID_ROW, GRID_ROW)
)
def test_no_rows_of_postcodes_make_the_importer_fail(lines):
    given_up_well(lambda: import_postcodes([("x.csv", lines)], name="x.csv", sha256=""))


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken_table("code,name,name_cy", "E07000001,Casterwell,Cyngor"))
def test_no_list_of_councils_makes_the_importer_fail(lines):
    given_up_well(lambda: import_councils(lines, source="x.csv", sha256=""))


@pytest.mark.django_db
@settings(max_examples=40)
@given(broken((DATA / "signposts" / "good.csv").read_bytes()))
def test_no_list_of_signposts_makes_the_importer_fail(content):
    force = Force.objects.first() or ForceFactory()

    def read():
        table = TableFile.of("x.csv", content)
        return import_signposts(table.lines, force=force, source=table.name, sha256=table.sha256)

    given_up_well(read)
