"""Photos of officers as files: redrawn from an upload, kept under a random key, taken away."""

from teams.photos.drawing import (
    Damaged,
    NotAPicture,
    Redrawn,
    TooManyPixels,
    TooSmall,
    UnusablePicture,
    redraw,
)
from teams.photos.files import NoRoom, forget, keep, kept_keys, look_at, sweep

__all__ = [
    "Damaged",
    "NoRoom",
    "NotAPicture",
    "Redrawn",
    "TooManyPixels",
    "TooSmall",
    "UnusablePicture",
    "forget",
    "keep",
    "kept_keys",
    "look_at",
    "redraw",
    "sweep",
]
