"""What lacks its Welsh, of what residents read or will read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model, Q, QuerySet

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.models import Event, PatrolUpdate

# What was published before is past: nobody is asked to translate an archive.
LOOKS_BACK = timedelta(days=28)


@dataclass(frozen=True)
class Untranslated:
    """A row of ``kind`` "update" or "event". ``public`` where residents read it in English now."""

    kind: str
    row: PatrolUpdate | Event
    public: bool
    due_at: datetime  # since when residents read it, or will


def paired_fields(model: type[Model]) -> list[str]:
    """The fields of a model that have a Welsh twin, in the order of the model."""
    names = [field.name for field in model._meta.fields]
    return [name for name in names if f"{name}_cy" in names]


def missing_in(row: Model) -> list[str]:
    """The fields of a row that are written in English alone."""
    return [
        name
        for name in paired_fields(type(row))
        if getattr(row, name) and not getattr(row, f"{name}_cy")
    ]


def untranslated_in(force: Force, *, now: datetime) -> list[Untranslated]:
    """What lacks its Welsh in a force, what residents read already first. Two queries.

    None where the force does not publish in Welsh.
    """
    if not force.welsh:
        return []
    updates = [_update(row, now) for row in untranslated_updates(force, now=now)]
    events = [Untranslated("event", row, True, row.starts_at) for row in _events(force, now=now)]
    return sorted(
        [*updates, *events], key=lambda found: (not found.public, found.due_at, found.row.pk)
    )


def untranslated_updates(force: Force, *, now: datetime) -> QuerySet[PatrolUpdate]:
    """Drafts, scheduled ones, and what was published of late, without Welsh."""
    states = PatrolUpdate.State
    lately = Q(state=states.PUBLISHED, published_at__gte=now - LOOKS_BACK)
    to_come = Q(state__in=(states.DRAFT, states.SCHEDULED))
    found = PatrolUpdate.objects.filter(lately | to_come, neighbourhood__force=force, title_cy="")
    return found.not_over(on=london_date(now)).select_related("neighbourhood")


def _events(force: Force, *, now: datetime) -> QuerySet[Event]:
    coming = Event.objects.filter(neighbourhood__force=force).coming(on=london_date(now))
    return coming.filter(_lacks_welsh(Event)).select_related("neighbourhood")


def _lacks_welsh(model: type[Model]) -> Q:
    return Q(
        *(~Q(**{name: ""}) & Q(**{f"{name}_cy": ""}) for name in paired_fields(model)),
        _connector=Q.OR,
    )


def _update(row: PatrolUpdate, now: datetime) -> Untranslated:
    public = row.state == PatrolUpdate.State.PUBLISHED
    return Untranslated("update", row, public, row.published_at or row.publish_at or now)
