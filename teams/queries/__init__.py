"""What pages and upper apps read of teams."""

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
    contact_routes,
    latest_updates,
    member_on,
    members_on,
    named_officer,
    senior_officers,
    team_on,
)

__all__ = [
    "Answering",
    "Answers",
    "CoverNow",
    "NamedOfficer",
    "Post",
    "PostState",
    "Route",
    "TeamMember",
    "answering_on",
    "contact_routes",
    "latest_updates",
    "member_on",
    "members_on",
    "named_officer",
    "posts_on",
    "refer_in",
    "safety_stamp",
    "senior_officers",
    "team_on",
    "with_names",
    "with_references",
    "without_hidden",
]
