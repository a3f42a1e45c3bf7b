from neighbourhoods.models.area import AreaMembership, PolicingArea
from neighbourhoods.models.boundary import Boundary, BoundarySet, Succession
from neighbourhoods.models.council import Council
from neighbourhoods.models.follower import Follower, Following, Topic
from neighbourhoods.models.force import Force
from neighbourhoods.models.neighbourhood import Neighbourhood
from neighbourhoods.models.outbox import Announcement, OutboxEntry
from neighbourhoods.models.place import OpeningException, OpeningHours, Place
from neighbourhoods.models.postcode import Postcode, PostcodeBeside, PostcodeMatch
from neighbourhoods.models.runs import ImportRun, JobRun
from neighbourhoods.models.signpost import Signpost
from neighbourhoods.models.token import Token

__all__ = [
    "Announcement",
    "AreaMembership",
    "Boundary",
    "BoundarySet",
    "Council",
    "Follower",
    "Following",
    "Force",
    "ImportRun",
    "JobRun",
    "Neighbourhood",
    "OpeningException",
    "OpeningHours",
    "OutboxEntry",
    "Place",
    "PolicingArea",
    "Postcode",
    "PostcodeBeside",
    "PostcodeMatch",
    "Signpost",
    "Succession",
    "Token",
    "Topic",
]
