"""Instants and clocks in words, in the language that is active."""

from datetime import datetime, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.clock import Clock
from neighbourhoods.clock import LONDON

HOUR = timedelta(hours=1)


def moment_in_words(moment: datetime) -> str:
    """The London time and day of an instant, such as "6:40pm on Wednesday 25 November"."""
    local = moment.astimezone(LONDON)
    return _("%(time)s on %(day)s") % {
        "time": _time_in_words(local),
        "day": format_date(local, "l j F"),
    }


def clock_in_words(clock: Clock, now: datetime) -> tuple[str, str]:
    """Where a clock stands as a tag: its text and its colour."""
    if clock.answered_at:
        return (_("Answered in time"), "green") if clock.answered_in_time else _answered_late()
    if clock.late:
        return (_("Late, sergeant asked") if clock.escalated_at else _("Late")), "red"
    if clock.due_at is None:
        return _("Waiting for the resident"), "grey"
    return _left_in_words(clock.due_at - now), "yellow"


def _answered_late() -> tuple[str, str]:
    return _("Answered late"), "orange"


def _left_in_words(left: timedelta) -> str:
    hours = left // HOUR
    if hours < 1:
        return _("Due within the hour")
    return ngettext("Due in %(hours)s hour", "Due in %(hours)s hours", hours) % {"hours": hours}


def _time_in_words(local: datetime) -> str:
    hour = local.hour % 12 or 12
    time = f"{hour}:{local.minute:02}" if local.minute else str(hour)
    return (_("%(time)spm") if local.hour >= 12 else _("%(time)sam")) % {"time": time}
