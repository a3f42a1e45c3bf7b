"""What a team tells, for programs that look by themselves: Atom and iCalendar."""

from teams.feeds.events import event_calendar, event_feed, event_file
from teams.feeds.updates import update_feed

__all__ = ["event_calendar", "event_feed", "event_file", "update_feed"]
