"""An invitation accepted, a second factor set up, and shown again where it has to be."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from teams.access import (
    ENROLMENT_SESSION_KEY,
    came_from_issuer,
    enrolment_required,
    has_second_factor,
    staff_required,
)
from teams.forms.passkeys import PasskeyProofForm
from teams.forms.sign_in import EnrolForm, PasswordForm, ProofForm
from teams.models import User
from teams.queries.signing_in import ways_in
from teams.services.invitations import InvitationNotUsable, accept_invitation, find_invitation
from teams.services.signing_in import note_app
from teams.views.staff.issuer import leads_to_issuer
from teams.views.staff.passkeys import options_for
from teams.views.staff.ways import LINK_SESSION_KEY, own_path


@require_safe
@never_cache
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[LINK_SESSION_KEY] = token
    return redirect("teams:invitation")


@never_cache
@leads_to_issuer
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
    request.session.pop(LINK_SESSION_KEY, None)
    request.session[ENROLMENT_SESSION_KEY] = user.pk
    return redirect("mfa_activate_totp")


class AppEnrolView(ActivateTOTPView):
    """allauth's, for an account without an app; its first code proves who somebody is."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return redirect("teams:own_sign_in")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        response = super().form_valid(form)
        note_app(user=self.request.user)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response

    def get_success_url(self) -> str:
        codes_are_new = self.did_generate_recovery_codes
        return reverse("mfa_view_recovery_codes" if codes_are_new else "teams:own_sign_in")


app_enrol = enrolment_required(AppEnrolView.as_view())


@require_http_methods(["GET", "POST"])
@staff_required
def proof(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey again, then go on to the page that wanted it."""
    if not has_second_factor(request.user):
        return redirect("teams:enrolment_needed")
    kind = PasskeyProofForm if "credential" in request.POST else ProofForm
    form = kind(request.POST or None, user=request.user)
    if form.is_valid():
        form.save()
        return redirect(own_path(request.GET.get("next", "")))
    code_form = form if kind is ProofForm else ProofForm(user=request.user)
    context = {"form": form, "code_form": code_form, "ways": ways_in(request.user)}
    context["options"] = options_for(request.user)
    return render(request, "teams/staff/proof.html", context)


@require_safe
@never_cache
def enrolment_needed(request: HttpRequest) -> HttpResponse:
    """For an account without a second factor: only a new link helps."""
    by_issuer = came_from_issuer(request, request.user)
    return render(request, "teams/staff/enrolment_needed.html", {"came_from_issuer": by_issuer})
