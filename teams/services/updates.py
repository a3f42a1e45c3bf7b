from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import PatrolUpdate, TransitionNotAllowed, User
from teams.queries import refer_in
from teams.services.stamps import raise_stamp


@transaction.atomic
def write_update(*, neighbourhood: Neighbourhood, words: dict[str, str], by: User) -> PatrolUpdate:
    """Keep a draft with ``words``: title, text, and both in Welsh or neither."""
    words = refer_in(words, neighbourhood)
    update = PatrolUpdate.objects.create(neighbourhood=neighbourhood, written_by=by, **words)
    audit.record("update.written", update, by=by, neighbourhood=neighbourhood.pk)
    return update


@transaction.atomic
def rewrite_update(*, update: PatrolUpdate, words: dict[str, str], by: User) -> PatrolUpdate:
    """Replace the words of a draft. Raises TransitionNotAllowed once it is no draft any more."""
    update = _locked(update)
    _require_draft(update)
    for field, text in refer_in(words, update.neighbourhood).items():
        setattr(update, field, text)
    update.save(update_fields=list(words))
    audit.record("update.rewritten", update, by=by, neighbourhood=update.neighbourhood_id)
    return update


@transaction.atomic
def discard_update(*, update: PatrolUpdate, by: User) -> None:
    """Throw a draft away. Raises TransitionNotAllowed once it is no draft any more."""
    update = _locked(update)
    _require_draft(update)
    audit.record("update.discarded", update, by=by, neighbourhood=update.neighbourhood_id)
    update.delete()


@transaction.atomic
def publish_update(*, update: PatrolUpdate, by: User, now: datetime) -> PatrolUpdate:
    """Show a draft to residents and announce it to the neighbourhood's followers, once.

    The row is locked first, so of two sergeants who press at once the second is told.
    Raises TransitionNotAllowed; nothing is saved then.
    """
    update = _locked(update)
    update.publish(at=now)
    update.save(update_fields=["state", "published_at"])
    raise_stamp(update.neighbourhood)
    audit.record("update.published", update, by=by, neighbourhood=update.neighbourhood_id)
    outbox.announce(
        "teams.update_published", update.pk, neighbourhood=update.neighbourhood, topic="updates"
    )
    return update


@transaction.atomic
def withdraw_update(
    *, update: PatrolUpdate, reason: str, reason_cy: str, by: User, now: datetime
) -> PatrolUpdate:
    """Take a published update back; its page then gives the reason instead of the text.

    Raises TransitionNotAllowed; nothing is saved then.
    """
    update = _locked(update)
    reasons = refer_in({"reason": reason, "reason_cy": reason_cy}, update.neighbourhood)
    update.withdraw(at=now, **reasons)
    update.save(
        update_fields=["state", "withdrawn_at", "withdrawal_reason", "withdrawal_reason_cy"]
    )
    raise_stamp(update.neighbourhood)
    audit.record("update.withdrawn", update, by=by, neighbourhood=update.neighbourhood_id)
    return update


def _locked(update: PatrolUpdate) -> PatrolUpdate:
    """The row as it is now, held until the transaction ends."""
    rows = PatrolUpdate.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("neighbourhood").filter(pk=update.pk).first()
    if found is None:
        raise TransitionNotAllowed(_("This draft has been deleted."))
    return found


def _require_draft(update: PatrolUpdate) -> None:
    if update.state != PatrolUpdate.State.DRAFT:
        raise TransitionNotAllowed(_("This has been published: withdraw it and write a new one."))
