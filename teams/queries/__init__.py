"""What pages and upper apps read of teams."""

from teams.queries.disclosing import findings_in
from teams.queries.names import (
    refer_in,
    safety_stamp,
    with_names,
    with_references,
    without_hidden,
)
from teams.queries.posts import (
    Answering,
    Answers,
    Post,
    PostState,
    answering_on,
    posts_on,
)
from teams.queries.shown import (
    CoverNow,
    NamedOfficer,
    Route,
    TeamMember,
    asked_of_team,
    contact_routes,
    latest_updates,
    member_on,
    members_on,
    named_officer,
    senior_officers,
    team_on,
)
from teams.queries.told import Told, told_in

__all__ = [
    "Answering",
    "Answers",
    "CoverNow",
    "NamedOfficer",
    "Post",
    "PostState",
    "Route",
    "TeamMember",
    "Told",
    "answering_on",
    "asked_of_team",
    "contact_routes",
    "findings_in",
    "latest_updates",
    "member_on",
    "members_on",
    "named_officer",
    "posts_on",
    "refer_in",
    "safety_stamp",
    "senior_officers",
    "team_on",
    "told_in",
    "with_names",
    "with_references",
    "without_hidden",
]
