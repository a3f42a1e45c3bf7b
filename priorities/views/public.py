"""What residents read of votes and priorities, and where they vote."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from neighbourhoods.clock import london_date, london_instant
from neighbourhoods.models import Neighbourhood
from neighbourhoods.views.following import link_unusable
from priorities.forms.voting import VoteForm
from priorities.models import Round, Vote
from priorities.queries import open_round, promises_at
from priorities.services.voting import (
    RoundNotOpen,
    VoteNotUsable,
    ask_vote,
    confirm_vote,
    find_vote,
)
from teams.views.public import neighbourhood_page, page_frame, while_it_lasts

LINK_SESSION_KEY = "priorities.vote_link"


@neighbourhood_page
@while_it_lasts
def event_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, pk: int
) -> HttpResponse:
    """One event, and what came of what was promised there."""
    on = london_date(now)
    event = get_object_or_404(neighbourhood.events.with_details(on=on), pk=pk)
    events = reverse("teams:event_list", kwargs=neighbourhood.url_kwargs)
    context = {
        **page_frame(neighbourhood, (_("Events"), events), (_("Event"), "")),
        "event": event,
        "is_over": event.ends_at < london_instant(on),
        "promises": promises_at(event),
        "today": on,
    }
    return render(request, "priorities/public/event_detail.html", context)


@never_cache
@sensitive_post_parameters("email", "options")
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    neighbourhood = _neighbourhood(force_id, neighbourhood_id)
    round_ = open_round(neighbourhood, timezone.now())
    if round_ is None:
        return _not_open(request, neighbourhood)
    form = VoteForm(request.POST or None, round_=round_)
    if form.is_valid():
        return _ask(request, round_, form.cleaned_data)
    context = {**page_frame(neighbourhood, (_("Vote"), "")), "round": round_, "form": form}
    return render(request, "priorities/public/vote.html", context)


@never_cache
@require_safe
def vote_sent(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    """One answer, whatever the mailbox has done before: it does not tell who has voted."""
    frame = page_frame(_neighbourhood(force_id, neighbourhood_id), (_("Vote"), ""))
    return render(request, "priorities/public/vote_sent.html", frame)


@require_safe
@never_cache
def vote_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[LINK_SESSION_KEY] = token
    response = redirect("priorities:vote_confirm")
    # Not on the page behind it: there a browser would post without an origin, and be refused.
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote_confirm(request: HttpRequest) -> HttpResponse:
    """A page with a button. Mail programs that follow links do not press it."""
    link = {"token": request.session.get(LINK_SESSION_KEY, ""), "now": timezone.now()}
    try:
        found = confirm_vote(**link) if request.method == "POST" else find_vote(**link)
    except VoteNotUsable as exc:
        return link_unusable(request, exc)
    name = "vote_counted" if found.state == Vote.State.COUNTED else "vote_confirm"
    context = {**page_frame(found.round.neighbourhood, (_("Vote"), "")), "vote": found}
    return render(request, f"priorities/public/{name}.html", context)


def _neighbourhood(force_id: str, neighbourhood_id: str) -> Neighbourhood:
    places = Neighbourhood.objects.public().select_related("force")
    return get_object_or_404(places, force=force_id, code=neighbourhood_id)


def _ask(request: HttpRequest, round_: Round, words: dict[str, object]) -> HttpResponse:
    asked = {"language": get_language(), "now": timezone.now(), "address": words["email"]}
    what = {"options": words["options"], "connection": words["connection"]}
    try:
        ask_vote(round_=round_, **asked, **what)
    except RoundNotOpen:
        return _not_open(request, round_.neighbourhood)
    return redirect("priorities:vote_sent", **round_.neighbourhood.url_kwargs)


def _not_open(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    frame = page_frame(neighbourhood, (_("Vote"), ""))
    return render(request, "priorities/public/vote_not_open.html", frame)
