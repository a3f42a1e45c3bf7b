"""What a neighbourhood's home shows of all apps."""

from dataclasses import dataclass
from datetime import datetime

from neighbourhoods.clock import london_date
from neighbourhoods.models import Boundary, Neighbourhood
from priorities.models import Priority, Round
from priorities.queries import live_priorities, open_round
from reports.models import Bulletin
from teams.models import Event, PatrolUpdate
from teams.queries import NamedOfficer, TeamMember, latest_updates, named_officer, team_on

LATEST_UPDATES = 3
NAMES_IN_A_LINE = 4


@dataclass(frozen=True)
class Home:
    """A neighbourhood's home at one moment."""

    officer: NamedOfficer
    team: list[TeamMember]
    updates: list[PatrolUpdate]
    priorities: list[Priority]
    open_round: Round | None
    bulletin: Bulletin | None
    next_event: Event | None
    boundary: Boundary | None

    @property
    def line_of_team(self) -> list[str]:
        """The people who come first, as many as fit one line."""
        return [entry.member.title for entry in self.team[:NAMES_IN_A_LINE]]

    @property
    def others_in_team(self) -> int:
        return max(0, len(self.team) - NAMES_IN_A_LINE)


def neighbourhood_home(neighbourhood: Neighbourhood, now: datetime) -> Home:
    """All that a neighbourhood's home shows at ``now``. Eleven queries."""
    on = london_date(now)
    return Home(
        officer=named_officer(neighbourhood, on),
        team=team_on(neighbourhood, on),
        updates=latest_updates(neighbourhood, LATEST_UPDATES),
        priorities=live_priorities(neighbourhood),
        open_round=open_round(neighbourhood, now),
        bulletin=neighbourhood.bulletins.public().first(),
        next_event=neighbourhood.events.taking_place().coming(on=on).first(),
        boundary=neighbourhood.boundaries.in_force().select_related("boundary_set").first(),
    )
