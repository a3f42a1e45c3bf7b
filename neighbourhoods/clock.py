"""London's calendar, for instants that are stored and passed about in UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_date(now: datetime) -> date:
    """The calendar day in London at the aware instant ``now``."""
    return now.astimezone(LONDON).date()


def london_hour(now: datetime) -> str:
    """The hour in London at ``now`` with its UTC offset: October's repeated hour differs."""
    return now.astimezone(LONDON).strftime("%Y-%m-%dT%H%z")


def london_instant(on: date, at: time = time.min) -> datetime:
    """The instant when London's clocks show ``at`` on the day ``on``; its midnight by default.

    In UTC, since two times of one zone are compared by what the clocks show. Of an
    hour that October has twice, the first.
    """
    return datetime.combine(on, at, tzinfo=LONDON).astimezone(UTC)
