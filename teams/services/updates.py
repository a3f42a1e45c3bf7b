from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.disclosure import Finding
from teams.models import PatrolUpdate, TransitionNotAllowed, User
from teams.queries import findings_in, refer_in
from teams.services.stamps import raise_stamp
from teams.snapshots import is_held, show_update


class HeldBack(Exception):
    """An operations hold makes what is planned wait."""


class ToBeChecked(Exception):
    """The words may tell of a person; ``findings`` are what somebody should look at."""

    def __init__(self, findings: list[Finding]):
        super().__init__(_("Look at these words before residents do."))
        self.findings = findings


@transaction.atomic
def write_update(
    *, neighbourhood: Neighbourhood, words: dict[str, object], by: User
) -> PatrolUpdate:
    """Keep a draft with ``words``: its kind and what belongs to it, all in Welsh or none."""
    words = refer_in(words, neighbourhood)
    update = PatrolUpdate.objects.create(neighbourhood=neighbourhood, written_by=by, **words)
    audit.record("update.written", update, by=by, neighbourhood=neighbourhood.pk)
    return update


@transaction.atomic
def rewrite_update(*, update: PatrolUpdate, words: dict[str, object], by: User) -> PatrolUpdate:
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
def publish_update(
    *,
    update: PatrolUpdate,
    by: User,
    now: datetime,
    on_trust: bool = False,
    all_the_same: bool = False,
) -> PatrolUpdate:
    """Show a draft to residents and tell the followers, once; or schedule it for its time.

    The row is locked first, so of two sergeants who press at once the second is told.
    ``on_trust`` is kept for the sergeant to see: nobody else has looked at it. Raises
    TransitionNotAllowed, HeldBack while an operations hold makes a planned patrol wait, or
    ToBeChecked unless ``all_the_same``; nothing is saved then.
    """
    update = _locked(update)
    update.published_by, update.on_trust = by, on_trust
    found = findings_in(update)
    if found and not all_the_same:
        raise ToBeChecked(found)
    if update.publish_at and update.publish_at > now:
        _schedule(update, by=by, now=now)
    else:
        _require_not_held(update, now)
        show_update(update, by=by, now=now)
    if found:
        shapes = sorted({finding.shape.value for finding in found})
        audit.record(
            "update.published_all_the_same",
            update,
            by=by,
            neighbourhood=update.neighbourhood_id,
            shapes=shapes,
        )
    return update


@transaction.atomic
def unschedule_update(*, update: PatrolUpdate, by: User) -> PatrolUpdate:
    """Make a scheduled update a draft again. Raises TransitionNotAllowed."""
    update = _locked(update)
    update.unschedule()
    update.save(update_fields=["state"])
    audit.record("update.unscheduled", update, by=by, neighbourhood=update.neighbourhood_id)
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


def _require_not_held(update: PatrolUpdate, now: datetime) -> None:
    if update.is_planned and is_held(update.neighbourhood, now=now):
        raise HeldBack(_("This is held. Ask the inspector."))


def _schedule(update: PatrolUpdate, *, by: User, now: datetime) -> None:
    update.schedule(at=now)
    update.save(update_fields=["state", "published_by", "on_trust"])
    audit.record("update.scheduled", update, by=by, neighbourhood=update.neighbourhood_id)


def _locked(update: PatrolUpdate) -> PatrolUpdate:
    """The row as it is now, held until the transaction ends."""
    rows = PatrolUpdate.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("neighbourhood__force").filter(pk=update.pk).first()
    if found is None:
        raise TransitionNotAllowed(_("This draft has been deleted."))
    return found


def _require_draft(update: PatrolUpdate) -> None:
    if update.state != PatrolUpdate.State.DRAFT:
        raise TransitionNotAllowed(_("This has been published: withdraw it and write a new one."))
