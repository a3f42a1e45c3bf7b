"""Places where residents meet their police, and what an area covers, in words.

Who may is asked in ``teams``, which wraps these and writes down who did it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods.models import (
    Force,
    Neighbourhood,
    OpeningException,
    OpeningHours,
    Place,
    Postcode,
)
from neighbourhoods.opening import Span
from neighbourhoods.postcodes import parse_postcode

Week = Mapping[int, Iterable[Span]]


class NameTaken(Exception):
    """Another place of the force has that name."""


@transaction.atomic
def save_place(
    *, place: Place, fields: Mapping[str, str], serves: Iterable[Neighbourhood], week: Week
) -> Place:
    """Write a place, new or not, with the neighbourhoods it serves and its hours.

    ``fields`` are the texts of a Place; where its postcode is new the register tells the
    coordinates. Without a neighbourhood in ``serves`` it serves the whole force. Raises
    NameTaken; nothing is saved then.
    """
    _lock(place.force)
    if place.force.places.filter(name=fields["name"]).exclude(pk=place.pk).exists():
        raise NameTaken(_("This force already has a place with that name."))
    if place.pk:
        _raise_stamps(place)
    if fields["postcode"] != place.postcode:
        place.lat, place.lng = _where(fields["postcode"])
    for name, value in fields.items():
        setattr(place, name, value)
    place.save()
    place.neighbourhoods.set(serves)
    write_week(place, week)
    _raise_stamps(place)
    return place


@transaction.atomic
def remove_place(*, place: Place) -> None:
    _raise_stamps(place)
    place.delete()


@transaction.atomic
def set_exception(
    *, place: Place, on: date, span: Span | None, reason: str, reason_cy: str
) -> OpeningException:
    """Other hours on one day, or none; said again for the same day, the later word holds."""
    opens, closes = span or (None, None)
    said = {"opens": opens, "closes": closes, "reason": reason, "reason_cy": reason_cy}
    exception, _new = OpeningException.objects.update_or_create(place=place, on=on, defaults=said)
    _raise_stamps(place)
    return exception


@transaction.atomic
def remove_exception(*, exception: OpeningException) -> None:
    """On that day the hours of the week hold again."""
    _raise_stamps(exception.place)
    exception.delete()


@transaction.atomic
def describe_streets(*, neighbourhood: Neighbourhood, streets: str, streets_cy: str) -> None:
    """Say in words what the area covers; an empty text leaves what was imported."""
    rows = Neighbourhood.objects.filter(pk=neighbourhood.pk)
    rows.update(streets=streets, streets_cy=streets_cy)
    rows.raise_stamps()


def write_week(place: Place, week: Week) -> None:
    """Make these the hours of the week."""
    place.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes)
        for weekday, spans in week.items()
        for opens, closes in spans
    )


def _lock(force: Force) -> None:
    Force.objects.select_for_update(no_key=True).get(pk=force.pk)


def _where(postcode: str) -> tuple[float | None, float | None]:
    """The coordinates of a postcode as people write it; nothing where the register has none."""
    if not postcode:
        return None, None
    found = Postcode.objects.filter(pk=parse_postcode(postcode)).first()
    return (found.lat, found.lng) if found else (None, None)


def _raise_stamps(place: Place) -> None:
    """Mark the pages as changed that name the place: of the whole force where it serves that."""
    served = place.neighbourhoods.all()
    (served if served.exists() else place.force.neighbourhoods.all()).raise_stamps()
