"""What a neighbourhood's home shows of all apps."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, DateField, DateTimeField, QuerySet

from feedback.queries import TakenOver, asked_of_takers, taken_over
from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Boundary, Neighbourhood, Place
from neighbourhoods.queries import asked_of_places, neighbours_of, places_of
from neighbourhoods.queries.prepared import asked_ahead, prepared
from priorities.models import Priority, Round
from priorities.queries import asked_of_priorities, live_priorities, open_round
from reports.models import Bulletin
from teams.models import Event, HalfDay, Member, PatrolUpdate
from teams.queries import (
    NamedOfficer,
    asked_of_helping,
    asked_of_team,
    helping_elsewhere,
    members_on,
    named_officer,
)

LATEST_UPDATES = 3
NAMES_IN_A_LINE = 4
PLACES = 3


@dataclass(frozen=True)
class OtherSide:
    """Who looks after the other side of a line that a reader lives close to."""

    neighbourhood: Neighbourhood
    officer: NamedOfficer


@dataclass(frozen=True)
class Home:
    """A neighbourhood's home at one moment."""

    officer: NamedOfficer
    elsewhere_until: HalfDay | None  # while the team helps elsewhere
    team: list[Member]
    updates: list[PatrolUpdate]
    priorities: list[Priority]
    taken_over: dict[int, TakenOver]  # which of them somebody took over, by their key
    open_round: Round | None
    bulletin: Bulletin | None
    next_event: Event | None
    boundary: Boundary | None
    neighbours: list[Neighbourhood]
    places: list[Place]
    other_side: OtherSide | None

    @property
    def priorities_and_takers(self) -> list[tuple[Priority, TakenOver | None]]:
        return [(priority, self.taken_over.get(priority.pk)) for priority in self.priorities]

    @property
    def line_of_team(self) -> list[str]:
        """The people who come first, as many as fit one line."""
        return [member.badged_title for member in self.team[:NAMES_IN_A_LINE]]

    @property
    def others_in_team(self) -> int:
        return max(0, len(self.team) - NAMES_IN_A_LINE)


def neighbourhood_home(neighbourhood: Neighbourhood, now: datetime, *, near: str = "") -> Home:
    """All that a neighbourhood's home shows at ``now``. Fourteen queries.

    ``near`` is the path of a neighbourhood that the reader is close to; it is told of,
    with three queries more, where it lies beside this one.
    """
    on = london_date(now)
    here = neighbourhood.pk
    midnight = london_instant(on)
    with asked_ahead(
        *asked_of_team(neighbourhood, on),
        *asked_of_priorities(neighbourhood, now),
        asked_of_helping(neighbourhood, now),
        asked_of_takers(neighbourhood),
        asked_of_places(neighbourhood),
        _boundary.of(here=here),
        _updates.of(here=here, on=on),
        _bulletin.of(here=here),
        _next_event.of(here=here, midnight=midnight),
    ):
        neighbours = neighbours_of(neighbourhood)
        boundary = _only(_boundary(here=here))
        officer = named_officer(neighbourhood, on)
        return Home(
            officer=officer,
            elsewhere_until=helping_elsewhere(neighbourhood, now),
            team=members_on(neighbourhood, on),
            updates=_updates(here=here, on=on),
            priorities=live_priorities(neighbourhood),
            taken_over=taken_over(neighbourhood, officer),
            open_round=open_round(neighbourhood, now),
            bulletin=_only(_bulletin(here=here)),
            next_event=_only(_next_event(here=here, midnight=midnight)),
            boundary=boundary,
            neighbours=neighbours,
            places=places_of(neighbourhood, boundary)[:PLACES],
            other_side=_other_side(neighbours, near, on),
        )


@prepared(here=BigIntegerField())
def _boundary(*, here) -> QuerySet[Boundary]:
    in_force = Boundary.objects.in_force().filter(neighbourhood=here)
    return in_force.select_related("boundary_set").defer("geometry")


@prepared(here=BigIntegerField(), on=DateField())
def _updates(*, here, on) -> QuerySet[PatrolUpdate]:
    return PatrolUpdate.objects.filter(neighbourhood=here).public(on=on)[:LATEST_UPDATES]


@prepared(here=BigIntegerField())
def _bulletin(*, here) -> QuerySet[Bulletin]:
    """Its quarter alone: the figures of the whole bulletin would be many times the page."""
    return Bulletin.objects.filter(neighbourhood=here).public().only("quarter")[:1]


@prepared(here=BigIntegerField(), midnight=DateTimeField())
def _next_event(*, here, midnight) -> QuerySet[Event]:
    coming = Event.objects.filter(neighbourhood=here).taking_place().not_over(at=midnight)
    return coming[:1]


def _only(found: list):
    """The one that was found, or None."""
    return found[0] if found else None


def _other_side(neighbours: list[Neighbourhood], near: str, on: date) -> OtherSide | None:
    for neighbour in neighbours:
        if neighbour.path == near:
            return OtherSide(neighbour, named_officer(neighbour, on))
    return None
