"""Rows of the ``neighbourhoods`` app about who follows a place."""

from datetime import datetime

from config.demo.offsets import instant
from config.demo.places import Places
from neighbourhoods.languages import ENGLISH
from neighbourhoods.models import Follower, Following


def load_followers(told: list[dict], places: Places, *, now: datetime) -> list[Following]:
    """Write addresses whose owners have confirmed what they want to hear of."""
    followers = Follower.objects.bulk_create(
        Follower(
            email=row["email"],
            language=row.get("language", ENGLISH),
            postcode=row.get("postcode", ""),
            asked_at=instant(row["confirmed"], now=now),
        )
        for row in told
    )
    return Following.objects.bulk_create(
        Following(
            follower=follower,
            neighbourhood=places.neighbourhoods[place],
            confirmed_at=instant(row["confirmed"], now=now),
            **dict.fromkeys(row["topics"], True),
        )
        for row, follower in zip(told, followers, strict=True)
        for place in row["places"]
    )
