"""Invented postcodes: those that a story names, and a seeded scatter inside each outline."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

import shapely
from shapely import MultiPolygon, Polygon

from config.demo.offsets import day
from config.demo.places import Places
from neighbourhoods.models import Postcode
from neighbourhoods.postcodes import UNIT, parse_postcode

# Degrees, some 35 to 55 m: none of the scatter is near an edge by chance.
CLEAR_OF_LINES = 0.0005


def load_postcodes(tables: dict, places: Places, *, now: datetime) -> list[Postcode]:
    """Write the force's postcodes and return them. Which places they lie in is not said here."""
    rows = [_named(told, now=now) for told in tables["named_postcodes"]]
    # A code that a visitor is told will not be found must not come up by chance.
    taken = {row.code for row in rows} | {_code(told["postcode"]) for told in tables["examples"]}
    for told in tables["places"]:
        ground = _own_ground(told["id"], places.outlines)
        rows.extend(_scattered(told["postcodes"], told["council"], ground, taken))
    return Postcode.objects.bulk_create(rows)


def _named(told: dict, *, now: datetime) -> Postcode:
    lat, lng = map(float, told["at"].split())
    ended = told.get("terminated")
    # The register gives a month, which is kept as its first day.
    terminated_on = day(ended, now=now).replace(day=1) if ended else None
    return Postcode(
        code=parse_postcode(told["code"]),
        lat=lat,
        lng=lng,
        terminated_on=terminated_on,
        council_code=told["council"],
    )


def _code(text: str) -> str:
    """The code as it is stored; also for an example that is no postcode at all."""
    return text.replace(" ", "")


def _own_ground(code: str, outlines: dict[str, MultiPolygon]) -> MultiPolygon | Polygon:
    """What belongs to this place alone, well clear of its lines."""
    others = shapely.union_all([area for other, area in outlines.items() if other != code])
    return outlines[code].difference(others).buffer(-CLEAR_OF_LINES)


def _scattered(
    rule: dict, council: str, ground: MultiPolygon | Polygon, taken: set[str]
) -> Iterator[Postcode]:
    """``count`` new postcodes in turn from each sector; the same ones for the same seed."""
    chance = Random(rule["seed"])  # noqa: S311  # a repeatable scatter, not a secret
    sectors = [_code(sector) for sector in rule["sectors"]]
    for number in range(rule["count"]):
        code = _unused(sectors[number % len(sectors)], chance, taken)
        taken.add(code)
        lat, lng = _point_in(ground, chance)
        yield Postcode(code=code, lat=lat, lng=lng, council_code=council)


def _unused(sector: str, chance: Random, taken: set[str]) -> str:
    while (code := sector + chance.choice(UNIT) + chance.choice(UNIT)) in taken:
        continue
    return code


def _point_in(ground: MultiPolygon | Polygon, chance: Random) -> tuple[float, float]:
    """A point of the ground as (lat, lng), each spot as likely as any other."""
    west, south, east, north = ground.bounds
    while True:
        lng, lat = round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6)
        if shapely.contains_xy(ground, lng, lat):
            return lat, lng
