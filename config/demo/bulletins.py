"""Rows of the ``reports`` app: the bulletins of the newest quarter, each on its way."""

from datetime import datetime

from config.demo.calendar import newest_quarter
from config.demo.offsets import instant
from config.demo.places import Places
from reports.models import Bulletin
from reports.services.bulletins import document_of
from reports.snapshots import take_figures
from teams.models import User


def load_bulletins(
    told: list[dict], places: Places, users: dict[str, User], *, now: datetime
) -> list[Bulletin]:
    """Write the bulletins, their figures taken from the rows that are there already.

    Each goes through the steps that its row in the content file names; none is announced
    and none leaves a line of audit, since nobody pressed anything.
    """
    return [_bulletin(row, places, users, now=now) for row in told]


def _bulletin(told: dict, places: Places, users: dict[str, User], *, now: datetime) -> Bulletin:
    place, author = places.neighbourhoods[told["place"]], users[told["by"]]
    quarter = newest_quarter(now=now)
    prepared_at = instant(told["prepared"], now=now)
    bulletin = Bulletin(neighbourhood=place, quarter=quarter.start)
    bulletin.prepare(take_figures(place, quarter, now=prepared_at), at=prepared_at)
    bulletin.write(told["words"], told.get("words_cy", ""), by=author)
    if "submitted" in told:
        bulletin.submit(at=instant(told["submitted"], now=now))
    _review(bulletin, told, users, now=now)
    bulletin.save()
    bulletin.authors.add(author)
    return bulletin


def _review(bulletin: Bulletin, told: dict, users: dict[str, User], *, now: datetime) -> None:
    """Let the inspector decide, where one has."""
    if "sent_back" in told:
        bulletin.send_back(told["sent_back"], by=users[told["reviewer"]])
    elif "published" in told:
        inspector, at = users[told["reviewer"]], instant(told["published"], now=now)
        bulletin.publish(document_of(bulletin, by=inspector, now=at), by=inspector, at=at)
