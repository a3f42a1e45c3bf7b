"""From the coordinates of crime files to neighbourhoods.

The source moves every incident to one of few public places, so each place is looked at
once in a file, however many incidents are there.
"""

from collections.abc import Callable
from operator import itemgetter

import shapely

from neighbourhoods.geometry import area_from_stored
from neighbourhoods.importers.reporting import SHOWN
from neighbourhoods.models import Boundary, Force

Written = tuple[str, str]  # longitude and latitude as the file has them
NOWHERE = -1
LNG, LAT = (-10, 3), (48, 62)  # generous: beyond it a coordinate is a mistake, no place


class Spots(dict):
    """The number of each place of a file, given out when it first comes; -1 is no place.

    ``lngs`` and ``lats`` hold the places by number. ``unusable`` says where each
    coordinate first stood that is neither blank nor a place.
    """

    def __init__(self, where: Callable[[], str]):
        super().__init__({("", ""): NOWHERE})
        self.where = where
        self.lngs: list[float] = []
        self.lats: list[float] = []
        self.unusable: list[str] = []

    def __missing__(self, written: Written) -> int:
        lng, lat = map(_degrees, written)
        if LNG[0] <= lng <= LNG[1] and LAT[0] <= lat <= LAT[1]:
            self[written] = len(self.lngs)
            self.lngs.append(lng)
            self.lats.append(lat)
        else:
            self[written] = NOWHERE
            self._unusable(written)
        return self[written]

    def _unusable(self, written: Written) -> None:
        if any(text.strip() for text in written) and len(self.unusable) < SHOWN:
            shown = ",".join(written)[:60]
            self.unusable.append(f"{self.where()}: counted without coordinates, {shown!r}")


class Outlines:
    """A force's boundaries in force, read once."""

    def __init__(self, force: Force):
        rows = Boundary.objects.filter(boundary_set=force.boundary_set_id).values_list(
            "neighbourhood__code", "neighbourhood", "geometry"
        )
        rows = sorted(rows, key=itemgetter(0))  # as Python does, in the order of code points
        self.neighbourhoods = [pk for _, pk, _ in rows]
        self.areas = [area_from_stored(stored) for _, _, stored in rows]
        shapely.prepare(self.areas)

    def neighbourhoods_at(self, lngs: list[float], lats: list[float]) -> list[int | None]:
        """The key of the neighbourhood at each place; the first by id where there are several.

        A place on a line is inside, one in a hole is not.
        """
        found: list[int | None] = [None] * len(lngs)
        if not self.areas:
            return found
        tree = shapely.STRtree(shapely.points(lngs, lats))
        area_of, place_of = tree.query(self.areas, predicate="intersects").tolist()
        for area, place in sorted(zip(area_of, place_of, strict=True), reverse=True):
            found[place] = self.neighbourhoods[area]
        return found


def _degrees(text: str) -> float:
    """The number, or not-a-number, which lies between no two others."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
