"""A photo is the officer's own choice: they add it themselves, and take it away again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from teams import audit, photos, retention
from teams.models import Member, Photo, User
from teams.models.photo import CONSENT_VERSION
from teams.photos import Redrawn
from teams.services.stamps import raise_stamps_of


class NameHidden(Exception):
    """Whose name nobody may read shows no face either."""


def add_own_photo(*, upload: bytes, by: User, now: datetime) -> Photo:
    """Show the picture to residents, in place of an earlier one, as ``by`` agrees to at ``now``.

    What was sent is not kept. The file is on the disk before a row names it. Raises
    UnusablePicture, NoRoom or NameHidden; the earlier photo stays then.
    """
    redrawn = photos.redraw(upload)
    key = photos.keep(redrawn.jpeg)
    try:
        return _show(key, redrawn, by=by, now=now)
    except NameHidden:
        photos.forget(key)
        raise


@transaction.atomic
def _show(key: str, redrawn: Redrawn, *, by: User, now: datetime) -> Photo:
    member = _own(by)
    if member.hidden_at:
        raise NameHidden(_("Your name is hidden, so residents see no photo either."))
    retention.remove_photo_of(member, by=by, now=now)
    photo = Photo.objects.create(
        member=member,
        key=key,
        width=redrawn.width,
        height=redrawn.height,
        consented_at=now,
        consent_version=CONSENT_VERSION,
    )
    raise_stamps_of(member)
    audit.record("photo.added", member, by=by, consent=CONSENT_VERSION)
    return photo


@transaction.atomic
def remove_own_photo(*, by: User, now: datetime) -> bool:
    """Take back what ``by`` agreed to; False where there is no photo."""
    return retention.remove_photo_of(_own(by), by=by, now=now)


def _own(user: User) -> Member:
    """The member whose account it is, held until the transaction ends."""
    return Member.objects.select_for_update(no_key=True, of=("self",)).get(user=user)
