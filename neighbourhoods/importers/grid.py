"""Metres of the British National Grid into degrees."""

from functools import cache

from pyproj import Transformer

ACCURACY_M = 3
# The seven numbers of Ordnance Survey's "Guide to coordinate systems in Great Britain". Written
# out, so that the answer does not depend on which grid files a machine happens to have.
PIPELINE = """
    +proj=pipeline
    +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy
    +step +proj=cart +ellps=airy
    +step +proj=helmert +convention=position_vector
        +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489
    +step +inv +proj=cart +ellps=WGS84
    +step +proj=unitconvert +xy_in=rad +xy_out=deg
"""


def degrees(easting: float, northing: float) -> tuple[float, float]:
    """``(lng, lat)`` in WGS84, good to about 3 m in Great Britain; infinite where there is none."""
    lng, lat = _transformer().transform(easting, northing)
    return lng, lat


@cache
def _transformer() -> Transformer:
    return Transformer.from_pipeline(PIPELINE)
