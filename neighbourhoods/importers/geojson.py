"""GeoJSON (RFC 7946): one file, one feature a neighbourhood."""

import json
from collections.abc import Iterator

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.rings import Drawing, UnusableShape, drawing_from

DEGREES = ("CRS84", "4326")  # how older files name the only reference system that is allowed


def read_features(content: bytes, source: str) -> Iterator[tuple[dict, dict]]:
    """``(properties, geometry)`` of each feature. Raises UnusableFile."""
    try:
        collection = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise UnusableFile(f"{source}: not JSON in UTF-8, {exc}") from exc
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise UnusableFile(f"{source}: not a GeoJSON FeatureCollection")
    _refuse_grid(json.dumps(collection.get("crs")), source)
    for feature in collection.get("features") or ():
        yield _object(_object(feature).get("properties")), _object(_object(feature).get("geometry"))


def read_geometry(geometry: dict) -> Drawing:
    """The rings of a Polygon or MultiPolygon. Raises UnusableShape."""
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise UnusableShape(f"not a polygon, {kind}")
    parts = geometry.get("coordinates")
    try:
        return drawing_from(_rings(part) for part in (parts if kind == "MultiPolygon" else [parts]))
    except (TypeError, ValueError, LookupError, OverflowError) as exc:
        raise UnusableShape(f"coordinates are not rings of numbers, {exc}") from exc


def _rings(part: list) -> list[list[tuple]]:
    if not part:
        raise UnusableShape("a polygon needs one outer ring, it has 0")
    return [[(float(point[0]), float(point[1])) for point in ring] for ring in part]


def _object(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _refuse_grid(crs: str, source: str) -> None:
    if crs != "null" and not any(name in crs for name in DEGREES):
        raise UnusableFile(f"{source}: not in WGS84 degrees, {crs[:100]}")
