"""From a postcode or a point to neighbourhoods. The polygons in force alone decide."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from django.db.models import CharField, F, FloatField, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from neighbourhoods.geometry import (
    EDGE_M,
    Point,
    area_from_stored,
    box_around,
    distance_m,
    holds,
)
from neighbourhoods.models import (
    Boundary,
    Neighbourhood,
    Postcode,
    PostcodeBeside,
    PostcodeMatch,
)
from neighbourhoods.postcodes import InvalidPostcode, display, parse_postcode, suggestions
from neighbourhoods.queries.prepared import prepared

THE_FORCES = "boundary__boundary_set__force__boundary_set"
IN_FORCE = {THE_FORCES: F("boundary__boundary_set")}


class Answer(StrEnum):
    FOUND = "found"
    SEVERAL = "several"
    OUTSIDE = "outside"  # it has a place, and no neighbourhood in force holds it
    TERMINATED = "terminated"  # no longer in use; the neighbourhoods are those of its last place
    UNKNOWN = "unknown"  # new, or the register gives it no place
    INVALID = "invalid"


@dataclass(frozen=True)
class Located:
    """What is known of a postcode, or of a point, which has none.

    ``postcode`` is for display; as typed where it is invalid. ``other_side`` is the path of
    the nearest neighbourhood over a line within EDGE_M: of one that is looked up by itself
    and in a neighbourhood.
    """

    answer: Answer
    postcode: str
    neighbourhoods: list[Neighbourhood] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    terminated_on: date | None = None
    at: Point | None = None
    council_code: str = ""
    other_side: str = ""


def locate_postcode(text: str) -> Located:
    """Look one postcode up. Never raises: what is wrong with ``text`` is an answer, too.

    One query where a neighbourhood holds it, as nearly always; else those of many.
    """
    code = _parsed(text)
    matches = _matches_in_force(code=code) if code else []
    if not matches:
        return locate_postcodes([text])[0]
    places = _in_order(match.boundary.neighbourhood for match in matches)
    found = _located(text, code, {code: matches[0].postcode}, {code: places}, {})
    return replace(found, other_side=matches[0].other_side or "")


def locate_postcodes(texts: list[str]) -> list[Located]:
    """Look many up, in their order, with four queries however many there are.

    What an invalid text may have meant is suggested by its letters alone; for an
    unknown postcode only look-alikes that the register knows are.
    """
    codes = {text: _parsed(text) for text in texts}
    known = Postcode.objects.in_bulk({code for code in codes.values() if code})
    places = _neighbourhoods_by_postcode(known)
    unknown = [text for text, code in codes.items() if code and code not in known]
    meant = _known_suggestions(unknown)
    return [_located(text, codes[text], known, places, meant) for text in texts]


def locate_at(at: Point) -> Located:
    """Look a point up: found, several or outside. One query, so of one moment."""
    rows = _outlines_touching(**box_around(at, EDGE_M)._asdict())
    holding = [row for row in rows if holds(row.geometry, lat=at.lat, lng=at.lng)]
    places = _in_order(row.neighbourhood for row in holding)
    beyond = closest([row for row in rows if row not in holding], to=at, within_m=EDGE_M)
    other_side = beyond[0].path if places and beyond else ""
    return Located(_answer_of(places), "", places, at=at, other_side=other_side)


def closest(
    boundaries: Iterable[Boundary], *, to: Point, within_m: float
) -> tuple[Neighbourhood, float] | None:
    """Whose outline is nearest to a point, and by how many metres; None where all are further."""
    measured = [
        (distance_m(area_from_stored(row.geometry), to), row.pk, row.neighbourhood)
        for row in boundaries
    ]
    away_m, _pk, neighbourhood = min(measured, default=(within_m + 1, 0, None))
    return (neighbourhood, away_m) if away_m <= within_m else None


@prepared(south=FloatField(), north=FloatField(), west=FloatField(), east=FloatField())
def _outlines_touching(**box) -> QuerySet[Boundary]:
    rows = Boundary.objects.in_force().touching(**box).defer("outline")
    return rows.select_related("neighbourhood__force", "neighbourhood__area")


@prepared(code=CharField())
def _matches_in_force(*, code) -> QuerySet[PostcodeMatch]:
    """The postcode with each neighbourhood that holds it, and the path of the other side."""
    others = PostcodeBeside.objects.filter(postcode=code, **IN_FORCE).order_by("metres", "boundary")
    there = "boundary__neighbourhood"
    paths = others.values(path=Concat(f"{there}__force_id", Value("/"), f"{there}__code"))
    return (
        PostcodeMatch.objects.filter(postcode=code, **IN_FORCE)
        .annotate(other_side=Subquery(paths[:1]))
        .select_related(
            "postcode", "boundary__neighbourhood__force", "boundary__neighbourhood__area"
        )
        .defer("boundary__geometry", "boundary__outline")
    )


def _parsed(text: str) -> str | None:
    try:
        return parse_postcode(text)
    except InvalidPostcode:
        return None


def _located(
    text: str,
    code: str | None,
    known: dict[str, Postcode],
    places: dict[str, list[Neighbourhood]],
    meant: dict[str, list[str]],
) -> Located:
    if code is None:
        return Located(Answer.INVALID, text.strip(), suggestions=suggestions(text))
    postcode = known.get(code)
    if postcode is None:
        return Located(Answer.UNKNOWN, display(code), suggestions=meant[text])
    return Located(
        _answer(postcode, places[code]),
        display(code),
        neighbourhoods=places[code],
        terminated_on=postcode.terminated_on,
        at=None if postcode.lat is None else Point(postcode.lat, postcode.lng),
        council_code=postcode.council_code,
    )


def _answer(postcode: Postcode, neighbourhoods: list[Neighbourhood]) -> Answer:
    if postcode.terminated_on:
        return Answer.TERMINATED
    if postcode.lat is None:
        return Answer.UNKNOWN
    return _answer_of(neighbourhoods)


def _answer_of(neighbourhoods: list[Neighbourhood]) -> Answer:
    return (Answer.OUTSIDE, Answer.FOUND, Answer.SEVERAL)[min(len(neighbourhoods), 2)]


def _neighbourhoods_by_postcode(codes: Iterable[str]) -> dict[str, list[Neighbourhood]]:
    matches = PostcodeMatch.objects.filter(postcode__in=codes)
    rows = matches.values_list(
        "postcode", "boundary__neighbourhood", "boundary__boundary_set", THE_FORCES
    )
    # Left to the database, this makes PostgreSQL read all matches of a nation for a batch.
    pairs = [(code, pk) for code, pk, of, in_force in rows if of == in_force]
    places = Neighbourhood.objects.select_related("force", "area")
    neighbourhoods = places.in_bulk({pk for _, pk in pairs})
    found = defaultdict(list)
    for code, pk in pairs:
        found[code].append(neighbourhoods[pk])
    return defaultdict(list, {code: _in_order(held) for code, held in found.items()})


def _known_suggestions(texts: list[str]) -> dict[str, list[str]]:
    meant = {text: suggestions(text) for text in texts}
    codes = {parse_postcode(one) for several in meant.values() for one in several}
    known = set(Postcode.objects.filter(pk__in=codes).values_list("pk", flat=True))
    return {
        text: [one for one in several if parse_postcode(one) in known]
        for text, several in meant.items()
    }


def _in_order(neighbourhoods: Iterable[Neighbourhood]) -> list[Neighbourhood]:
    """By force and id in ASCII order, which no database's collation promises."""
    return sorted(neighbourhoods, key=lambda place: (place.force_id, place.code))
