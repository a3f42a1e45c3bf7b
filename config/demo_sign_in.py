"""Signing in by one press: for the demonstration, on this machine only.

The page and its address exist only with DEMO=1, which a system check refuses
outside the embedded database and loopback; a request from elsewhere gets 404.
"""

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import unstash_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from config.checks import LOOPBACK
from teams.models import RoleGrant, User


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Begin the ordinary sign-in of one of the cast, past the password; the code is still asked."""
    if not is_local_demo(request):
        raise Http404
    user = get_object_or_404(
        User, username=request.POST.get("username", ""), is_active=True, authenticator__type="totp"
    )
    return perform_login(request, Login(user=user))


def is_local_demo(request: HttpRequest) -> bool:
    return settings.DEMO and settings.EMBEDDED and request.META["REMOTE_ADDR"] in LOOPBACK


def demo_cast() -> list[dict[str, str]]:
    """Who can be signed in as: user name, name, and the roles in words."""
    grants = RoleGrant.objects.select_related("neighbourhood", "area", "force")
    users = User.objects.filter(authenticator__type="totp", is_active=True).distinct()
    users = users.select_related("member").prefetch_related(Prefetch("role_grants", grants))
    return [
        {
            "username": user.username,
            "name": user.member.title if hasattr(user, "member") else user.name,
            "roles": ", ".join(
                f"{grant.get_role_display()} ({grant.scope})" for grant in user.role_grants.all()
            ),
        }
        for user in users.order_by("name")
    ]


def demo_code(request: HttpRequest) -> str:
    """The code that the app of whoever is signing in shows now; empty on any other page."""
    login = unstash_login(request, peek=True)
    if login is None or not is_local_demo(request):
        return ""
    factor = Authenticator.objects.get(user=login.user, type=Authenticator.Type.TOTP)
    _earlier, counter, _later = yield_hotp_counters_from_time()  # MFA_TOTP_TOLERANCE is 1
    return format_hotp_value(hotp_value(decrypt(factor.data["secret"]), counter))
