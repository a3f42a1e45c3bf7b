"""Outlines of neighbourhoods: WGS84 degrees, x = longitude, y = latitude.

The polygons alone decide what is inside: a point on a line is, one in a hole is not.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import shapely
from pyproj import Proj
from shapely import MultiPolygon, Polygon
from shapely.affinity import affine_transform

Ring = Sequence[tuple[float, float]]  # (lng, lat)

OUTLINE_WIDTH, OUTLINE_MAX_HEIGHT, OUTLINE_MARGIN = 1000, 2000, 10
OUTLINE_MAX_CHARACTERS = 2000
OUTLINE_COARSEST = 32  # drawing units; beyond that a shape is no longer recognised
EARTH_RADIUS_M, EARTH_E2 = 6_378_137, 0.00669437999014  # WGS84: equator, squared eccentricity
EQUAL_AREA = Proj(proj="cea", ellps="WGS84")
ORIGIN = shapely.Point(0, 0)
EDGE_M = 50  # whoever is closer to a line may belong to the other side


class NoArea(ValueError):
    """The rings enclose nothing."""


class Point(NamedTuple):
    """A place on the ground, WGS84 degrees."""

    lat: float
    lng: float


class Box(NamedTuple):
    """What lies between two parallels and two meridians, WGS84 degrees."""

    south: float
    north: float
    west: float
    east: float


class Outline(NamedTuple):
    """What an ``<svg>`` needs: ``<svg viewBox=…><path fill-rule="evenodd" d=…>``."""

    view_box: str
    path: str


def area_from_rings(parts: Iterable[tuple[Ring, Sequence[Ring]]]) -> tuple[MultiPolygon, bool]:
    """One valid area from ``(outer ring, holes)`` of each part, and whether it was repaired.

    Rings that cross themselves keep every lobe, overlapping parts are united, and a
    hole takes away what lies in it. Raises NoArea where nothing is left.
    """
    drawn = MultiPolygon([(outer, holes) for outer, holes in parts])
    repaired = not shapely.is_valid(drawn)
    if repaired:
        drawn = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    polygons = [part for part in shapely.get_parts(drawn) if isinstance(part, Polygon)]
    if not any(part.area for part in polygons):
        raise NoArea
    return MultiPolygon(polygons), repaired


def boundary_fields(area: MultiPolygon) -> dict:
    """Everything that the Boundary model stores of an outline.

    The centre is a point that surely lies inside, also where the centre of mass
    falls into a hole or between two parts.
    """
    centre = area.representative_point()
    min_lng, min_lat, max_lng, max_lat = area.bounds
    return {
        "geometry": shapely.to_wkb(area),
        "min_lat": min_lat,
        "max_lat": max_lat,
        "min_lng": min_lng,
        "max_lng": max_lng,
        "centre_lat": centre.y,
        "centre_lng": centre.x,
        "outline": outline_path(area),
    }


def area_from_stored(geometry: bytes) -> MultiPolygon:
    """The area that ``boundary_fields`` stored; takes what any database hands back for it."""
    return shapely.from_wkb(bytes(geometry))


def holds(geometry: bytes, *, lat: float, lng: float) -> bool:
    """Whether a stored outline has the point inside it or on its line."""
    return bool(shapely.intersects_xy(area_from_stored(geometry), lng, lat))


def metres_per_degree(lat: float) -> Point:
    """How many metres one degree of latitude, and one of longitude, is long at ``lat``.

    From the radii of curvature of the WGS84 ellipsoid (in the meridian, and of the
    parallel): between 49 and 61 degrees north 111.2 km, and 73 to 54 km.
    """
    sine, cosine = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    flattened = 1 - EARTH_E2 * sine * sine
    meridian = EARTH_RADIUS_M * (1 - EARTH_E2) / flattened**1.5
    parallel = EARTH_RADIUS_M / math.sqrt(flattened) * cosine
    return Point(math.radians(meridian), math.radians(parallel))


def box_around(at: Point, metres: float) -> Box:
    """The box whose sides are so far from a point."""
    each = metres_per_degree(at.lat)
    up, across = metres / each.lat, metres / each.lng
    return Box(at.lat - up, at.lat + up, at.lng - across, at.lng + across)


def distance_m(area: MultiPolygon, at: Point) -> float:
    """Metres from a point to the nearest point of an area; 0 inside and on its line.

    Measured on a plane that touches the ellipsoid at ``at``. Against the geodesic at
    British latitudes the error is below 1 mm at 50 m and below 0.1 % at 5 km.
    """
    lat_m, lng_m = metres_per_degree(at.lat)
    on_plane = shapely.transform(
        area, lambda corners: (corners - (at.lng, at.lat)) * (lng_m, lat_m)
    )
    return float(shapely.distance(on_plane, ORIGIN))


def hectares(shape: shapely.Geometry) -> float:
    """The area on the ground of a shape in degrees.

    Lambert's cylindrical equal-area projection of the WGS84 ellipsoid (Snyder 1987, eq.
    3-12, 10-14 and 10-15), which is exact but for edges, taken as straight in it: with
    edges under 10 km the error stays below 0.02 %.
    """
    return shapely.transform(shape, EQUAL_AREA, interleaved=False).area / 10_000


def outer_ring(area: MultiPolygon) -> list[tuple[float, float]]:
    """The outer ring of the largest part, closed, as ``(lat, lng)``."""
    largest = max(area.geoms, key=lambda part: part.area)
    return [(lat, lng) for lng, lat in largest.exterior.coords]


def outline_path(area: MultiPolygon) -> str:
    """A drawing of the outline as ``VIEWBOX|PATH``; ``read_outline`` takes it apart.

    1000 units wide, as high as the shape asks for (a very tall shape is 2000 high
    and narrower). Longitudes are shrunk by the cosine of the middle latitude, so
    that the shape looks as it does on the ground. Simplified to about 2,000
    characters; holes stay, for ``fill-rule="evenodd"``.
    """
    drawing, width, height = _drawn(area)
    tolerance, path = 0.5, ""
    while not path or (len(path) > OUTLINE_MAX_CHARACTERS and tolerance <= OUTLINE_COARSEST):
        path = _path(drawing.simplify(tolerance))
        tolerance *= 2
    return f"0 0 {width} {height}|{path}"


def read_outline(stored: str) -> Outline:
    return Outline(*stored.split("|", 1))


def _drawn(area: MultiPolygon) -> tuple[MultiPolygon, int, int]:
    """The area in drawing units, y downwards, with the drawing's width and height."""
    west, south, east, north = area.bounds
    shrink = math.cos(math.radians((south + north) / 2))
    across, up = (east - west) * shrink, north - south
    margins = 2 * OUTLINE_MARGIN
    scale = min((OUTLINE_WIDTH - margins) / across, (OUTLINE_MAX_HEIGHT - margins) / up)
    x, y = scale * shrink, -scale
    moved = [x, 0, 0, y, OUTLINE_MARGIN - x * west, OUTLINE_MARGIN - y * north]
    size = round(across * scale) + margins, round(up * scale) + margins
    return affine_transform(area, moved), *size


def _path(drawing: MultiPolygon) -> str:
    parts = (part for part in shapely.get_parts(drawing) if not part.is_empty)
    return "".join(_ring_path(ring) for part in parts for ring in (part.exterior, *part.interiors))


def _ring_path(ring: shapely.LinearRing) -> str:
    """One ring in whole units: the start absolute, the rest as steps, which are shorter."""
    points = [(round(x), round(y)) for x, y in ring.coords[:-1]]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points)]
    lines = " ".join(f"{x} {y}" for x, y in steps if x or y)
    return f"M{points[0][0]} {points[0][1]}l{lines or '0 0'}z"
