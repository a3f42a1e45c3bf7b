"""What a neighbourhood's home shows of all apps."""

from dataclasses import dataclass
from datetime import date

from neighbourhoods.models import Boundary, Neighbourhood
from teams.models import PatrolUpdate
from teams.queries import NamedOfficer, TeamMember, latest_updates, named_officer, team_on

LATEST_UPDATES = 3
NAMES_IN_A_LINE = 4


@dataclass(frozen=True)
class Home:
    """A neighbourhood's home on one day."""

    officer: NamedOfficer
    team: list[TeamMember]
    updates: list[PatrolUpdate]
    boundary: Boundary | None

    @property
    def line_of_team(self) -> list[str]:
        """The people who come first, as many as fit one line."""
        return [entry.member.title for entry in self.team[:NAMES_IN_A_LINE]]

    @property
    def others_in_team(self) -> int:
        return max(0, len(self.team) - NAMES_IN_A_LINE)


def neighbourhood_home(neighbourhood: Neighbourhood, on: date) -> Home:
    """All that a neighbourhood's home shows on the day ``on``. Seven queries."""
    return Home(
        officer=named_officer(neighbourhood, on),
        team=team_on(neighbourhood, on),
        updates=latest_updates(neighbourhood, LATEST_UPDATES),
        boundary=neighbourhood.boundaries.in_force().select_related("boundary_set").first(),
    )
