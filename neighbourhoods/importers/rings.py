"""Coordinates from a file, checked before geometry sees them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from neighbourhoods.geometry import Ring

LAT, LNG = (49, 61), (-9, 2.5)  # the British Isles with their coastal waters
METRES = 1_000  # a coordinate beyond that is not in degrees
# A whole force with all its islands has 80,000 points in 23 rings, a neighbourhood under 10,000.
MAX_POINTS, MAX_RINGS = 100_000, 1_000


class UnusableShape(Exception):
    """A shape that cannot be an outline; the message is the fact and the value."""


@dataclass(frozen=True)
class Drawing:
    """The rings of one neighbourhood as ``(outer, holes)`` of each part, and what was put right."""

    parts: list[tuple[Ring, list[Ring]]]
    closed: int = 0


def drawing_from(parts: Iterable[Iterable[Iterable[tuple]]]) -> Drawing:
    """A drawing of raw parts, each an outer ring and its holes of (lng, lat[, altitude]).

    A ring that was left open is closed and counted. Raises UnusableShape.
    """
    raw = [[list(ring) for ring in rings] for rings in parts]
    if not raw:
        raise UnusableShape("no polygon")
    if (rings := sum(map(len, raw))) > MAX_RINGS:
        raise UnusableShape(f"more than {MAX_RINGS:,} rings, {rings:,}")
    check_points(sum(len(ring) for rings in raw for ring in rings))
    checked = [[_ring(ring) for ring in rings] for rings in raw]
    was_open = sum(not closed for rings in checked for _, closed in rings)
    return Drawing([(rings[0][0], [r for r, _ in rings[1:]]) for rings in checked], was_open)


def check_points(count: int) -> None:
    """Raises UnusableShape for more points than an outline can need."""
    if count > MAX_POINTS:
        raise UnusableShape(f"more than {MAX_POINTS:,} points, {count:,}")


def _ring(points: list[tuple]) -> tuple[Ring, bool]:
    """The ring, closed, and whether it came closed."""
    if not points:
        raise UnusableShape("a ring without coordinates")
    ring = [_place(*point[:2]) for point in points]
    if len(set(ring)) < 3:
        raise UnusableShape(f"a ring needs 3 different points, it has {len(set(ring))}")
    closed = ring[0] == ring[-1]
    return ring if closed else [*ring, ring[0]], closed


def _place(lng: float, lat: float) -> tuple[float, float]:
    if _inside(lng, lat):
        return lng, lat
    raise UnusableShape(f"a point outside the British Isles{_hint(lng, lat)}, {lng:g},{lat:g}")


def _hint(lng: float, lat: float) -> str:
    if _inside(lat, lng):
        return " (latitude and longitude are swapped)"
    if METRES < abs(lng) < math.inf and METRES < abs(lat) < math.inf:
        return " (these are metres of a grid, not degrees)"
    return ""


def _inside(lng: float, lat: float) -> bool:
    finite = math.isfinite(lng) and math.isfinite(lat)
    return finite and LNG[0] <= lng <= LNG[1] and LAT[0] <= lat <= LAT[1]
