"""Whoever reads a test message says that its address works. Nobody signs in for that."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from neighbourhoods.views.following import link_unusable
from teams.services.confirming import RouteTestNotUsable, answer_test, find_tested

LINK_SESSION_KEY = "teams.route_test_link"


@require_safe
@never_cache
def route_test_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[LINK_SESSION_KEY] = token
    response = redirect("teams:route_test")
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def route_test(request: HttpRequest) -> HttpResponse:
    answer = answer_test if request.method == "POST" else find_tested
    try:
        answer(token=request.session.get(LINK_SESSION_KEY, ""), now=timezone.now())
    except RouteTestNotUsable as exc:
        return link_unusable(request, exc, _("A new test message comes by itself."))
    context = {"answered": request.method == "POST"}
    return render(request, "teams/public/route_test.html", context)
