from priorities.models.priority import Action, Priority, PriorityUpdate
from priorities.models.round import Option, Round
from priorities.models.vote import Vote, VoteChoice

__all__ = [
    "Action",
    "Option",
    "Priority",
    "PriorityUpdate",
    "Round",
    "Vote",
    "VoteChoice",
]
