"""A force administrator's acts on members and their postings."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from neighbourhoods.models import Force, Neighbourhood
from teams import audit
from teams.models import Member, Posting, RoleGrant, User
from teams.services.roles import end_grant, require_other
from teams.services.stamps import raise_stamps_of


class ReferenceTaken(Exception):
    """Another member of the force has that reference."""


class AlreadyPosted(Exception):
    """The member has an open posting there already."""


@transaction.atomic
def add_member(*, force: Force, details: dict[str, object], by: User) -> Member:
    """Take a person into the force's people. Raises ReferenceTaken."""
    member = Member(force=force, **details)
    _save_member(member)
    audit.record("member.added", member, by=by, force=force.pk)
    return member


@transaction.atomic
def change_member(*, member: Member, details: dict[str, object], by: User) -> Member:
    """Change what is said of a member. Raises ReferenceTaken."""
    changed = [name for name, value in details.items() if getattr(member, name) != value]
    for name in changed:
        setattr(member, name, details[name])
    _save_member(member)
    raise_stamps_of(member)
    audit.record("member.changed", member, by=by, fields=changed)
    return member


def _save_member(member: Member) -> None:
    """Let the database decide whether the reference is free: nobody can come in between."""
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as exc:
        raise ReferenceTaken(_("Another person has this reference.")) from exc


@transaction.atomic
def post_member(
    *, member: Member, neighbourhood: Neighbourhood, from_on: date, lead: bool, by: User
) -> Posting:
    """Put the member into the neighbourhood's team from ``from_on`` on. Raises AlreadyPosted."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.postings.filter(neighbourhood=neighbourhood, to_on__isnull=True).exists():
        raise AlreadyPosted(_("They are in that team already."))
    posting = Posting.objects.create(
        member=member, neighbourhood=neighbourhood, from_on=from_on, lead=lead
    )
    raise_stamps_of(member)  # the pages of their other teams say where else they serve
    audit.record("posting.began", posting, by=by, neighbourhood=neighbourhood.pk, member=member.pk)
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, last_on: date, by: User | None) -> None:
    """Let the posting end with ``last_on``; one that had not begun by then is removed.

    Where its member was the named officer the post is vacant from then on, and says so;
    where they were to become it later, the post is vacant from that day.
    """
    member = posting.member
    posting.named_contacts.filter(from_on__gt=last_on).update(posting=None)
    if posting.from_on > last_on:
        audit.record("posting.removed", posting, by=by, member=member.pk)
        raise_stamps_of(member)
        posting.delete()
        return
    posting.to_on = last_on
    posting.save(update_fields=["to_on"])
    raise_stamps_of(member)
    audit.record("posting.ended", posting, by=by, member=member.pk, last_on=last_on.isoformat())


@transaction.atomic
def end_member(*, member: Member, last_on: date, by: User, today: date) -> None:
    """The member leaves after ``last_on``: postings and roles end, and so does signing in.

    With a last day before ``today`` the account is out at its next click; else its
    roles end with that day. Raises OwnRole.
    """
    require_other(member.user, by)
    member.ended_on = last_on
    member.save(update_fields=["ended_on"])
    for posting in member.postings.exclude(to_on__lte=last_on):
        end_posting(posting=posting, last_on=last_on, by=by)
    for grant in RoleGrant.objects.filter(user=member.user) if member.user else []:
        end_grant(grant, last_on=last_on)
    if member.user and last_on < today:
        member.user.is_active = False
        member.user.save(update_fields=["is_active"])
        member.user.sessions.all().delete()
    raise_stamps_of(member)
    audit.record("member.ended", member, by=by, last_on=last_on.isoformat())
