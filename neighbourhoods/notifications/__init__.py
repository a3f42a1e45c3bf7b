"""Mail: from what was announced to entries, from due entries to the relay."""

from neighbourhoods.notifications.boundaries import BOUNDARY_CHANGED, boundary_changed
from neighbourhoods.notifications.fanning_out import fan_out
from neighbourhoods.notifications.following import CONFIRM_FOLLOW, confirm_follow
from neighbourhoods.notifications.mails import LEAVE, NewsItem, as_mail
from neighbourhoods.notifications.sending import BACKOFF, MAX_ATTEMPTS, deliver, send_due

__all__ = [
    "BACKOFF",
    "BOUNDARY_CHANGED",
    "CONFIRM_FOLLOW",
    "LEAVE",
    "MAX_ATTEMPTS",
    "NewsItem",
    "as_mail",
    "boundary_changed",
    "confirm_follow",
    "deliver",
    "fan_out",
    "send_due",
]
