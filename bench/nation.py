"""An invented England and Wales: 43 forces, 4,600 neighbourhoods, 2.7 million postcodes.

The same each time, made as it is asked for and never kept. Outlines share their edges to
the last point, as real ones do, and have as many points as wards have: about a hundred.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.imports import COLUMNS
from neighbourhoods import geometry
from neighbourhoods.importers.boundaries import Name, Reading
from neighbourhoods.models import Force, Neighbourhood
from neighbourhoods.postcodes import UNIT
from neighbourhoods.services import load_boundaries
from teams.models import ContactRoute, Member, NamedContact, Posting

FORCES, ACROSS, UP = 43, 100, 46
NEIGHBOURHOODS = ACROSS * UP
LIVE, ENDED = 1_800_000, 900_000
ON = date(2026, 1, 5)
# Beside the demonstration's two forces, so that none of its postcodes lies in two places.
SOUTH, NORTH, WEST, EAST = 50.4, 55.4, -4.2, 1.4
LAT_STEP, LNG_STEP = (NORTH - SOUTH) / UP, (EAST - WEST) / ACROSS
BEND = 0.15  # how far the middle of a line moves aside, as a share of its length
HALVINGS, SHARES = (3, 4, 5, 6), (20, 40, 30, 10)
AREAS = "ZA", "ZB", "ZC", "ZD", "ZE", "ZF", "ZG", "ZH"  # no real postcode begins so
FIRST_DISTRICT, DISTRICTS, SECTORS = 10, 90, 10
UNITS = len(UNIT) ** 2
FILLED = ("pcd", "pcd2", "pcds", "dointr", "doterm", "oslaua", "lat", "long")
TEAM = (Member.Rank.SERGEANT, Member.Rank.CONSTABLE, "", "")

Point = tuple[float, float]  # longitude, latitude


class Corner(NamedTuple):
    """Where four neighbourhoods meet, by column and row of the grid."""

    column: int
    row: int


def load() -> None:
    """Make the forces with their outlines in force, and a team in each neighbourhood."""
    for number in range(FORCES):
        force = Force.objects.create(id=f"nation-{number:02}", name=f"Nation {number} Police")
        areas = {f"NA{n:04}": _area(n) for n in range(NEIGHBOURHOODS) if _force_of(n) == number}
        load_boundaries(
            force=force,
            reading=Reading("nation", f"{number:064}", areas),
            names={code: Name(f"Nation {code}") for code in areas},
            valid_from=ON,
            activate_on=ON,
        )
        _post_teams(force)


def write_register(path: Path) -> int:
    """Write every postcode in the register's columns of August 2024; return the bytes."""
    tail = {name: at for at, name in enumerate(COLUMNS) if name in FILLED}
    with path.open("w", encoding="utf-8", newline="\n") as opened:
        opened.write(",".join(COLUMNS) + "\n")
        fields = [f'"E{at:08}"' for at in range(len(COLUMNS))]
        for row in postcodes():
            for name, value in zip(FILLED, row, strict=True):
                fields[tail[name]] = value
            opened.write(",".join(fields) + "\n")
    return path.stat().st_size


def postcodes() -> Iterator[tuple[str, ...]]:
    """The values under ``FILLED``, as the register writes them; a third are no longer in use."""
    chance = Random(FORCES)
    for number in range(LIVE + ENDED):
        outward, inward = _halves(number)
        cell = number * NEIGHBOURHOODS // (LIVE + ENDED)
        column, row = divmod(cell, UP)
        yield (
            f'"{outward:<4}{inward}"',
            f'"{outward:<4} {inward}"',
            f'"{outward} {inward}"',
            '"198001"',
            '"201606"' if number % 3 == 0 else '""',
            f'"E{7_000_000 + cell // 14:08}"',
            f"{SOUTH + (row + chance.random()) * LAT_STEP:.6f}",
            f"{WEST + (column + chance.random()) * LNG_STEP:.6f}",
        )


def _force_of(number: int) -> int:
    return number * FORCES // NEIGHBOURHOODS


def _halves(number: int) -> tuple[str, str]:
    """Outward and inward half of a postcode; each number has another one."""
    rest, unit = divmod(number, UNITS)
    rest, sector = divmod(rest, SECTORS)
    area, district = divmod(rest, DISTRICTS)
    letters = UNIT[unit // len(UNIT)] + UNIT[unit % len(UNIT)]
    return f"{AREAS[area]}{FIRST_DISTRICT + district}", f"{sector}{letters}"


def _area(number: int):
    """One cell of the grid, with the edges that its neighbours have, too."""
    column, row = divmod(number, UP)
    corners = [
        Corner(column, row),
        Corner(column + 1, row),
        Corner(column + 1, row + 1),
        Corner(column, row + 1),
    ]
    ring = []
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        ring.extend(_edge(start, end) if start < end else reversed(_edge(end, start)))
    return geometry.area_from_rings([([*ring, ring[0]], [])])[0]


@cache
def _edge(start: Corner, end: Corner) -> list[Point]:
    """A winding line between two corners: each half is bent again, some lines more often."""
    chance = Random(f"{start} {end}")
    line = [_spot(start), _spot(end)]
    [halvings] = chance.choices(HALVINGS, SHARES)
    for _ in range(halvings):
        line = [*_bent(line, chance)]
    return line


def _bent(line: list[Point], chance: Random) -> Iterator[Point]:
    for (x, y), (to_x, to_y) in zip(line, islice(line, 1, None), strict=False):
        aside = chance.uniform(-BEND, BEND)
        yield x, y
        yield (x + to_x) / 2 - aside * (to_y - y), (y + to_y) / 2 + aside * (to_x - x)
    yield line[-1]


def _spot(corner: Corner) -> Point:
    chance = Random(f"{corner}")
    return (
        WEST + (corner.column + chance.uniform(-BEND, BEND)) * LNG_STEP,
        SOUTH + (corner.row + chance.uniform(-BEND, BEND)) * LAT_STEP,
    )


def _post_teams(force: Force) -> None:
    """A sergeant, a constable who is named, and two PCSOs for each neighbourhood."""
    places = list(Neighbourhood.objects.filter(force=force))
    members = Member.objects.bulk_create(
        Member(
            force=force,
            reference=f"{place.code}-{at}",
            name=f"Tamsin Quillow {place.code}",
            role=Member.Role.POLICE_OFFICER if rank else Member.Role.PCSO,
            rank=rank,
        )
        for place in places
        for at, rank in enumerate(TEAM)
    )
    postings = Posting.objects.bulk_create(
        Posting(member=member, neighbourhood=places[at // len(TEAM)], from_on=ON)
        for at, member in enumerate(members)
    )
    NamedContact.objects.bulk_create(
        NamedContact(neighbourhood_id=posting.neighbourhood_id, posting=posting, from_on=ON)
        for posting in postings[1 :: len(TEAM)]
    )
    ContactRoute.objects.bulk_create(
        ContactRoute(
            neighbourhood=place,
            kind=ContactRoute.Kind.EMAIL,
            value=f"{place.code.lower()}@example.org",
        )
        for place in places
    )
