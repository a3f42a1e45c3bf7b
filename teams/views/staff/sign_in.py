"""An invitation accepted, and what follows: a password, then a second factor."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from teams.access import ENROLMENT_SESSION_KEY
from teams.forms.sign_in import PasswordForm
from teams.models import User
from teams.services.invitations import InvitationNotUsable, accept_invitation, find_invitation

LINK_SESSION_KEY = "teams.invitation_link"


@require_safe
@never_cache
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[LINK_SESSION_KEY] = token
    return redirect("teams:invitation")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    token = request.session.get(LINK_SESSION_KEY, "")
    try:
        found = find_invitation(token=token, now=timezone.now())
        form = PasswordForm(request.POST or None, user=found.user)
        if form.is_valid():
            user = accept_invitation(token=token, now=timezone.now(), **form.cleaned_data)
            return _begin_enrolment(request, user)
    except InvitationNotUsable as exc:
        return render(request, "teams/staff/invitation_unusable.html", {"why": exc}, status=410)
    return render(request, "teams/staff/invitation.html", {"form": form, "account": found.user})


def _begin_enrolment(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in for one purpose: every staff page sends an account without a factor to enrol."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    # Counts as having just shown who they are: else the next page asks for the password again.
    record_authentication(request, user, method="invitation", reauthenticated=True)
    request.session.pop(LINK_SESSION_KEY, None)
    request.session[ENROLMENT_SESSION_KEY] = user.pk
    return redirect("mfa_activate_totp")


@require_safe
@never_cache
def enrolment_needed(request: HttpRequest) -> HttpResponse:
    """For an account with a password but no second factor: only a new link helps."""
    return render(request, "teams/staff/enrolment_needed.html")
