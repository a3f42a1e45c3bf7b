"""What becomes of neighbourhoods, postcodes and followers from one set of outlines to the next."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import shapely

from neighbourhoods.geometry import area_from_stored, hectares
from neighbourhoods.models import Boundary, BoundarySet, Following, PostcodeMatch, Succession

# Below this share of what a neighbourhood had, a piece that goes elsewhere is no part of it.
PART = 0.1
Parts = dict[
    int, list[int]
]  # by pk: what a neighbourhood becomes, the one that it lives on as first


@dataclass(frozen=True)
class Generation:
    """One set as it stands, by pk of neighbourhood; read whole, since a set may be emptied."""

    outlines: dict[int, bytes] = field(default_factory=dict)
    postcodes: dict[str, set[int]] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, boundary_set: BoundarySet | None) -> "Generation":
        """Two queries; without a set nothing is drawn."""
        boundaries = Boundary.objects.filter(boundary_set=boundary_set)
        matches = PostcodeMatch.objects.filter(boundary__boundary_set=boundary_set)
        postcodes, live = defaultdict(set), set()
        rows = matches.values_list("postcode", "boundary__neighbourhood", "postcode__terminated_on")
        for code, place, terminated_on in rows.iterator():
            postcodes[code].add(place)
            if terminated_on is None:
                live.add(code)
        outlines = boundaries.values_list("neighbourhood", "geometry")
        return cls({place: bytes(stored) for place, stored in outlines}, dict(postcodes), live)

    @property
    def drawn(self) -> set[int]:
        return set(self.outlines)

    def areas(self) -> dict[int, shapely.MultiPolygon]:
        return {place: area_from_stored(stored) for place, stored in self.outlines.items()}


def told_successions(boundary_set: BoundarySet) -> Parts:
    """What the force has told that neighbourhoods become with this set."""
    told = defaultdict(list)
    rows = Succession.objects.filter(boundary_set=boundary_set, told=True)
    for before, after in rows.values_list("before", "after"):
        told[before].append(after)
    return dict(told)


def renamed_by(boundary_set: BoundarySet) -> list[Boundary]:
    """The outlines of a set that calls their neighbourhood by another name. One query."""
    rows = boundary_set.boundaries.exclude(name="").select_related("neighbourhood")
    rows = rows.defer("geometry", "outline").order_by("neighbourhood__code")
    return [row for row in rows if row.names != (row.neighbourhood.name, row.neighbourhood.name_cy)]


def parts_of(old: Generation, new: Generation, told: Parts) -> Parts:
    """What each neighbourhood becomes that ``new`` no longer draws, or that is told to be split.

    Told, or else proposed: those that take PART or more of its live postcodes, of its
    ground where it shares none. Where most postcodes go comes first, for there its
    identity goes on; a neighbourhood that is drawn further stays what it is. Empty for one
    that shares nothing with the new set.
    """
    shared = _shared_postcodes(old, new)
    areas = new.areas() if old.drawn - new.drawn else {}
    parts = {}
    for place in sorted(old.drawn - new.drawn):
        shares = shared[place] or _shared_ground(area_from_stored(old.outlines[place]), areas)
        parts[place] = _ordered(told.get(place) or _large(shares), shares)
    for place in old.drawn & new.drawn & told.keys():
        parts[place] = [place, *_ordered(told[place], shared[place])]
    return parts


def followings_after(old: Generation, new: Generation, parts: Parts) -> dict[int, tuple[int, ...]]:
    """The neighbourhoods of each following (its pk) that changes its neighbourhood.

    One that hangs on the follower's postcode is looked up in the new set; another goes
    with its neighbourhood, to each part.
    """
    rows = Following.objects.filter(neighbourhood__in=old.drawn)
    changed = {}
    for pk, place, code in rows.values_list("pk", "neighbourhood", "follower__postcode").order_by(
        "pk"
    ):
        after = _after(place, code, old, new, parts)
        if after != (place,):
            changed[pk] = after
    return changed


def _after(
    place: int, code: str, old: Generation, new: Generation, parts: Parts
) -> tuple[int, ...]:
    looked_up = new.postcodes.get(code, set()) if place in old.postcodes.get(code, ()) else set()
    if place in looked_up:
        return (place,)
    return tuple(sorted(looked_up)) or tuple(parts.get(place) or [place])


def _shared_postcodes(old: Generation, new: Generation) -> dict[int, Counter]:
    """Of each old neighbourhood, how many live postcodes lie in which new ones."""
    shared = defaultdict(Counter)
    for code in old.live:
        for before in old.postcodes[code]:
            shared[before].update(new.postcodes.get(code, ()))
    return shared


def _shared_ground(area: shapely.MultiPolygon, areas: dict[int, shapely.MultiPolygon]) -> Counter:
    """The hectares of ``area`` that lie in each of ``areas``, nothing for those beside it."""
    touching = {place: other for place, other in areas.items() if area.intersects(other)}
    shares = {place: hectares(area.intersection(other)) for place, other in touching.items()}
    return Counter({place: share for place, share in shares.items() if share})


def _large(shares: Counter) -> list[int]:
    """Those with PART or more of the whole; the largest in any case."""
    largest = max(shares.values(), default=0)
    whole = sum(shares.values())
    return [place for place, share in shares.items() if share >= min(PART * whole, largest)]


def _ordered(places: Iterable[int], shares: Counter) -> list[int]:
    return sorted(places, key=lambda place: (-shares[place], place))
