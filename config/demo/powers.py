"""What the forces of the demonstration say of their roles, and of badges."""

from datetime import datetime

from config.demo.offsets import day
from config.demo.places import Places
from teams.models import RoleFact


def load_powers(told: list[dict], places: Places, *, now: datetime) -> list[RoleFact]:
    """Write each role's list in the order of its lines."""
    return RoleFact.objects.bulk_create(
        RoleFact(
            force=places.force,
            role=powers["role"],
            from_on=day(powers["from"], now=now),
            position=position,
            kind=kind,
            text=text,
            text_cy=text_cy,
            employer=powers.get("employer", ""),
        )
        for powers in told
        for position, (kind, text, text_cy) in enumerate(powers["lines"], start=1)
    )
