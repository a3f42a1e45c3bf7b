"""GeoJSON (RFC 7946): one file, one feature a neighbourhood."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from neighbourhoods.importers.grid import degrees
from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.rings import Drawing, UnusableShape, check_points, drawing_from

DEGREES = ("CRS84", "4326")  # how older files name the only reference system that is allowed
NATIONAL_GRID = "27700"
Place = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Collection:
    """``(properties, geometry)`` of each feature, and what makes degrees of their coordinates."""

    features: list[tuple[dict, dict]]
    in_metres: bool

    @property
    def place(self) -> Place:
        return degrees if self.in_metres else _as_they_are


def read_collection(content: bytes, source: str) -> Collection:
    """Raises UnusableFile."""
    try:
        collection = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise UnusableFile(f"{source}: not JSON in UTF-8, {exc}") from exc
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise UnusableFile(f"{source}: not a GeoJSON FeatureCollection")
    in_metres = _in_metres(json.dumps(collection.get("crs")), source)
    features = collection.get("features")
    return Collection(
        [_parts(feature) for feature in features] if isinstance(features, list) else [], in_metres
    )


def read_geometry(geometry: dict, place: Place) -> Drawing:
    """The rings of a Polygon or MultiPolygon in degrees. Raises UnusableShape."""
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise UnusableShape(f"not a polygon, {str(kind)[:60]!r}")
    parts = geometry.get("coordinates")
    try:
        return drawing_from(
            _rings(part, place) for part in (parts if kind == "MultiPolygon" else [parts])
        )
    except (TypeError, ValueError, LookupError, OverflowError) as exc:
        raise UnusableShape(f"coordinates are not rings of numbers, {exc}") from exc


def _rings(part: list, place: Place) -> list[list[tuple]]:
    if not part:
        raise UnusableShape("a polygon needs one outer ring, it has 0")
    check_points(sum(map(len, part)))
    return [[place(float(point[0]), float(point[1])) for point in ring] for ring in part]


def _as_they_are(lng: float, lat: float) -> tuple[float, float]:
    return lng, lat


def _parts(feature: object) -> tuple[dict, dict]:
    return _object(_object(feature).get("properties")), _object(_object(feature).get("geometry"))


def _object(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _in_metres(crs: str, source: str) -> bool:
    """Whether the coordinates are metres of the National Grid. Raises UnusableFile."""
    if NATIONAL_GRID in crs:
        return True
    if crs != "null" and not any(name in crs for name in DEGREES):
        raise UnusableFile(
            f"{source}: neither WGS84 degrees nor metres of the National Grid, {crs[:100]}"
        )
    return False
