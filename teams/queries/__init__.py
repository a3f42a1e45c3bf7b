"""What pages and upper apps read of teams."""

from teams.queries.disclosing import findings_in
from teams.queries.duty import (
    OnDuty,
    TeamTime,
    helping_elsewhere,
    on_duty_at,
    team_time,
)
from teams.queries.meeting import EventTold, event_told_in, former_in_words, when
from teams.queries.names import (
    refer_in,
    safety_stamp,
    with_names,
    with_references,
    without_hidden,
)
from teams.queries.patrols import PatrolTime, patrol_last_month, patrol_time
from teams.queries.photos import photo_on
from teams.queries.posts import (
    Answering,
    Answers,
    Post,
    PostState,
    answering_on,
    posts_on,
)
from teams.queries.roles import RoleTold, role_of, roles_of
from teams.queries.shown import (
    CoverNow,
    NamedOfficer,
    Route,
    TeamMember,
    also_in,
    contact_routes,
    latest_updates,
    member_on,
    members_on,
    named_officer,
    senior_officers,
    team_on,
)
from teams.queries.told import Told, copies_of, told_in, told_in_each

__all__ = [
    "Answering",
    "Answers",
    "CoverNow",
    "EventTold",
    "NamedOfficer",
    "OnDuty",
    "PatrolTime",
    "Post",
    "PostState",
    "RoleTold",
    "Route",
    "TeamMember",
    "TeamTime",
    "Told",
    "also_in",
    "answering_on",
    "contact_routes",
    "copies_of",
    "event_told_in",
    "findings_in",
    "former_in_words",
    "helping_elsewhere",
    "latest_updates",
    "member_on",
    "members_on",
    "named_officer",
    "on_duty_at",
    "patrol_last_month",
    "patrol_time",
    "photo_on",
    "posts_on",
    "refer_in",
    "role_of",
    "roles_of",
    "safety_stamp",
    "senior_officers",
    "team_on",
    "team_time",
    "told_in",
    "told_in_each",
    "when",
    "with_names",
    "with_references",
    "without_hidden",
]
