"""Lookups on areas drawn at random beside, over and inside each other, against shapely alone."""

import pytest
import shapely
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from neighbourhoods.geometry import EDGE_M, Point, area_from_stored, distance_m
from neighbourhoods.importers.matching import Shapes, match_postcodes, match_set, watched_sets
from neighbourhoods.models import (
    Boundary,
    Neighbourhood,
    Postcode,
    PostcodeBeside,
    PostcodeMatch,
)
from neighbourhoods.queries import locate_at, locate_postcode
from neighbourhoods.queries.points import ids_at_point
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
)

pytestmark = pytest.mark.django_db
SOUTH, WEST, STEP = 52.0, -1.0, 0.0005  # 56 m up, 34 m across: much is near several lines
STEPS = 8
CODES = [f"WQ11A{letter}" for letter in "ABDEFG"]


def corner(x, y):
    return Point(SOUTH + y * STEP, WEST + x * STEP)


@st.composite
def rectangles(draw):
    """Lines of several often coincide."""
    x, y = draw(st.integers(0, STEPS - 1)), draw(st.integers(0, STEPS - 1))
    south, west = corner(x, y)
    north, east = corner(draw(st.integers(x + 1, STEPS)), draw(st.integers(y + 1, STEPS)))
    return box(west, south, east, north)


@st.composite
def areas(draw):
    """One or two rectangles, often with another one cut out."""
    drawn = shapely.union_all(draw(st.lists(rectangles(), min_size=1, max_size=2)))
    left = drawn - draw(rectangles()) if draw(st.booleans()) else drawn
    return MultiPolygon(shapely.get_parts(left if left.area else drawn).tolist())


steps = st.integers(0, STEPS) | st.floats(-1, STEPS + 1)
point = st.builds(corner, steps, steps)
points = st.lists(point, min_size=1, max_size=len(CODES))
sets = st.lists(areas(), min_size=1, max_size=4)


def drawn_set(force, outlines, *, active):
    boundary_set = BoundarySetFactory(force=force, active=active)
    for number, polygon in enumerate(outlines):
        place, _made = Neighbourhood.objects.get_or_create(force=force, code=f"N{number}")
        BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, polygon=polygon)
    return boundary_set


def put(code, at):
    """The postcode there, as an import does: new, or moved from where it was."""
    row = {"lat": at.lat, "lng": at.lng}
    _found, new = Postcode.objects.update_or_create(code=code, defaults=row)
    match_postcodes([(code, *at)], Shapes.of(watched_sets()), new={code} if new else set())


def rows():
    return (
        set(PostcodeMatch.objects.values_list("postcode", "boundary")),
        set(PostcodeBeside.objects.values_list("postcode", "boundary", "metres")),
    )


def by_force(*drawn):
    return sorted((row.neighbourhood.force_id, row.neighbourhood.code) for row in drawn)


def assert_agrees(code, at):
    """What shapely says of every outline in force is what all lookups say."""
    outlines = {row: area_from_stored(row.geometry) for row in Boundary.objects.in_force()}
    holding = [row for row, area in outlines.items() if area.intersects(shapely.Point(at[::-1]))]
    away = {row: distance_m(area, at) for row, area in outlines.items() if row not in holding}
    nearest = min(away, key=lambda row: (away[row], row.pk), default=None)
    other = nearest.neighbourhood.path if holding and nearest and away[nearest] <= EDGE_M else ""

    assert ids_at_point(lat=at.lat, lng=at.lng) == by_force(*holding)
    for located in (locate_at(at), locate_postcode(code)):
        found = [(place.force_id, place.code) for place in located.neighbourhoods]
        assert (found, located.other_side) == (by_force(*holding), other)


@settings(max_examples=25)
@given(ours=sets, theirs=sets, redrawn=sets, places=points)
def test_every_lookup_agrees_with_shapely_before_and_after_a_switch(ours, theirs, redrawn, places):
    with transaction.atomic():
        force, neighbour = ForceFactory(), ForceFactory()
        in_force = drawn_set(force, ours, active=True)
        dark = drawn_set(force, redrawn, active=False)
        drawn_set(neighbour, theirs, active=True)
        for code, at in zip(CODES, places, strict=False):
            put(code, at)

        for force.boundary_set in (in_force, dark):
            force.save()
            for code, at in zip(CODES, places, strict=False):
                assert_agrees(code, at)
        transaction.set_rollback(True)


@settings(max_examples=25)
@given(outlines=sets, moves=st.lists(st.tuples(point, point), min_size=1, max_size=len(CODES)))
def test_postcodes_last_moved_or_boundaries_last_give_the_same_rows(outlines, moves):
    with transaction.atomic():
        boundary_set = drawn_set(ForceFactory(), outlines, active=True)
        for code, places in zip(CODES, moves, strict=False):
            for at in places:
                put(code, at)
        postcodes_last = rows()
        for model in (PostcodeMatch, PostcodeBeside):
            model.objects.all().delete()
        match_set(boundary_set)

        assert rows() == postcodes_last
        transaction.set_rollback(True)
