"""Lines drawn so that checking or mending them would take minutes, found in a moment.

Both take as long as there are pairs of lines to look at, so those are counted first. Of
all the real outlines at hand the busiest has 5 pairs for each line.
"""

from collections.abc import Iterator
from itertools import pairwise

import shapely
from shapely import MultiPolygon

from neighbourhoods.geometry import Ring

PAIRS_A_LINE, PAIRS_FREE = 50, 50_000
MAX_CROSSINGS = 3_000
AT_ONCE = 1_000_000  # pairs held in memory, at most

Parts = list[tuple[Ring, list[Ring]]]


class Tangled(ValueError):
    """The message is the fact and the value."""


def check_lines(parts: Parts) -> None:
    """Raises Tangled for rings that cannot be checked, or cannot be mended, in about a second."""
    lines = _lines(parts)
    limit = PAIRS_FREE + PAIRS_A_LINE * len(lines)
    if _more(_pairs(lines, None), limit):
        raise Tangled(f"lines run close by each other over {limit:,} times, {len(lines):,} lines")
    # Each line touches itself and both its neighbours; a crossing is found from both sides.
    touching = 3 * len(lines) + 2 * MAX_CROSSINGS
    if not shapely.is_valid(MultiPolygon(parts)) and _more(_pairs(lines, "intersects"), touching):
        raise Tangled(f"crosses itself over {MAX_CROSSINGS:,} times, {len(lines):,} lines")


def _lines(parts: Parts) -> list:
    rings = [ring for outer, holes in parts for ring in (outer, *holes)]
    return shapely.linestrings([[a, b] for ring in rings for a, b in pairwise(ring) if a != b])


def _pairs(lines: list, predicate: str | None) -> Iterator[int]:
    """How many pairs each few lines make."""
    tree = shapely.STRtree(lines)
    step = max(1, AT_ONCE // len(lines))
    for start in range(0, len(lines), step):
        yield tree.query(lines[start : start + step], predicate=predicate).shape[1]


def _more(counts: Iterator[int], limit: int) -> bool:
    """Whether they come to more than ``limit``; counts no further than that."""
    total = 0
    return any((total := total + count) > limit for count in counts)
