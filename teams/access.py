"""Who may see and do what. A staff view gets its neighbourhood or force from here, checked.

Every decorator asks the same questions in the same order: signed in? second factor set
up? does any grant reach the place (else 404, its existence is not disclosed)? does the
role allow the act (else 403)? Before what cannot be taken back: was a code or a passkey
shown just now?
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, Neighbourhood, PolicingArea
from teams.models import PatrolUpdate, PublishingTrust, RoleGrant, User
from teams.permissions import ROLE_PERMISSIONS, Permission, Role, roles_allowing

View = Callable[..., HttpResponse]
private = cache_control(private=True, no_store=True)

# Put into the session by an accepted invitation: the password alone does not let anyone enrol.
ENROLMENT_SESSION_KEY = "teams.enrolment"
# What proves who somebody is; a recovery code only stands in for it when signing in.
PROOFS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
PROVEN_FOR = timedelta(minutes=10)
# What stands for the issuer of single sign-on in the rows and records of allauth.
ISSUER, BY_ISSUER = "issuer", "socialaccount"


def may_sign_in(user: User, *, on: date) -> bool:
    """Whether the account is open on the day ``on``: not of somebody who left."""
    member = getattr(user, "member", None)
    left = member is not None and member.ended_on is not None and member.ended_on < on
    return user.is_active and not left


def has_second_factor(user: User) -> bool:
    return is_mfa_enabled(user, PROOFS)


def came_from_issuer(request: HttpRequest, user: User) -> bool:
    """Whether the account signed in to this session at the force's issuer, which asks for more."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == BY_ISSUER for record in records)


def was_proven_lately(request: HttpRequest, *, now: datetime) -> bool:
    """Whether this session saw a code of the account's app or its passkey within PROVEN_FOR.

    allauth counts a password as well, and lets an account through that has neither password
    nor factor; so this is our own reading of its records.
    """
    return any(
        record.get("type") in PROOFS
        and abs(now.timestamp() - record["at"]) < PROVEN_FOR.total_seconds()
        for record in get_authentication_records(request, request.user)
    )


def may_enrol(request: HttpRequest) -> bool:
    """Whether this session began with the invitation link of the account that is signed in."""
    return (
        request.user.is_authenticated
        and request.session.get(ENROLMENT_SESSION_KEY) == request.user.pk
    )


def staff_required(view: View) -> View:
    """Let through an account with a second factor, or from the issuer; others sign in or enrol."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (has_second_factor(request.user) or came_from_issuer(request, request.user)):
            return redirect("mfa_activate_totp" if may_enrol(request) else "teams:enrolment_needed")
        return view(request, *args, **kwargs)

    wrapper.required_permission = None
    return private(wrapper)


def enrolment_required(view: View) -> View:
    """Let through whoever came by an invitation link and has no second factor yet.

    Whoever has one sets up another by showing it.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if has_second_factor(request.user):
            return proven(request, *args, **kwargs)
        if not may_enrol(request):
            return redirect("teams:enrolment_needed")
        return view(request, *args, **kwargs)

    proven = fresh_proof_required()(view)
    wrapper.asks_for_proof = "sometimes"
    wrapper.required_permission = None
    return private(wrapper)


def fresh_proof_required(
    *, back_to: str = "", without: tuple[str, ...] = (), when: Callable[..., bool] | None = None
) -> Callable[[View], View]:
    """Let through whoever showed a code or a passkey lately; others are asked for it first.

    Stands below the decorator that asks for the permission. ``back_to`` names the page with the
    button of a view that has no form of its own, ``without`` what its address lacks. A POST that
    is held up is not kept: whoever sent it finds its form again. ``when`` gets what the view
    gets but for the request, and says whether it has to be asked at all.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            asked = when is None or when(*args, **kwargs)
            if not asked or was_proven_lately(request, now=timezone.now()):
                return view(request, *args, **kwargs)
            return _to_proof(request, _form_of(request, back_to, without))

        wrapper.asks_for_proof = "sometimes" if when else "always"
        return wrapper

    return decorator


def _form_of(request: HttpRequest, back_to: str, without: tuple[str, ...]) -> str:
    if not back_to:
        return request.get_full_path()
    named = request.resolver_match.kwargs
    return reverse(back_to, kwargs={key: named[key] for key in named if key not in without})


def _to_proof(request: HttpRequest, back_to: str) -> HttpResponse:
    if not has_second_factor(request.user):
        return redirect("mfa_activate_totp" if may_enrol(request) else "teams:enrolment_needed")
    return redirect(f"{reverse('teams:proof')}?{urlencode({'next': back_to})}")


def neighbourhood_permission_required(permission: Permission) -> Callable[[View], View]:
    """Turn ``view(request, neighbourhood)`` into ``view(request, force_id, neighbourhood_id)``.

    404 if the user has no grant that reaches it, 403 if they have one but the role
    does not allow ``permission``.
    """

    def decorator(view: View) -> View:
        @wraps(view)
        def checked(
            request: HttpRequest, force_id: str, neighbourhood_id: str, **kwargs: object
        ) -> HttpResponse:
            neighbourhood = get_object_or_404(
                Neighbourhood.objects.select_related("force", "area"),
                force=force_id,
                code=neighbourhood_id,
            )
            _check(_grants(request).reaching(neighbourhood), permission)
            return view(request, neighbourhood, **kwargs)

        wrapper = staff_required(checked)
        wrapper.required_permission = permission
        return wrapper

    return decorator


def force_permission_required(permission: Permission) -> Callable[[View], View]:
    """Turn ``view(request, force)`` into ``view(request, force_id)``; answers as its sister."""

    def decorator(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, force_id: str, **kwargs: object) -> HttpResponse:
            force = get_object_or_404(Force, pk=force_id)
            _check(_grants(request).over_force(force), permission)
            return view(request, force, **kwargs)

        wrapper = staff_required(checked)
        wrapper.required_permission = permission
        return wrapper

    return decorator


def permissions_over(user: User, neighbourhood: Neighbourhood, *, on: date) -> set[Permission]:
    """What ``user`` may do in the neighbourhood on the day ``on``: for pages that offer acts."""
    roles = set(RoleGrant.objects.on(on).reaching(neighbourhood).filter(user=user).roles())
    return {p for p in Permission if roles & set(roles_allowing(p))}


def publishes_alone(user: User, update: PatrolUpdate, *, on: date) -> bool:
    """Whether the sergeant trusts ``user`` with updates of this kind, and they still write here."""
    place = update.neighbourhood
    return (
        update.kind in PatrolUpdate.ON_TRUST
        and PublishingTrust.objects.filter(user=user, neighbourhood=place).exists()
        and Permission.UPDATE_WRITE in permissions_over(user, place, on=on)
    )


def writers_of(neighbourhood: Neighbourhood, *, on: date) -> QuerySet:
    """The accounts that write updates here and need a second person, trusted ones among them."""
    grants = RoleGrant.objects.on(on).reaching(neighbourhood)
    writing = grants.filter(role__in=roles_allowing(Permission.UPDATE_WRITE))
    publishing = grants.filter(role__in=roles_allowing(Permission.UPDATE_PUBLISH))
    users = User.objects.filter(is_active=True, pk__in=writing.values("user"))
    return users.exclude(pk__in=publishing.values("user")).order_by("name", "pk")


def borrowers_of(neighbourhood: Neighbourhood, *, on: date) -> QuerySet:
    """The accounts that the sergeant's role may be lent to here: officers who do not hold it."""
    grants = RoleGrant.objects.on(on).reaching(neighbourhood)
    officers = grants.filter(role=Role.OFFICER).values("user")
    higher = grants.filter(role__in=(Role.SERGEANT, Role.INSPECTOR)).values("user")
    users = User.objects.filter(is_active=True, pk__in=officers)
    return users.exclude(pk__in=higher).order_by("name", "pk")


def may_hold_area(user: User, neighbourhood: Neighbourhood, *, on: date) -> bool:
    """Whether an inspector's grant reaches the whole policing area of the neighbourhood."""
    grants = RoleGrant.objects.on(on).reaching(neighbourhood).filter(neighbourhood=None, user=user)
    holding = grants.filter(role__in=roles_allowing(Permission.OPERATIONS_HOLD))
    return neighbourhood.area_id is not None and holding.exists()


def neighbourhoods_where(user: User, permission: Permission, *, on: date) -> QuerySet:
    """The neighbourhoods where the user has ``permission`` on the day ``on``, in order of name.

    Those that have ended are among them, since what was left open there waits for an
    answer; of theirs, those who have the successor answer as well.
    """
    grants = RoleGrant.objects.on(on).filter(user=user, role__in=roles_allowing(permission))
    reached = _reached_by(grants).order_by().values("pk")
    left = Neighbourhood.objects.filter(Q(pk__in=reached) | Q(successor__in=reached))
    return left.begun(on=on).select_related("force").order_by("name")


def _reached_by(grants: QuerySet) -> QuerySet:
    areas = PolicingArea.objects.filter(pk__in=grants.values("area")).with_nested()
    return (
        Neighbourhood.objects.filter(
            Q(pk__in=grants.values("neighbourhood"))
            | Q(area__in=areas.values("pk"))
            | Q(force__in=grants.values("force"))
        )
        .select_related("force", "area__parent")
        .order_by("name")
    )


def may_over_force(user: User, permission: Permission, force: Force, *, on: date) -> bool:
    """Whether the user has ``permission`` on the day ``on`` by a grant over the whole force."""
    grants = RoleGrant.objects.on(on).over_force(force)
    return grants.filter(user=user, role__in=roles_allowing(permission)).exists()


def forces_where(user: User, permission: Permission, *, on: date) -> QuerySet:
    """The forces over which the user has ``permission`` on the day ``on``."""
    grants = RoleGrant.objects.on(on).filter(user=user, role__in=roles_allowing(permission))
    return Force.objects.filter(pk__in=grants.values("force")).order_by("name")


def permissions_by_force(user: User, *, on: date) -> list[tuple[Force, set[Permission]]]:
    """The forces over the whole of which the user holds roles, and what these allow."""
    grants = RoleGrant.objects.on(on).filter(user=user, force__isnull=False)
    allowed: dict[Force, set[Permission]] = {}
    for grant in grants.select_related("force").order_by("force__name", "pk"):
        allowed.setdefault(grant.force, set()).update(ROLE_PERMISSIONS[grant.role])
    return list(allowed.items())


def _grants(request: HttpRequest):
    today = london_date(timezone.now())
    return RoleGrant.objects.on(today).filter(user=request.user)


def _check(grants, permission: Permission) -> None:
    roles = set(grants.roles())
    if not roles:
        raise Http404
    if not roles & set(roles_allowing(permission)):
        raise PermissionDenied
