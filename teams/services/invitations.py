"""How an account comes to be: an invitation, then a password or the force's single sign-on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, Token
from neighbourhoods.tokens import token_digest
from teams import audit
from teams.models import Invitation, Member, RoleGrant, User
from teams.news import INVITATION


class EmailTaken(Exception):
    """Another account has that email address."""


class HasLeft(Exception):
    """The member's last day is over, so a link would open nothing."""


class InvitationNotUsable(Exception):
    """The link has expired, was used, was replaced, or never was one."""


class SubjectTaken(Exception):
    """Somebody else's account is linked to that subject of the issuer."""


@transaction.atomic
def invite_member(
    *, member: Member, email: str, language: str, by: User | None, now: datetime
) -> Invitation:
    """Mail the member a link to set up their sign-in; an earlier link stops working.

    Also the way back for somebody who lost their password or their phone.
    Raises EmailTaken or HasLeft.
    """
    if member.ended_on and member.ended_on < london_date(now):
        raise HasLeft(_("This person has left the force, so no link can be sent."))
    if member.user is None:
        member.user = _new_account(name=member.name, email=email, language=language)
        member.save(update_fields=["user"])
    else:
        _change_address(member.user, email=email, language=language)
    return _invite(member.user, by=by, now=now)


@transaction.atomic
def invite_administrator(
    *, force: Force, name: str, email: str, language: str, now: datetime, on
) -> Invitation:
    """Mail a force's first administrator a link; for the command line. Raises EmailTaken."""
    user = _new_account(name=name, email=email, language=language)
    grant = RoleGrant.objects.create(
        user=user, role=RoleGrant.Role.FORCE_ADMINISTRATOR, force=force, from_on=on
    )
    audit.record("role.granted", grant, by=None, role=grant.role, scope=force.pk, user=user.pk)
    return _invite(user, by=None, now=now)


@transaction.atomic
def accept_invitation(*, token: str, password: str, now: datetime) -> User:
    """Set the password of the account that the link was sent for; its old factors and sessions end.

    Raises InvitationNotUsable; nothing is changed then.
    """
    invitation = _used_up(token=token, now=now)
    invitation.user.set_password(password)
    _begin_anew(invitation)
    return invitation.user


@transaction.atomic
def accept_invitation_by_issuer(*, token: str, account: SocialAccount, now: datetime) -> User:
    """Link the account that the link was sent for to ``account``, a subject of the issuer.

    From then on it has no password. Raises InvitationNotUsable or SubjectTaken; nothing is
    changed then.
    """
    invitation = _used_up(token=token, now=now)
    others = SocialAccount.objects.filter(provider=account.provider, uid=account.uid)
    if others.exclude(user=invitation.user).exists():
        raise SubjectTaken(_("Another account is linked to this sign-in."))
    invitation.user.set_unusable_password()
    _begin_anew(invitation)
    account.pk, account.user = None, invitation.user
    account.save(force_insert=True)
    audit.record("account.linked", account, by=invitation.user, user=invitation.user.pk)
    return invitation.user


def _used_up(*, token: str, now: datetime) -> Invitation:
    """Take the invitation; the conditional UPDATE lets one of two presses count."""
    invitation = find_invitation(token=token, now=now)
    tokens = Token.objects.filter(sha256=token_digest(token)).usable(now=now)
    if not tokens.update(used_at=now):
        raise InvitationNotUsable(_("This link has been used."))
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return invitation


def _begin_anew(invitation: Invitation) -> None:
    """End every other way into the account, and the sessions that came by one."""
    user = invitation.user
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.sessions.all().delete()
    user.save(update_fields=["password"])
    audit.record("invitation.accepted", invitation, by=user)


def find_invitation(*, token: str, now: datetime) -> Invitation:
    """The open invitation that ``token`` belongs to. Raises InvitationNotUsable."""
    found = Token.objects.usable(now=now).filter(purpose=INVITATION, sha256=token_digest(token))
    open_ones = Invitation.objects.filter(accepted_at__isnull=True, replaced_at__isnull=True)
    invitation = (
        open_ones.filter(pk__in=found.values("object_id"), user__is_active=True)
        .select_related("user")
        .first()
    )
    if invitation is None:
        raise InvitationNotUsable(_("This link has expired or has been used."))
    return invitation


def _invite(user: User, *, by: User | None, now: datetime) -> Invitation:
    user.invitations.filter(accepted_at__isnull=True, replaced_at__isnull=True).update(
        replaced_at=now
    )
    invitation = Invitation.objects.create(user=user)
    outbox.post(INVITATION, invitation.pk, to=user.email, language=user.language, now=now)
    audit.record("invitation.sent", invitation, by=by, user=user.pk)
    return invitation


def _new_account(*, name: str, email: str, language: str) -> User:
    with _email_taken():
        return User.objects.create_user(
            username=_free_username(name), email=email, name=name, language=language
        )


def _change_address(user: User, *, email: str, language: str) -> None:
    user.email, user.language = email, language
    with _email_taken():
        user.save(update_fields=["email", "language"])


@contextmanager
def _email_taken() -> Iterator[None]:
    """Let the database decide whether the address is free: nobody can come in between."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as exc:
        raise EmailTaken(_("Another account has this email address.")) from exc


def _free_username(name: str) -> str:
    """The name with dots, and a number where somebody has it already."""
    base = slugify(name).replace("-", ".")[:50] or "member"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    numbered = (f"{base}.{n}" for n in range(2, len(taken) + 3))
    return next(candidate for candidate in (base, *numbered) if candidate not in taken)
