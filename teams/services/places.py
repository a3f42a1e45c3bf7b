"""Where residents meet their police: what staff write of it, and who wrote it."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from neighbourhoods.models import Neighbourhood, OpeningException, Place
from neighbourhoods.opening import Span
from neighbourhoods.services import stations
from teams import audit
from teams.models import User


@transaction.atomic
def save_place(
    *,
    place: Place,
    fields: Mapping[str, str],
    serves: Iterable[Neighbourhood],
    week: stations.Week,
    by: User,
) -> Place:
    """Write a place, new or not. Raises NameTaken; nothing is saved then."""
    verb = "place.changed" if place.pk else "place.added"
    place = stations.save_place(place=place, fields=fields, serves=serves, week=week)
    audit.record(verb, place, by=by, force=place.force_id)
    return place


@transaction.atomic
def remove_place(*, place: Place, by: User) -> None:
    audit.record("place.removed", place, by=by, force=place.force_id)
    stations.remove_place(place=place)


@transaction.atomic
def set_exception(
    *, place: Place, on: date, span: Span | None, reason: str, reason_cy: str, by: User
) -> OpeningException:
    """Other hours on one day, or none where ``span`` is None."""
    exception = stations.set_exception(
        place=place, on=on, span=span, reason=reason, reason_cy=reason_cy
    )
    audit.record("place.exception_set", place, by=by, on=on.isoformat())
    return exception


@transaction.atomic
def remove_exception(*, exception: OpeningException, by: User) -> None:
    audit.record("place.exception_removed", exception.place, by=by, on=exception.on.isoformat())
    stations.remove_exception(exception=exception)


@transaction.atomic
def describe_streets(
    *, neighbourhood: Neighbourhood, streets: str, streets_cy: str, by: User
) -> None:
    stations.describe_streets(neighbourhood=neighbourhood, streets=streets, streets_cy=streets_cy)
    audit.record("neighbourhood.streets_described", neighbourhood, by=by)
