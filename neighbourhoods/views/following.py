"""Following a neighbourhood: asked for, confirmed by a button, left by a button."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from neighbourhoods import services
from neighbourhoods.clock import london_date
from neighbourhoods.forms import FollowForm, TopicsForm
from neighbourhoods.models import Neighbourhood
from neighbourhoods.services import LinkNotUsable
from neighbourhoods.views.trails import trail_below

CONFIRM_SESSION_KEY = "neighbourhoods.confirm_link"
LEAVE_SESSION_KEY = "neighbourhoods.leave_link"
TEXT = "text/plain; charset=utf-8"


def of_current_neighbourhood(view: Callable) -> Callable:
    """Turn ``view(request, neighbourhood)`` into ``view(request, force_id, neighbourhood_id)``.

    404 where there is none; an ended one's home says what came after it.
    """

    @wraps(view)
    @never_cache
    def wrapper(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
        places = Neighbourhood.objects.public().select_related("force")
        neighbourhood = get_object_or_404(places, force=force_id, code=neighbourhood_id)
        if neighbourhood.ended_on and neighbourhood.ended_on <= london_date(timezone.now()):
            return redirect("reports:neighbourhood_home", **neighbourhood.url_kwargs)
        return view(request, neighbourhood)

    return wrapper


def link_unusable(request: HttpRequest, why: Exception, advice: str = "") -> HttpResponse:
    """The page of a link from a mail that leads nowhere any more, and what to do instead."""
    context = {"why": why, "advice": advice}
    return render(request, "neighbourhoods/public/link_unusable.html", context, status=410)


def token_page(view: Callable) -> Callable:
    """A page behind a secret link: no copy is kept of it, and no other site learns of it.

    The address with the secret is sent on to nobody. The page with the button, whose
    address has none, keeps the policy of the site: without a referrer a browser calls the
    form's origin "null", and Django would refuse the press.
    """

    @wraps(view)
    @never_cache
    def wrapper(request: HttpRequest, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, **kwargs)
        except LinkNotUsable as exc:
            advice = _("You can ask for a new one on the page of your team.")
            response = link_unusable(request, exc, advice)
        if "token" in kwargs:
            response["Referrer-Policy"] = "no-referrer"
        return response

    return wrapper


@require_http_methods(["GET", "HEAD", "POST"])
@of_current_neighbourhood
def follow(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    form = FollowForm(request.POST or None)
    if form.is_valid():
        services.ask_to_follow(
            neighbourhood=neighbourhood,
            language=get_language(),
            now=timezone.now(),
            **form.cleaned_data,
        )
        return redirect("neighbourhoods:follow_asked", **neighbourhood.url_kwargs)
    return _page(request, neighbourhood, "follow", _("Follow your team"), form=form)


@require_safe
@of_current_neighbourhood
def asked(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    """One answer for all: whoever typed an address learns nothing about it."""
    return _page(request, neighbourhood, "follow_asked", _("Check your email"))


@require_safe
@of_current_neighbourhood
def confirmed(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    return _page(request, neighbourhood, "follow_confirmed", _("You follow this team"))


@require_safe
@token_page
def confirm_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[CONFIRM_SESSION_KEY] = token
    return redirect("neighbourhoods:confirm")


@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def confirm(request: HttpRequest) -> HttpResponse:
    link = {"token": request.session.get(CONFIRM_SESSION_KEY, ""), "now": timezone.now()}
    following = services.find_following(**link)
    form = TopicsForm(request.POST or None, initial={"topics": following.topics})
    if form.is_valid():
        services.confirm_following(language=get_language(), **form.cleaned_data, **link)
        return redirect(
            "neighbourhoods:follow_confirmed", **following.neighbourhood.current.url_kwargs
        )
    context = {"form": form, "following": following}
    return render(request, "neighbourhoods/public/confirm.html", context)


@require_safe
@token_page
def leave_open(request: HttpRequest, token: str) -> HttpResponse:
    request.session[LEAVE_SESSION_KEY] = token
    return redirect("neighbourhoods:leave")


@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def leave(request: HttpRequest) -> HttpResponse:
    token = request.session.get(LEAVE_SESSION_KEY, "")
    if not token:
        raise LinkNotUsable(_("This link has expired."))
    if request.method != "POST":
        return render(request, "neighbourhoods/public/leave.html")
    services.leave(token=token, now=timezone.now())
    return redirect("neighbourhoods:left")


@require_safe
@never_cache
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "neighbourhoods/public/left.html")


@csrf_exempt  # a mail program presses for its owner and has no session (RFC 8058); the secret is
@require_http_methods(["GET", "HEAD", "POST"])  # the permission, and pressing it again is harmless
@token_page
def leave_at_once(request: HttpRequest, token: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("neighbourhoods:leave_open", token=token)
    services.leave(token=token, now=timezone.now())
    return HttpResponse(_("You get no more of these mails."), content_type=TEXT)


def _page(
    request: HttpRequest, neighbourhood: Neighbourhood, name: str, here: str, **more: object
) -> HttpResponse:
    context = {
        "neighbourhood": neighbourhood,
        "force": neighbourhood.force,
        "breadcrumbs": trail_below(neighbourhood, here),
        **more,
    }
    return render(request, f"neighbourhoods/public/{name}.html", context)
