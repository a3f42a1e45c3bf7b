"""Whether residents may know a name: one person hides it, two show it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from neighbourhoods.models import Neighbourhood
from teams import audit, retention
from teams.ledger import note_line
from teams.models import Member, SafetyStamp, TransitionNotAllowed, Unhiding, User


class SamePerson(Exception):
    """Whoever asked, and whoever is hidden, does not confirm."""


class NameInWords(Exception):
    """What residents read about somebody says the surname that they shall not read."""


@transaction.atomic
def hide_member(*, member: Member, by: User, now: datetime) -> Member:
    """Let a member's name disappear from everything public, at once. Again changes nothing.

    The row, the safety stamp and the stamps of the force's pages change together, so
    nothing that was made before is served after. Their photo is taken away for good.
    """
    member = _locked(member)
    if member.hidden_at:
        return member
    member.hide(at=now)
    member.save(update_fields=["hidden_at"])
    member.unhidings.waiting().delete()
    retention.remove_photo_of(member, by=by, now=now)
    _seen(member, "member.hidden", by=by, now=now)
    return member


@transaction.atomic
def ask_to_unhide(*, member: Member, by: User, now: datetime) -> Unhiding:
    """Ask that a hidden member is shown again. Raises TransitionNotAllowed."""
    member = _locked(member)
    if not member.hidden_at:
        raise TransitionNotAllowed(_("This person is not hidden."))
    if member.unhidings.waiting().exists():
        raise TransitionNotAllowed(_("Somebody has asked for this already."))
    unhiding = Unhiding.objects.create(member=member, asked_by=by, asked_at=now)
    audit.record("member.unhiding_asked", member, by=by, unhiding=unhiding.pk)
    return unhiding


@transaction.atomic
def confirm_unhiding(*, unhiding: Unhiding, by: User, now: datetime) -> Member:
    """Show the member again, as the second person. Raises SamePerson or TransitionNotAllowed."""
    member = _locked(unhiding.member)
    waiting = member.unhidings.waiting().filter(pk=unhiding.pk).first()
    if waiting is None:
        raise TransitionNotAllowed(_("Nobody asks for this any more."))
    if by in (waiting.asked_by, member.user):
        raise SamePerson(_("Another person has to confirm it."))
    waiting.confirmed_by, waiting.confirmed_at = by, now
    waiting.save(update_fields=["confirmed_by", "confirmed_at"])
    member.show()
    member.save(update_fields=["hidden_at"])
    _seen(member, "member.unhidden", by=by, now=now)
    return member


@transaction.atomic
def set_first_name_only(*, member: Member, reason: str, by: User, now: datetime) -> Member:
    """Let residents read the first name alone, for a ``reason``; without one the whole name.

    Raises NameInWords.
    """
    member = _locked(member)
    if reason and words_say_surname(member):
        raise NameInWords(_("Take the surname out of the words about them first."))
    member.first_name_only, member.first_name_reason = bool(reason), reason
    member.save(update_fields=["first_name_only", "first_name_reason"])
    let_be_made_again(member)
    audit.record("member.shortened", member, by=by, first_name_only=member.first_name_only)
    _write_down("member.shortened" if reason else "member.spelled_out", member, by=by, now=now)
    return member


def words_say_surname(member: Member) -> bool:
    about = f"{member.bio} {member.bio_cy}".casefold()
    return bool(member.surname) and member.surname.casefold() in about


def let_be_made_again(member: Member) -> None:
    """Make every copy that may hold the name out of date."""
    SafetyStamp.objects.raise_stamp()
    Neighbourhood.objects.filter(force=member.force_id).raise_stamps()


def _seen(member: Member, verb: str, *, by: User, now: datetime) -> None:
    """Let every copy that may hold the name be made again, and write the act down."""
    let_be_made_again(member)
    audit.record(verb, member, by=by)
    _write_down(verb, member, by=by, now=now)


def _write_down(verb: str, member: Member, *, by: User, now: datetime) -> None:
    """Apart from the database, since a backup would bring the name back.

    A disk that is full keeps nobody in sight: then the log says so.
    """
    person = {"force": member.force_id, "reference": member.reference}
    note_line(verb, at=now, about=f"member {member.pk}", by=by.username, **person)


def _locked(member: Member) -> Member:
    """The row as it is now, held until the transaction ends."""
    return Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
