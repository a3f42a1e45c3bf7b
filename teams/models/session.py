from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

# What a passkey of allauth says of itself in its data once an administrator said so.
FORCE_PHONE = "of_force_phone"


class Session(AbstractBaseSession):
    """What the cookie of a browser stands for; of staff also whose it is.

    A sign-in gets a row of its own, so ``begun_at`` is when they signed in. ``seen_at`` is when
    they last asked for a page, within ``teams.sessions.SEEN_EVERY``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    begun_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    def save(self, *, force_update: bool = False, **kwargs: object) -> None:
        """Leave the times of a row that exists alone: what a page keeps does not change them."""
        fields = ("session_data", "expire_date", "user") if force_update else None
        super().save(force_update=force_update, update_fields=fields, **kwargs)
