"""Somebody's own ways in, and where they are signed in."""

import json

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teams.access import enrolment_required, fresh_proof_required, staff_required
from teams.forms.passkeys import PasskeyAddForm
from teams.queries.signing_in import ways_in
from teams.services.signing_in import LastFactor, add_passkey, end_sessions, remove_factor


@require_safe
@staff_required
def own_sign_in(request: HttpRequest) -> HttpResponse:
    context = {
        "ways": ways_in(request.user),
        "sessions": request.user.sessions.order_by("-seen_at"),
        "this_session": request.session.session_key,
    }
    return render(request, "teams/staff/own_sign_in.html", context)


@require_http_methods(["GET", "POST"])
@enrolment_required
def passkey_add(request: HttpRequest) -> HttpResponse:
    form = PasskeyAddForm(request.POST or None, user=request.user)
    if form.is_valid():
        is_first = not Authenticator.objects.filter(user=request.user).exists()
        passkey = add_passkey(user=request.user, **form.cleaned_data)
        record_authentication(request, request.user, "mfa", type=passkey.type, id=passkey.pk)
        return redirect("mfa_view_recovery_codes" if is_first else "teams:own_sign_in")
    options = json.dumps(begin_registration(request.user, passwordless=True), default=dict)
    return render(request, "teams/staff/passkey_add.html", {"form": form, "options": options})


@require_POST
@staff_required
@fresh_proof_required(back_to="teams:own_sign_in", without=("pk",))
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    factor = get_object_or_404(factors.select_related("user"), user=request.user, pk=pk)
    try:
        remove_factor(factor=factor, by=request.user)
    except LastFactor as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Removed."))
    return redirect("teams:own_sign_in")


@require_POST
@staff_required
def sessions_end(request: HttpRequest) -> HttpResponse:
    but = request.session.session_key
    ended = end_sessions(user=request.user, but=but, by=request.user)
    said = ngettext(
        "Signed out in %(number)s other place.", "Signed out in %(number)s other places.", ended
    )
    messages.success(request, said % {"number": ended})
    return redirect("teams:own_sign_in")
