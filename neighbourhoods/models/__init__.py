from neighbourhoods.models.boundary import Boundary, BoundarySet
from neighbourhoods.models.follower import Follower, Following, Topic
from neighbourhoods.models.force import Force
from neighbourhoods.models.neighbourhood import Neighbourhood, PolicingArea
from neighbourhoods.models.outbox import Announcement, OutboxEntry
from neighbourhoods.models.postcode import Postcode, PostcodeMatch
from neighbourhoods.models.runs import ImportRun, JobRun
from neighbourhoods.models.signpost import Signpost
from neighbourhoods.models.token import Token

__all__ = [
    "Announcement",
    "Boundary",
    "BoundarySet",
    "Follower",
    "Following",
    "Force",
    "ImportRun",
    "JobRun",
    "Neighbourhood",
    "OutboxEntry",
    "PolicingArea",
    "Postcode",
    "PostcodeMatch",
    "Signpost",
    "Token",
    "Topic",
]
