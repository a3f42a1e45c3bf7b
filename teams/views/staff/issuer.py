"""To the force's single sign-on and back."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from allauth.account.views import login
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from requests import RequestException

from teams.access import ISSUER
from teams.id_tokens import NotAccepted
from teams.views.staff.ways import LINK_SESSION_KEY, own_path


def leads_to_issuer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a form of the page lead to the issuer: a browser follows no redirect elsewhere."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            return view(request, *args, **kwargs)
        host = "{0.scheme}://{0.netloc}".format(urlsplit(settings.OIDC_ISSUER))
        return csp_update({"form-action": [host]})(view)(request, *args, **kwargs)

    return wrapper


sign_in = leads_to_issuer(login)


@never_cache
@require_POST
def issuer_begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the issuer; what has to come back with it waits in the session."""
    provider = get_adapter(request).get_provider(request, ISSUER)
    link = request.session.get(LINK_SESSION_KEY) if "invitation" in request.POST else None
    next_url = own_path(request.POST.get("next", ""))
    try:
        return provider.redirect(request, AuthProcess.LOGIN, next_url, {"invitation": link})
    except (NotAccepted, RequestException) as exc:
        return get_adapter(request).on_authentication_error(request, provider, exception=exc)


@never_cache
@require_http_methods(["GET", "HEAD"])
def issuer_return(request: HttpRequest) -> HttpResponse:
    """Let in whom the issuer names, if everything about its answer is right."""
    provider = get_adapter(request).get_provider(request, ISSUER)
    return OAuth2CallbackView.adapter_view(provider.get_oauth2_adapter(request))(request)
