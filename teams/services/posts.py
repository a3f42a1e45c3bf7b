"""Who is the named officer, who covers, and how a team or a member is reached."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from neighbourhoods.models import Neighbourhood
from teams import audit
from teams.models import ContactRoute, Cover, Member, NamedContact, Posting, User
from teams.services.stamps import raise_stamp, raise_stamps_of


class NotInThisTeam(Exception):
    """The member is not posted to the neighbourhood on that day."""


class CoverBeginsTwice(Exception):
    """Another cover of the neighbourhood begins on the same day."""


class OtherForce(Exception):
    """The member belongs to another force."""


@transaction.atomic
def set_named_contact(
    *, neighbourhood: Neighbourhood, posting: Posting | None, from_on: date, by: User | None
) -> NamedContact:
    """From ``from_on`` the posting's member is the named officer; None makes the post vacant.

    Said again for the same day, the later word holds. Raises NotInThisTeam.
    """
    _lock(neighbourhood)
    if (
        posting
        and not Posting.objects.on(from_on)
        .filter(pk=posting.pk, neighbourhood=neighbourhood)
        .exists()
    ):
        raise NotInThisTeam(
            _("%(member)s is not in this team on that day. Post them there first.")
            % {"member": posting.member.title}
        )
    contact, _created = NamedContact.objects.update_or_create(
        neighbourhood=neighbourhood, from_on=from_on, defaults={"posting": posting}
    )
    raise_stamp(neighbourhood)
    audit.record(
        "named_contact.set",
        contact,
        by=by,
        neighbourhood=neighbourhood.pk,
        posting=posting.pk if posting else None,
        from_on=from_on.isoformat(),
    )
    return contact


@transaction.atomic
def set_cover(
    *, neighbourhood: Neighbourhood, member: Member, from_on: date, to_on: date, by: User
) -> Cover:
    """``member`` stands in for the named officer from ``from_on`` to ``to_on``, both included.

    The member may come from another team of the force. Where two covers overlap, the
    one that began last holds. Raises OtherForce or CoverBeginsTwice.
    """
    _lock(neighbourhood)
    if member.force_id != neighbourhood.force_id:
        raise OtherForce(_("Cover has to come from the same force."))
    if neighbourhood.covers.filter(from_on=from_on).exists():
        raise CoverBeginsTwice(
            _("Another cover begins on that day. End that one first, or choose another day.")
        )
    cover = Cover.objects.create(
        neighbourhood=neighbourhood, member=member, from_on=from_on, to_on=to_on
    )
    raise_stamp(neighbourhood)
    audit.record(
        "cover.set",
        cover,
        by=by,
        neighbourhood=neighbourhood.pk,
        member=member.pk,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat(),
    )
    return cover


@transaction.atomic
def end_cover(*, cover: Cover, last_on: date, by: User) -> None:
    """Let the cover end with ``last_on``; one that had not begun by then is removed."""
    neighbourhood = cover.neighbourhood
    audit.record(
        "cover.ended", cover, by=by, neighbourhood=neighbourhood.pk, last_on=last_on.isoformat()
    )
    if cover.from_on > last_on:
        cover.delete()
    else:
        cover.to_on = min(cover.to_on, last_on)
        cover.save(update_fields=["to_on"])
    raise_stamp(neighbourhood)


@transaction.atomic
def set_team_routes(*, neighbourhood: Neighbourhood, routes: dict[str, str], by: User) -> None:
    """Make ``routes`` (kind → value, blank for none) the ways to reach the team."""
    _replace_routes(neighbourhood.contact_routes.all(), routes, neighbourhood=neighbourhood)
    raise_stamp(neighbourhood)
    audit.record("contact_routes.set", neighbourhood, by=by, kinds=_given(routes))


@transaction.atomic
def set_member_routes(*, member: Member, routes: dict[str, str], by: User) -> None:
    """Make ``routes`` (kind → value, blank for none) the ways to reach the member."""
    _replace_routes(member.contact_routes.all(), routes, member=member)
    raise_stamps_of(member)
    audit.record("contact_routes.set", member, by=by, kinds=_given(routes))


def _replace_routes(existing: QuerySet, routes: dict[str, str], **owner: object) -> None:
    """Keep a route whose value stays, with the day it was last checked; replace the others."""
    for kind, value in routes.items():
        existing.filter(kind=kind).exclude(value=value).delete()
        if value and not existing.filter(kind=kind).exists():
            ContactRoute.objects.create(kind=kind, value=value, **owner)


def _given(routes: dict[str, str]) -> list[str]:
    return [kind for kind, value in routes.items() if value]


def _lock(neighbourhood: Neighbourhood) -> None:
    """Hold the neighbourhood's row, so that two acts on its timeline take their turn."""
    Neighbourhood.objects.select_for_update(no_key=True).get(pk=neighbourhood.pk)
