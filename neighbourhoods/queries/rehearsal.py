"""What a switch to a set of boundaries would change, told before it is made. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import shapely
from django.db.models import Count, DateField, Model

from neighbourhoods.geometry import hectares
from neighbourhoods.models import Boundary, BoundarySet, Following, Neighbourhood, Postcode
from neighbourhoods.queries.generations import (
    Generation,
    Parts,
    followings_after,
    parts_of,
    renamed_by,
    told_successions,
)

SMALLEST_HA = 0.01  # 100 square metres: below that two lines that should be one
PATCHES_SHOWN, EXAMPLES = 20, 3
NOWHERE = "(none)"  # in place of an id
# What belongs to the boundaries themselves, or is told apart.
OWN = {
    "neighbourhoods.areamembership",
    "neighbourhoods.boundary",
    "neighbourhoods.following",
    "neighbourhoods.succession",
}


@dataclass(frozen=True)
class Ending:
    """A neighbourhood and what it becomes, the one that carries on first; ``told`` by the force."""

    place: Neighbourhood
    after: list[Neighbourhood]
    told: bool


@dataclass(frozen=True)
class Move:
    """How many go from one neighbourhood to another, or to none; of what, where that matters."""

    before: str
    after: str
    count: int
    what: str = ""


@dataclass(frozen=True)
class Patch:
    """Ground in several neighbourhoods, or in none, with live postcodes that lie there."""

    codes: tuple[str, ...]
    hectares: float
    postcodes: list[str]


@dataclass(frozen=True)
class Rehearsal:
    """What a switch changes. ``rows`` stay where they are; ``after`` is who answers for them."""

    boundary_set: BoundarySet
    endings: list[Ending]
    beginning: list[Neighbourhood]
    renamed: list[Boundary]
    postcodes: list[Move]
    followers: list[Move]
    rows: list[Move]
    months: list[date]
    overlaps: list[Patch]
    gaps: list[Patch]

    @property
    def lost(self) -> list[Neighbourhood]:
        """Neighbourhoods that nothing comes after: as long as there are any, no switch."""
        return [ending.place for ending in self.endings if not ending.after]

    @property
    def lines(self) -> list[str]:
        """The whole, for a terminal."""
        return [
            f"Rehearsal of the switch to {self.boundary_set}:",
            *map(_ending_line, self.endings),
            *(f"begins: {place.code}" for place in self.beginning),
            *(f"renamed: {row.neighbourhood.code} -> {row.names[0]}" for row in self.renamed),
            *(f"{m.count:,} postcode(s): {m.before} -> {m.after}" for m in self.postcodes),
            *(f"{m.count:,} follower(s): {m.before} -> {m.after}" for m in self.followers),
            *(
                f"{m.count:,} row(s) of {m.what} stay with {m.before}, answered for by {m.after}"
                for m in self.rows
            ),
            *_month_lines(self.months),
            *_patch_lines("overlap", self.overlaps),
            *_patch_lines("gap", self.gaps),
        ]


def rehearse(boundary_set: BoundarySet, *, old: Generation | None = None) -> Rehearsal:
    """What the switch to a set changes, from ``old``, by default what is in force.

    Postcodes are those that the set was last matched with: newer sets are kept up, an
    older one is matched again when it is switched to.
    """
    old = Generation.of(boundary_set.force.boundary_set) if old is None else old
    new, told = Generation.of(boundary_set), told_successions(boundary_set)
    parts = parts_of(old, new, told)
    places = Neighbourhood.objects.in_bulk(old.drawn | new.drawn)
    codes = {pk: place.code for pk, place in places.items()}
    areas, was = new.areas(), old.areas()
    return Rehearsal(
        boundary_set=boundary_set,
        endings=[
            Ending(places[pk], [places[one] for one in after], told=pk in told)
            for pk, after in parts.items()
        ],
        beginning=_in_order(places[pk] for pk in new.drawn - old.drawn),
        renamed=renamed_by(boundary_set),
        postcodes=_postcode_moves(old, new, codes),
        followers=_follower_moves(old, followings_after(old, new, parts), codes),
        rows=_row_moves(parts, codes),
        months=_months(_changed(old, new)),
        overlaps=_largest(_overlaps(areas, codes)),
        gaps=_largest(_gaps(areas, was)),
    )


def _ending_line(ending: Ending) -> str:
    how = "told" if ending.told else "proposed"
    after = ", ".join(place.code for place in ending.after)
    return f"becomes: {ending.place.code} -> {after or '(NOTHING: name its successor)'} ({how})"


def _month_lines(months: list[date]) -> list[str]:
    if not months:
        return []
    first, last = months[0], months[-1]
    return [f"import again: {len(months)} month(s) of figures, {first:%Y-%m} to {last:%Y-%m}"]


def _patch_lines(what: str, patches: list[Patch]) -> Iterator[str]:
    for patch in patches:
        where = f" of {' and '.join(patch.codes)}" if patch.codes else ""
        examples = ", ".join(patch.postcodes) or "no postcode"
        yield f"{what}{where}: {patch.hectares:,.2f} ha, {examples}"


def _in_order(places: Iterable[Neighbourhood]) -> list[Neighbourhood]:
    return sorted(places, key=lambda place: place.code)


def _moves(counts: Counter, codes: dict[int, str], what: str = "") -> list[Move]:
    moves = [
        Move(codes.get(before, NOWHERE), codes.get(after, NOWHERE), count, what)
        for (before, after), count in counts.items()
    ]
    return sorted(moves, key=lambda move: (move.what, move.before, move.after))


def _postcode_moves(old: Generation, new: Generation, codes: dict[int, str]) -> list[Move]:
    """Live postcodes that leave a neighbourhood or come to one."""
    counts = Counter()
    for code in old.live | new.live:
        was, is_now = old.postcodes.get(code, set()), new.postcodes.get(code, set())
        for before in (was - is_now) or ({None} if is_now - was else set()):
            counts.update((before, after) for after in (is_now - was) or {None})
    return _moves(counts, codes)


def _follower_moves(
    old: Generation, after: dict[int, tuple[int, ...]], codes: dict[int, str]
) -> list[Move]:
    rows = Following.objects.filter(neighbourhood__in=old.drawn).values_list("pk", "neighbourhood")
    pairs = ((before, one) for pk, before in rows for one in after.get(pk, ()) if one != before)
    return _moves(Counter(pairs), codes)


def _row_moves(parts: Parts, codes: dict[int, str]) -> list[Move]:
    """Of every model that points at neighbourhoods, whatever app it belongs to."""
    successors = {place: after[0] if after else None for place, after in parts.items()}
    ending = [place for place, successor in successors.items() if place != successor]
    moves = []
    for model, name in _pointing():
        rows = model.objects.order_by().filter(**{f"{name}__in": ending}).values_list(name)
        counts = {(p, successors[p]): n for p, n in rows.annotate(Count("pk", distinct=True))}
        moves += _moves(Counter(counts), codes, str(model._meta.verbose_name))
    return sorted(moves, key=lambda move: (move.what, move.before))


def _pointing() -> Iterator[tuple[type[Model], str]]:
    """Every model with a field that points at neighbourhoods, and the field's name."""
    for relation in Neighbourhood._meta.related_objects:
        if relation.related_model._meta.label_lower not in OWN:
            yield relation.related_model, relation.field.name


def _changed(old: Generation, new: Generation) -> set[int]:
    """Neighbourhoods whose outline is not what it was."""
    every = old.drawn | new.drawn
    return {place for place in every if old.outlines.get(place) != new.outlines.get(place)}


def _months(changed: set[int]) -> list[date]:
    """The months of which something was counted by the outlines that change."""
    months = set()
    for model, name in _pointing():
        fields = {field.name: field for field in model._meta.concrete_fields}
        if isinstance(fields.get("month"), DateField):
            rows = model.objects.order_by().filter(**{f"{name}__in": changed})
            months.update(rows.values_list("month", flat=True).distinct())
    return sorted(months)


def _overlaps(areas: dict[int, shapely.MultiPolygon], codes: dict[int, str]) -> Iterator[tuple]:
    """``(shape, codes)`` of all that two neighbourhoods both have."""
    places, shapes = list(areas), list(areas.values())
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    for one, other in pairs:
        if one < other:
            both = sorted((codes[places[one]], codes[places[other]]))
            yield shapes[one].intersection(shapes[other]), tuple(both)


def _gaps(areas: dict[int, shapely.MultiPolygon], was: dict[int, shapely.MultiPolygon]) -> Iterator:
    """``(shape, ())`` of holes between the neighbourhoods, and of ground that they had before."""
    covered = shapely.union_all(list(areas.values()))
    rings = shapely.get_parts(covered)
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in rings])
    had = shapely.union_all([filled, *was.values()])
    for part in shapely.get_parts(had.difference(covered)):
        yield part, ()


def _largest(patches: Iterable[tuple]) -> list[Patch]:
    """Those above SMALLEST_HA, the largest first, at most PATCHES_SHOWN."""
    sized = [(hectares(shape), codes, shape) for shape, codes in patches]
    large = sorted((one for one in sized if one[0] >= SMALLEST_HA), key=lambda one: -one[0])
    return [
        Patch(codes, round(size, 2), _examples(shape))
        for size, codes, shape in large[:PATCHES_SHOWN]
    ]


def _examples(shape: shapely.Geometry) -> list[str]:
    """A few live postcodes that lie in the shape."""
    west, south, east, north = shape.bounds
    around = Postcode.objects.filter(
        lat__range=(south, north), lng__range=(west, east), terminated_on=None
    )
    found = []
    for postcode in around.order_by("pk").iterator(chunk_size=500):
        if shapely.intersects_xy(shape, postcode.lng, postcode.lat):
            found.append(str(postcode))
        if len(found) == EXAMPLES:
            break
    return found
