"""Rows of the ``neighbourhoods`` app: a force, its councils, its places, who deals with what."""

from dataclasses import dataclass
from datetime import date, datetime

from shapely import Geometry, MultiPolygon, Polygon, get_parts

from config.demo.content import Content
from config.demo.offsets import day
from neighbourhoods.geometry import Ring, area_from_rings, boundary_fields
from neighbourhoods.models import (
    Boundary,
    BoundarySet,
    Council,
    Force,
    Neighbourhood,
    PolicingArea,
    Signpost,
)


@dataclass(frozen=True)
class Places:
    """A loaded force with what later rows refer to, by the ids of the content file."""

    force: Force
    areas: dict[str, PolicingArea]
    neighbourhoods: dict[str, Neighbourhood]
    outlines: dict[str, MultiPolygon]


def load_places(content: Content, *, now: datetime) -> Places:
    """Write the force, its policing areas, neighbourhoods, boundaries and signposts."""
    tables = content.tables
    force = _load_force(tables["force"])
    areas = _load_areas(tables["areas"], force)
    neighbourhoods = _load_neighbourhoods(tables["places"], force, areas)
    outlines = {code: _outline(drawn) for code, drawn in tables["outlines"].items()}
    places = Places(force, areas, neighbourhoods, outlines)
    Council.objects.bulk_create(Council(**council) for council in tables["councils"])
    _load_boundaries(content, places, now=now)
    _load_signposts(tables["signposts"], force, now=now)
    return places


def _load_force(told: dict) -> Force:
    fields = ("id", "name", "name_cy", "welsh", "url", "report_url", "telephone")
    return Force.objects.create(**{field: told[field] for field in fields})


def _load_areas(told: list[dict], force: Force) -> dict[str, PolicingArea]:
    rows = PolicingArea.objects.bulk_create(PolicingArea(force=force, **area) for area in told)
    return {area.code: area for area in rows}


def _load_neighbourhoods(
    told: list[dict], force: Force, areas: dict[str, PolicingArea]
) -> dict[str, Neighbourhood]:
    rows = Neighbourhood.objects.bulk_create(
        Neighbourhood(
            force=force,
            area=areas[place["area"]],
            code=place["id"],
            name=place["name"],
            name_cy=place.get("name_cy", ""),
            description=place["description"],
            description_cy=place["description_cy"],
            population=place["residents"],
        )
        for place in told
    )
    return {neighbourhood.code: neighbourhood for neighbourhood in rows}


def _outline(drawn: dict[str, str]) -> MultiPolygon:
    holes = [_ring(drawn["hole"])] if "hole" in drawn else []
    area, _repaired = area_from_rings([(_ring(drawn["ring"]), holes)])
    return area


def _ring(text: str) -> Ring:
    """Corners written "latitude longitude, …" as (longitude, latitude)."""
    corners = (corner.split() for corner in text.replace("\n", " ").split(","))
    return [(float(lng), float(lat)) for lat, lng in corners]


def _load_boundaries(content: Content, places: Places, *, now: datetime) -> None:
    """The set in force and, where the file has one, a set that waits in the dark."""
    tables = content.tables
    if redrawn := tables.get("redrawn"):
        from_on = day(redrawn["boundaries_from"], now=now)
        _load_set(content, places, _redrawn(places.outlines, redrawn), from_on, now=now)
    from_on = day(tables["force"]["boundaries_from"], now=now)
    places.force.boundary_set = _load_set(content, places, places.outlines, from_on, now=now)
    places.force.save(update_fields=["boundary_set"])


def _load_set(
    content: Content,
    places: Places,
    outlines: dict[str, MultiPolygon],
    valid_from: date,
    *,
    now: datetime,
) -> BoundarySet:
    boundary_set = BoundarySet.objects.create(
        force=places.force,
        valid_from=valid_from,
        source=content.source,
        sha256=content.sha256,
        loaded_at=now,
    )
    boundary_set.draw(
        Boundary(
            boundary_set=boundary_set,
            neighbourhood=places.neighbourhoods[code],
            **boundary_fields(outline),
        )
        for code, outline in outlines.items()
    )
    return boundary_set


def _redrawn(outlines: dict[str, MultiPolygon], told: dict) -> dict[str, MultiPolygon]:
    """The outlines, where what one place has inside a ring has gone to another."""
    ring, _repaired = area_from_rings([(_ring(told["inside"]), [])])
    gives, takes = outlines[told["from"]], outlines[told["to"]]
    return outlines | {
        told["from"]: _whole(gives.difference(ring)),
        told["to"]: _whole(takes.union(gives.intersection(ring))),
    }


def _whole(shape: Geometry) -> MultiPolygon:
    """The polygons of a shape, as an outline is stored."""
    return MultiPolygon([part for part in get_parts(shape) if isinstance(part, Polygon)])


def _load_signposts(told: list[dict], force: Force, *, now: datetime) -> None:
    Signpost.objects.bulk_create(
        Signpost(
            force=force,
            position=position,
            reviewed_on=day(line["reviewed"], now=now),
            **{field: text for field, text in line.items() if field != "reviewed"},
        )
        for position, line in enumerate(told, start=1)
    )
