"""What may be done to places and by those who follow them."""

from neighbourhoods.services.following import (
    LinkNotUsable,
    ask_to_follow,
    confirm_following,
    find_following,
    leave,
)
from neighbourhoods.services.places import load_boundaries, save_force
from neighbourhoods.services.switching import (
    NoSuccessor,
    activate_boundary_set,
    tell_successors,
)

__all__ = [
    "LinkNotUsable",
    "NoSuccessor",
    "activate_boundary_set",
    "ask_to_follow",
    "confirm_following",
    "find_following",
    "leave",
    "load_boundaries",
    "save_force",
    "tell_successors",
]
