"""London's calendar, for instants that are stored and passed about in UTC."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_date(now: datetime) -> date:
    """The calendar day in London at the aware instant ``now``."""
    return now.astimezone(LONDON).date()


def london_hour(now: datetime) -> str:
    """The hour in London at ``now`` with its UTC offset: October's repeated hour differs."""
    return now.astimezone(LONDON).strftime("%Y-%m-%dT%H%z")
