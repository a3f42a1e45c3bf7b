"""What is taken away: what has run out, and photos that nobody may see any more."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams import audit, photos
from teams.ledger import note_line
from teams.models import Duty, Member, PeopleFile, Photo, Session, User

logger = logging.getLogger(__name__)

# A file that no row names may belong to an upload that is still under way.
UNDER_WAY = timedelta(hours=1)
# Long enough to set a quarter beside the same one of the year before.
DUTY_KEPT = timedelta(days=400)


def delete_expired(*, now: datetime) -> str:
    """Delete what has run out: sessions, files of people that no undo needs, old duties.

    Say how many.
    """
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    files, _ = PeopleFile.objects.done_with(now=now).delete()
    duties, _ = Duty.objects.filter(ends_at__lt=now - DUTY_KEPT).delete()
    return f"{sessions} sessions, {files} files of people, {duties} duties"


def remove_photo_of(member: Member, *, by: User | str | None, now: datetime) -> bool:
    """Take the photo of a member that the caller holds; False where there is none.

    From the commit on nobody is served it, and its file goes after. The ledger names its key,
    since a backup would bring it back.
    """
    photo = Photo.objects.filter(member=member).first()
    if photo is None:
        return False
    photo.delete()
    Neighbourhood.objects.filter(postings__member=member).raise_stamps()
    audit.record("photo.removed", member, by=by)
    note_line("photo.removed", at=now, about=f"member {member.pk}", key=photo.key)
    transaction.on_commit(partial(photos.forget, photo.key))
    return True


def sweep_photos(*, now: datetime) -> str:
    """Take away the photos of those who have left and the files that no row names."""
    leavers = Photo.objects.of_leavers(on=london_date(now)).values_list("member", flat=True)
    removed = sum(_remove_of_leaver(pk, now=now) for pk in list(leavers))
    keys = set(Photo.objects.values_list("key", flat=True))
    if missing := keys - photos.kept_keys():
        logger.error("%d photos have no file in MEDIA_ROOT", len(missing))
    stray = photos.sweep(keys, before=now - UNDER_WAY)
    return f"{removed} photos of leavers, {stray} stray files"


@transaction.atomic
def _remove_of_leaver(pk: int, *, now: datetime) -> bool:
    member = Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    return remove_photo_of(member, by=audit.JOB, now=now)
