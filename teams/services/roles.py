"""Who holds which role: given by an administrator, by two, or lent for a while by an inspector."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, Neighbourhood, PolicingArea
from teams import audit
from teams.access import borrowers_of, may_over_force
from teams.models import Member, Notice, RoleGrant, RoleRequest, User
from teams.models.role_grant import LENT_FOR
from teams.models.role_request import ASKED_FOR
from teams.permissions import Permission

Scope = Neighbourhood | PolicingArea | Force
NEWS_OF = {Notice.Kind.LENT: "teams.role_lent", Notice.Kind.TAKEN_BACK: "teams.role_taken_back"}


class NoAccount(Exception):
    """A role needs an account, and the member was never invited."""


class OwnRole(Exception):
    """Nobody gives or takes their own roles."""


class AskedAlready(Exception):
    """The same role waits for another administrator."""


class NoLongerAsked(Exception):
    """The request has ended, or those whom it concerns are no longer what they were."""


class NotLent(Exception):
    """A role is lent to somebody of the team, for some days."""


@transaction.atomic
def grant_role(*, member: Member, role: str, scope: Scope, from_on: date, by: User) -> RoleGrant:
    """Give the member's account a role that takes one administrator. Raises NoAccount or OwnRole.

    Those of ``BY_TWO`` are asked for instead: the database refuses them here.
    """
    grant = RoleGrant.objects.create(
        user=_account(member, by), role=role, from_on=from_on, granted_by=by, **_over(scope)
    )
    audit.record("role.granted", grant, by=by, role=role, scope=str(scope.pk), user=member.user_id)
    return grant


@transaction.atomic
def ask_for_role(
    *, member: Member, role: str, scope: Scope, by: User, now: datetime
) -> RoleRequest:
    """Ask for a role of ``BY_TWO``; it holds once another administrator confirms it.

    Raises NoAccount, OwnRole, or AskedAlready while the same request waits.
    """
    asked = {"user": _account(member, by), "role": role, **_over(scope)}
    over = RoleRequest.objects.filter(**asked, ended_at=None, asked_at__lte=now - ASKED_FOR)
    over.update(ended_at=now)
    try:
        with transaction.atomic():
            request = RoleRequest.objects.create(**asked, asked_by=by, asked_at=now)
    except IntegrityError as exc:
        raise AskedAlready(_("This waits for another administrator already.")) from exc
    audit.record("role.asked", request, by=by, role=role, scope=str(scope.pk), user=member.user_id)
    return request


@transaction.atomic
def confirm_role(*, request: RoleRequest, by: User, now: datetime) -> RoleGrant:
    """Give the role as the second administrator. Raises OwnRole or NoLongerAsked.

    The request is locked first, so of two who press at once the second is told.
    """
    request = _waiting(request, now)
    if by in (request.asked_by, request.user):
        raise OwnRole(_("Another administrator has to confirm it: neither of you two."))
    _require_as_they_were(request, on=london_date(now))
    grant = RoleGrant.objects.create(
        user=request.user,
        role=request.role,
        from_on=london_date(now),
        granted_by=request.asked_by,
        confirmed_by=by,
        request=request,
        **_over(request.scope),
    )
    _end_request(request, now=now)
    audit.record(
        "role.granted",
        grant,
        by=by,
        role=grant.role,
        scope=str(grant.scope.pk),
        user=grant.user_id,
        asked_by=request.asked_by_id,
    )
    return grant


@transaction.atomic
def refuse_role(*, request: RoleRequest, by: User, now: datetime) -> None:
    """Let a request end without the role; whoever asked takes it back so, too.

    Raises OwnRole or NoLongerAsked.
    """
    request = _waiting(request, now)
    require_other(request.user, by)
    _end_request(request, now=now)
    audit.record("role.refused", request, by=by, role=request.role, user=request.user_id)


@transaction.atomic
def lend_role(
    *, neighbourhood: Neighbourhood, user: User, to_on: date, by: User, now: datetime
) -> RoleGrant:
    """Let somebody of the team act as its sergeant from today to ``to_on``. Raises NotLent.

    It ends by that day alone. The neighbourhood is locked first, so of two inspectors who
    press at once the second is told.
    """
    Neighbourhood.objects.select_for_update(no_key=True).get(pk=neighbourhood.pk)
    on = london_date(now)
    if user == by or not borrowers_of(neighbourhood, on=on).filter(pk=user.pk).exists():
        raise NotLent(_("Choose somebody of this team who is not its sergeant already."))
    if not on <= to_on < on + LENT_FOR:
        raise NotLent(_("The last day must be within 14 days"))
    grant = RoleGrant.objects.create(
        user=user,
        role=RoleGrant.Role.SERGEANT,
        neighbourhood=neighbourhood,
        from_on=on,
        to_on=to_on,
        granted_by=by,
        lent_by=by,
    )
    _tell_both(grant, Notice.Kind.LENT, on=on, by=by, now=now)
    audit.record("role.lent", grant, by=by, user=user.pk, last_on=to_on.isoformat())
    return grant


@transaction.atomic
def take_back_role(*, grant: RoleGrant, by: User, now: datetime) -> None:
    """End a role that was lent before its last day."""
    on = london_date(now)
    _tell_both(grant, Notice.Kind.TAKEN_BACK, on=on, by=by, now=now)
    audit.record("role.taken_back", grant, by=by, user=grant.user_id)
    end_grant(grant, last_on=on - timedelta(days=1))


@transaction.atomic
def end_role(*, grant: RoleGrant, by: User, today: date) -> None:
    """Take a role back at once. Raises OwnRole."""
    require_other(grant.user, by)
    audit.record("role.ended", grant, by=by, role=grant.role, user=grant.user_id)
    end_grant(grant, last_on=today - timedelta(days=1))


def end_grant(grant: RoleGrant, *, last_on: date) -> None:
    """End a grant with ``last_on``; one that would never have held is removed."""
    if grant.from_on > last_on:
        grant.delete()
    elif grant.to_on is None or grant.to_on > last_on:
        grant.to_on = last_on
        grant.save(update_fields=["to_on"])


def require_other(user: User | None, by: User) -> None:
    """Raise OwnRole where the account is that of whoever acts."""
    if user is not None and user == by:
        raise OwnRole(_("Nobody changes their own roles. Ask another administrator."))


def _account(member: Member, by: User) -> User:
    if member.user is None:
        raise NoAccount(_("Invite them to sign in first."))
    require_other(member.user, by)
    return member.user


def _over(scope: Scope) -> dict[str, Scope]:
    names = {Neighbourhood: "neighbourhood", PolicingArea: "area", Force: "force"}
    return {names[type(scope)]: scope}


def _waiting(request: RoleRequest, now: datetime) -> RoleRequest:
    """The request as it is now, held until the transaction ends. Raises NoLongerAsked."""
    rows = RoleRequest.objects.waiting(now=now).select_for_update(no_key=True, of=("self",))
    found = rows.select_related("user__member", "asked_by").filter(pk=request.pk).first()
    if found is None:
        raise NoLongerAsked(_("Nobody asks for this any more."))
    return found


def _require_as_they_were(request: RoleRequest, *, on: date) -> None:
    """Raise NoLongerAsked unless who asked is an administrator, and whom it is for is staying."""
    member = Member.objects.filter(user=request.user, ended_on=None).first()
    if member is None or not request.user.is_active:
        raise NoLongerAsked(_("This person is leaving or has left."))
    still = may_over_force(request.asked_by, Permission.PEOPLE_MANAGE, member.force, on=on)
    if not still or not request.asked_by.is_active:
        raise NoLongerAsked(_("Whoever asked for this is no administrator any more."))


def _end_request(request: RoleRequest, *, now: datetime) -> None:
    request.ended_at = now
    request.save(update_fields=["ended_at"])


def _tell_both(grant: RoleGrant, kind: Notice.Kind, *, on: date, by: User, now: datetime) -> None:
    """Post it to whom the role was lent and to who acts; of the same day the newest counts."""
    for user in (grant.user, by):
        about = {"kind": kind, "neighbourhood": grant.neighbourhood, "user": user, "about_on": on}
        Notice.objects.filter(**about).delete()
        notice = Notice.objects.create(**about)
        outbox.post(NEWS_OF[kind], notice.pk, to=user.email, language=user.language, now=now)
