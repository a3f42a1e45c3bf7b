"""What a neighbourhood's home shows of all apps."""

from dataclasses import dataclass
from datetime import date, datetime

from feedback.queries import taken_over
from neighbourhoods.clock import london_date
from neighbourhoods.models import Boundary, Neighbourhood, Place
from neighbourhoods.queries import neighbours_of, places_of
from priorities.models import Priority, Round
from priorities.queries import live_priorities, open_round
from reports.models import Bulletin
from teams.models import Event, Member, PatrolUpdate
from teams.queries import NamedOfficer, TeamMember, latest_updates, named_officer, team_on

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
    team: list[TeamMember]
    updates: list[PatrolUpdate]
    priorities: list[Priority]
    taken_over: dict[int, Member]  # which of them somebody took over, by their key
    open_round: Round | None
    bulletin: Bulletin | None
    next_event: Event | None
    boundary: Boundary | None
    neighbours: list[Neighbourhood]
    places: list[Place]
    other_side: OtherSide | None

    @property
    def priorities_and_takers(self) -> list[tuple[Priority, Member | None]]:
        return [(priority, self.taken_over.get(priority.pk)) for priority in self.priorities]

    @property
    def line_of_team(self) -> list[str]:
        """The people who come first, as many as fit one line."""
        return [entry.member.title for entry in self.team[:NAMES_IN_A_LINE]]

    @property
    def others_in_team(self) -> int:
        return max(0, len(self.team) - NAMES_IN_A_LINE)


def neighbourhood_home(neighbourhood: Neighbourhood, now: datetime, *, near: str = "") -> Home:
    """All that a neighbourhood's home shows at ``now``. Fourteen queries.

    ``near`` is the path of a neighbourhood that the reader is close to; it is told of,
    with three queries more, where it lies beside this one.
    """
    on = london_date(now)
    neighbours = neighbours_of(neighbourhood)
    in_force = neighbourhood.boundaries.in_force().select_related("boundary_set")
    boundary = in_force.defer("geometry").first()
    officer = named_officer(neighbourhood, on)
    priorities = live_priorities(neighbourhood)
    return Home(
        officer=officer,
        team=team_on(neighbourhood, on),
        updates=latest_updates(neighbourhood, LATEST_UPDATES, on=on),
        priorities=priorities,
        taken_over=taken_over(officer, priority__in=[priority.pk for priority in priorities]),
        open_round=open_round(neighbourhood, now),
        bulletin=neighbourhood.bulletins.public().first(),
        next_event=neighbourhood.events.taking_place().coming(on=on).first(),
        boundary=boundary,
        neighbours=neighbours,
        places=places_of(neighbourhood, boundary)[:PLACES],
        other_side=_other_side(neighbours, near, on),
    )


def _other_side(neighbours: list[Neighbourhood], near: str, on: date) -> OtherSide | None:
    for neighbour in neighbours:
        if neighbour.path == near:
            return OtherSide(neighbour, named_officer(neighbour, on))
    return None
