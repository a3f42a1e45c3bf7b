"""Signing in with a passkey, alone or after a password."""

import json

from allauth.account.models import Login
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from teams.forms.passkeys import PasskeySignInForm
from teams.models import User
from teams.views.staff.ways import own_path


@never_cache
@require_http_methods(["GET", "POST"])
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Tell the browser what to ask a passkey for (GET), and let in whom it names (POST)."""
    if request.method == "GET":
        return JsonResponse(json.loads(options_for(None)))
    form = PasskeySignInForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["credential"][0])
        return redirect("account_login")
    passkey, way_on = form.cleaned_data["credential"], own_path(request.GET.get("next", ""))
    return perform_passwordless_login(request, passkey, Login(passkey.user, redirect_url=way_on))


def options_for(user: User | None) -> str:
    """What the browser has to ask a passkey of the account for, or any passkey: JSON."""
    return json.dumps(begin_authentication(user), default=dict)


class SecondStepView(AuthenticateView):
    """allauth's, with what the account has: an app, a passkey or both."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        posted = self.request.method == "POST" and "code" not in self.request.POST
        return context | {
            "form": self.webauthn_form if posted else self.auth_form,
            "code_form": self.auth_form,
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
            "options": json.dumps(context["js_data"]["request_options"], default=dict),
        }


second_step = SecondStepView.as_view()
