"""Where residents meet their police: what staff write of it, and who wrote it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from neighbourhoods.models import Force, Neighbourhood, OpeningException, Place
from neighbourhoods.opening import Span
from neighbourhoods.services import stations
from teams import audit
from teams.models import User
from teams.queries import refer_in


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
    serves = list(serves)
    fields = _with_references(fields, place.force, serves)
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
    said = {"reason": reason, "reason_cy": reason_cy}
    reasons = _with_references(said, place.force, list(place.neighbourhoods.all()))
    exception = stations.set_exception(place=place, on=on, span=span, **reasons)
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
    words = refer_in({"streets": streets, "streets_cy": streets_cy}, neighbourhood)
    stations.describe_streets(neighbourhood=neighbourhood, **words)
    audit.record("neighbourhood.streets_described", neighbourhood, by=by)


def _with_references(
    words: Mapping[str, str], force: Force, serves: Sequence[Neighbourhood]
) -> dict[str, str]:
    """Names in ``words`` as references; near are those who serve where the place does."""
    near = next(iter(serves), None) or force.neighbourhoods.first()
    return refer_in(words, near) if near else dict(words)
