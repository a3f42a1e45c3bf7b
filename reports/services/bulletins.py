from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from reports.models import Bulletin
from reports.snapshots import take_figures
from teams import audit
from teams.models import RoleGrant, User
from teams.permissions import Permission, roles_allowing
from teams.queries import refer_in
from teams.services.stamps import raise_stamp

SCHEMA = 1


class AuthorCannotReview(Exception):
    """Whoever wrote any of its words does not decide about a bulletin."""


@transaction.atomic
def write_bulletin(*, bulletin: Bulletin, words: dict[str, str], by: User) -> Bulletin:
    """Keep the team's words. Raises TransitionNotAllowed once it was submitted."""
    bulletin = _locked(bulletin)
    bulletin.write(**refer_in(words, bulletin.neighbourhood), by=by)
    bulletin.save(
        update_fields=["state", "words", "words_cy", "written_by", "submitted_at", "reviewed_by"]
    )
    bulletin.authors.add(by)
    _record("bulletin.written", bulletin, by)
    return bulletin


@transaction.atomic
def refresh_bulletin(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Take the figures again: a month may have been supplied since. Raises TransitionNotAllowed."""
    bulletin = _locked(bulletin)
    bulletin.prepare(take_figures(bulletin.neighbourhood, bulletin.period, now=now), at=now)
    bulletin.save(update_fields=["state", "figures", "prepared_at", "lease_until"])
    _record("bulletin.refreshed", bulletin, by)
    return bulletin


@transaction.atomic
def submit_bulletin(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Hand a draft to the inspector. Raises TransitionNotAllowed; nothing is saved then."""
    bulletin = _locked(bulletin)
    bulletin.submit(at=now)
    bulletin.save(update_fields=["state", "submitted_at"])
    _record("bulletin.submitted", bulletin, by)
    return bulletin


@transaction.atomic
def send_back_bulletin(*, bulletin: Bulletin, reason: str, by: User) -> Bulletin:
    """Return it with what has to change. Raises AuthorCannotReview or TransitionNotAllowed."""
    bulletin = _locked(bulletin)
    _require_other_hand(bulletin, by)
    bulletin.send_back(reason, by=by)
    bulletin.save(update_fields=["state", "reviewed_by", "sent_back_reason"])
    _record("bulletin.sent_back", bulletin, by)
    return bulletin


@transaction.atomic
def approve_bulletin(*, bulletin: Bulletin, by: User, now: datetime) -> Bulletin:
    """Fix the document, show it to residents and announce it, once.

    The row is locked first, so of two inspectors who press at once the second is told.
    Raises AuthorCannotReview or TransitionNotAllowed; nothing is saved then.
    """
    bulletin = _locked(bulletin)
    _require_other_hand(bulletin, by)
    bulletin.publish(document_of(bulletin, by=by, now=now), by=by, at=now)
    bulletin.save(
        update_fields=["state", "reviewed_by", "approved_at", "published_at", "document", "sha256"]
    )
    raise_stamp(bulletin.neighbourhood)
    _record("bulletin.published", bulletin, by, sha256=bulletin.sha256)
    outbox.announce(
        "reports.bulletin_published",
        bulletin.pk,
        neighbourhood=bulletin.neighbourhood,
        topic="bulletins",
    )
    return bulletin


def document_of(bulletin: Bulletin, *, by: User, now: datetime) -> dict[str, object]:
    """What is published: figures, words, and in which role somebody approved it at ``now``."""
    place = bulletin.neighbourhood
    return {
        "schema": SCHEMA,
        "force": place.force_id,
        "neighbourhood": place.code,
        "quarter": str(bulletin.period),
        "made_at": _instant(bulletin.prepared_at),
        "published_at": _instant(now),
        "approved_by": _reviewing_role(bulletin, by=by, now=now),
        "words": {"en": bulletin.words, "cy": bulletin.words_cy},
        "figures": bulletin.figures,
    }


def _reviewing_role(bulletin: Bulletin, *, by: User, now: datetime) -> str:
    grants = RoleGrant.objects.on(london_date(now)).reaching(bulletin.neighbourhood)
    allowing = roles_allowing(Permission.BULLETIN_APPROVE)
    return grants.filter(user=by, role__in=allowing).order_by("pk").values_list("role")[0][0]


def _instant(at: datetime) -> str:
    """In UTC, so that the same row always gives the same document."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _locked(bulletin: Bulletin) -> Bulletin:
    """The row as it is now, held until the transaction ends."""
    rows = Bulletin.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("neighbourhood__force").get(pk=bulletin.pk)


def _require_other_hand(bulletin: Bulletin, by: User) -> None:
    if bulletin.has_author(by):
        raise AuthorCannotReview(
            _("You wrote words of this bulletin: another inspector has to decide about it.")
        )


def _record(verb: str, bulletin: Bulletin, by: User, **detail: object) -> None:
    place = bulletin.neighbourhood_id
    audit.record(verb, bulletin, by=by, neighbourhood=place, quarter=str(bulletin.period), **detail)
