from datetime import date

from teams.models import Photo


def photo_on(key: str, *, on: date) -> Photo | None:
    """The photo that residents may see under this key on the day ``on``."""
    return Photo.objects.public(on=on).filter(key=key).first()
