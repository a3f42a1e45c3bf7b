"""What may be done to places and by those who follow them."""

from neighbourhoods.services.following import (
    LinkNotUsable,
    ask_to_follow,
    confirm_following,
    find_following,
    leave,
)
from neighbourhoods.services.places import activate_boundary_set, load_boundaries, save_force

__all__ = [
    "LinkNotUsable",
    "activate_boundary_set",
    "ask_to_follow",
    "confirm_following",
    "find_following",
    "leave",
    "load_boundaries",
    "save_force",
]
