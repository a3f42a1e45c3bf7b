"""What residents see: the way to write to a team, and the status page of what they wrote."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.forms import DangerForm, MessageForm
from feedback.models import Message
from feedback.queries import taker_of
from feedback.services.residents import (
    LinkNotUsable,
    NotLate,
    escalate_message,
    find_message,
    receive_message,
)
from feedback.wording import moment_in_words
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.views.following import link_unusable
from teams.queries import named_officer
from teams.views.public import neighbourhood_page, page_frame, while_it_lasts

LINK_SESSION_KEY = "feedback.message_link"
SENT_SESSION_KEY = "feedback.message_sent"


def writing_page(view: Callable) -> Callable:
    """As ``neighbourhood_page`` for pages that are one reader's own: no cache may keep them."""

    @wraps(view)
    @never_cache
    @require_http_methods(["GET", "POST"])
    def wrapper(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
        places = Neighbourhood.objects.public().select_related("force")
        neighbourhood = get_object_or_404(places, force=force_id, code=neighbourhood_id)
        return while_it_lasts(view)(request, neighbourhood, now=timezone.now())

    return wrapper


@neighbourhood_page
@while_it_lasts
def message_begin(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    """Ask for danger first: nobody may write into an inbox what needs 999."""
    form = DangerForm(request.GET if "asked" in request.GET else None)
    if form.is_valid():
        page = "message_danger" if form.cleaned_data["danger"] == "yes" else "message_write"
        return redirect(f"feedback:{page}", **neighbourhood.url_kwargs)
    context = {**_frame(neighbourhood), "form": form}
    return render(request, "feedback/public/message_begin.html", context)


@neighbourhood_page
@while_it_lasts
def message_danger(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    return render(request, "feedback/public/message_danger.html", _frame(neighbourhood))


@sensitive_post_parameters("text", "name", "email")
@writing_page
def message_write(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    form = MessageForm(request.POST or None)
    if form.is_valid():
        message = receive_message(
            neighbourhood=neighbourhood, language=get_language(), now=now, **form.cleaned_data
        )
        request.session[SENT_SESSION_KEY] = message.pk
        return redirect("feedback:message_sent", **message.neighbourhood.url_kwargs)
    context = {**_frame(neighbourhood), "form": form}
    return render(request, "feedback/public/message_write.html", context)


@writing_page
def message_sent(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    """What was sent from this browser; for others the way to write."""
    message = neighbourhood.messages.filter(pk=request.session.get(SENT_SESSION_KEY)).first()
    if message is None:
        return redirect("feedback:message_begin", **neighbourhood.url_kwargs)
    context = {**_frame(neighbourhood), **_status(message, now)}
    return render(request, "feedback/public/message_sent.html", context)


@require_safe
@never_cache
def message_open(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address at once, so that no page or log keeps it."""
    request.session[LINK_SESSION_KEY] = token
    response = redirect("feedback:message_status")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
def message_status(request: HttpRequest) -> HttpResponse:
    # Its address holds no secret any more. "no-referrer" here would take the Origin header
    # from the button's POST, which the CSRF check needs; "same-origin" tells nobody else.
    now = timezone.now()
    try:
        message = find_message(token=request.session.get(LINK_SESSION_KEY, ""), now=now)
    except LinkNotUsable as exc:
        return _unusable(request, exc)
    context = _status(message, now) | {"force": message.neighbourhood.force}
    return render(request, "feedback/public/message_status.html", context)


@require_POST
@never_cache
def message_escalate(request: HttpRequest) -> HttpResponse:
    token = request.session.get(LINK_SESSION_KEY, "")
    try:
        with suppress(NotLate):  # the page then says how it stands
            escalate_message(token=token, now=timezone.now())
    except LinkNotUsable as exc:
        return _unusable(request, exc)
    return redirect("feedback:message_status")


def _unusable(request: HttpRequest, why: LinkNotUsable) -> HttpResponse:
    advice = _("Open the link in our email again. You can also find your team and ask them.")
    return link_unusable(request, why, advice)


def _status(message: Message, now: datetime) -> dict[str, object]:
    clock = message.clock(now)
    officer = named_officer(message.neighbourhood, london_date(now))
    return {
        "message": message,
        "taker": taker_of(message, officer),
        "clock": clock,
        "received": moment_in_words(message.received_at),
        "due": moment_in_words(clock.due_at) if clock.due_at else "",
        "asked": moment_in_words(clock.escalated_at) if clock.escalated_at else "",
        "replies": [(moment_in_words(reply.sent_at), reply) for reply in message.replies.all()],
    }


def _frame(neighbourhood: Neighbourhood) -> dict[str, object]:
    return page_frame(neighbourhood, (_("Ask or tell the team"), ""))
