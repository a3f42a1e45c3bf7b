"""Where residents of a neighbourhood meet or reach their police, and when."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, CharField, QuerySet

from neighbourhoods.clock import london_date
from neighbourhoods.geometry import Point, metres_per_degree
from neighbourhoods.models import (
    Boundary,
    Neighbourhood,
    OpeningException,
    OpeningHours,
    Place,
)
from neighbourhoods.opening import Opening, Span, opening_at
from neighbourhoods.queries.prepared import Question, prepared

OF_WHOLE_FORCE = 3


@dataclass(frozen=True)
class DayHours:
    """The hours of one weekday; without spans it is closed."""

    name: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class PlaceNow:
    """A place with its hours, and whether it is open at one moment.

    ``week`` is Monday to Sunday; it is empty, and ``opening`` None, where no hours are
    told. ``exceptions`` are those of today and later.
    """

    place: Place
    week: tuple[DayHours, ...]
    exceptions: tuple[OpeningException, ...]
    opening: Opening | None


def places_of(neighbourhood: Neighbourhood, boundary: Boundary | None) -> list[Place]:
    """The places that serve a neighbourhood: its own, then the nearest of the whole force.

    Each part nearest first, counted from inside ``boundary``, the outline in force;
    places without coordinates come last, and without an outline all go by name. One query.
    """
    rows = _serving(neighbourhood=neighbourhood.pk, force=neighbourhood.force_id)
    centre = boundary and Point(boundary.centre_lat, boundary.centre_lng)
    places = sorted(rows, key=lambda place: _away_m(place, centre))
    own = [place for place in places if place.is_own]
    return own + [place for place in places if not place.is_own][:OF_WHOLE_FORCE]


def asked_of_places(neighbourhood: Neighbourhood) -> Question:
    """What ``places_of`` asks, for ``asked_ahead``."""
    return _serving.of(neighbourhood=neighbourhood.pk, force=neighbourhood.force_id)


def places_now(places: Iterable[Place], *, now: datetime) -> list[PlaceNow]:
    """Each of ``places`` with its hours, and whether it is open at ``now``. Two queries."""
    week, exceptions = defaultdict(list), defaultdict(list)
    for hours in OpeningHours.objects.filter(place__in=places):
        week[hours.place_id].append(hours)
    for day in OpeningException.objects.coming(on=london_date(now)).filter(place__in=places):
        exceptions[day.place_id].append(day)
    return [_place_now(place, week[place.pk], exceptions[place.pk], now) for place in places]


@prepared(neighbourhood=BigIntegerField(), force=CharField())
def _serving(*, neighbourhood, force) -> QuerySet[Place]:
    return Place.objects.serving(neighbourhood, force=force)


def _place_now(
    place: Place, hours: list[OpeningHours], exceptions: list[OpeningException], now: datetime
) -> PlaceNow:
    if not hours:
        return PlaceNow(place, (), tuple(exceptions), None)
    week = {day: tuple(h.span for h in hours if h.weekday == day) for day in OpeningHours.Weekday}
    days = tuple(DayHours(day.label, spans) for day, spans in week.items())
    single = {exception.on: exception.spans for exception in exceptions}
    return PlaceNow(place, days, tuple(exceptions), opening_at(week, single, now))


def _away_m(place: Place, centre: Point | None) -> float:
    """About how far a place is: good enough to say which is nearer."""
    if centre is None or place.lat is None:
        return math.inf
    each = metres_per_degree(centre.lat)
    return math.hypot((place.lat - centre.lat) * each.lat, (place.lng - centre.lng) * each.lng)
