"""Rows of the ``neighbourhoods`` app about where residents meet their police, and when."""

from datetime import datetime, time

from config.demo.offsets import day
from config.demo.places import Places
from neighbourhoods.models import OpeningException, OpeningHours, Place
from neighbourhoods.opening import parse_spans


def load_stations(told: list[dict], places: Places, *, now: datetime) -> list[Place]:
    """Write the places of a force with their hours and single days."""
    return [_load(row, places, now=now) for row in told]


def _load(told: dict, places: Places, *, now: datetime) -> Place:
    lat, lng = map(float, told["at"].split())
    texts = ("kind", "name", "name_cy", "address", "access", "access_cy")
    place = Place.objects.create(
        force=places.force,
        lat=lat,
        lng=lng,
        postcode=told.get("postcode", ""),
        telephone=told.get("telephone", ""),
        **{name: told[name] for name in texts},
    )
    place.neighbourhoods.set(places.neighbourhoods[code] for code in told.get("serves", ()))
    OpeningHours.objects.bulk_create(
        OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes)
        for weekday, text in enumerate(told["hours"])
        for opens, closes in parse_spans(text)
    )
    OpeningException.objects.bulk_create(
        _exception(row, place, now=now) for row in told.get("days", ())
    )
    return place


def _exception(told: dict, place: Place, *, now: datetime) -> OpeningException:
    return OpeningException(
        place=place,
        on=day(told["on"], now=now),
        opens=_clock(told.get("opens")),
        closes=_clock(told.get("closes")),
        reason=told["reason"],
        reason_cy=told["reason_cy"],
    )


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
