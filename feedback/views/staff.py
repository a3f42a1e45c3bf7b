"""The team's inbox."""

from datetime import datetime

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from feedback.forms import AnswerForm
from feedback.models import Message
from feedback.queries import answered_cases, case_of, open_cases
from feedback.services.staff import (
    AnsweredMeanwhile,
    answer_message,
    pause_clock,
    resume_clock,
)
from feedback.wording import moment_in_words
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required, permissions_over
from teams.models import TransitionNotAllowed
from teams.permissions import Permission


@require_safe
@neighbourhood_permission_required(Permission.MESSAGE_READ)
def message_list(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    now = timezone.now()
    context = {
        "neighbourhood": neighbourhood,
        "open_cases": open_cases([neighbourhood], now, reader=request.user),
        "answered_cases": answered_cases(neighbourhood, now, reader=request.user),
    }
    return render(request, "feedback/staff/message_list.html", context)


@require_safe
@neighbourhood_permission_required(Permission.MESSAGE_READ)
def message_detail(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    message = _found(request, neighbourhood, pk)
    return _page(request, message, _form(None, message))


@require_POST
@sensitive_post_parameters("text")
@neighbourhood_permission_required(Permission.MESSAGE_ANSWER)
def message_answer(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    message = _found(request, neighbourhood, pk)
    form = _form(request.POST, message)
    if not form.is_valid():
        return _page(request, message, form)
    try:
        answer_message(message=message, by=request.user, now=timezone.now(), **form.cleaned_data)
    except AnsweredMeanwhile as exc:
        return _answer_again(
            request, _found(request, neighbourhood, pk), form.cleaned_data["text"], exc
        )
    banners.success(request, _("Your answer is on its way to the resident."))
    return redirect("feedback:message_detail", **neighbourhood.url_kwargs, pk=pk)


@require_POST
@neighbourhood_permission_required(Permission.MESSAGE_ANSWER)
def message_pause(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    done = _("The clock stands still until you let it go on.")
    return _step(request, _found(request, neighbourhood, pk), pause_clock, done)


@require_POST
@neighbourhood_permission_required(Permission.MESSAGE_ANSWER)
def message_resume(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    return _step(request, _found(request, neighbourhood, pk), resume_clock, _("The clock goes on."))


def _found(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> Message:
    """Not found by whoever its sender is kept from."""
    messages = neighbourhood.messages.shown_to(request.user)
    messages = messages.select_related("neighbourhood", "contact")
    messages = messages.with_look().with_clock()
    return get_object_or_404(messages.prefetch_related("replies__written_by"), pk=pk)


def _step(request: HttpRequest, message: Message, service, done: str) -> HttpResponse:
    """Take one step with the clock, say what came of it, and show the message again."""
    try:
        service(message=message, by=request.user, now=timezone.now())
    except TransitionNotAllowed as exc:
        banners.error(request, str(exc))
    else:
        banners.success(request, done)
    return redirect(_url("message_detail", message))


def _answer_again(
    request: HttpRequest, message: Message, text: str, why: AnsweredMeanwhile
) -> HttpResponse:
    """The page with the other answer on it; what was typed counts as having seen that one."""
    form = _form({"text": text, "seen": len(message.replies.all())}, message)
    form.add_error("text", str(why))
    return _page(request, message, form)


def _form(data, message: Message) -> AnswerForm:
    return AnswerForm(data, action=_url("message_answer", message), seen=len(message.replies.all()))


def _page(request: HttpRequest, message: Message, form: AnswerForm) -> HttpResponse:
    now = timezone.now()
    may = permissions_over(request.user, message.neighbourhood, on=london_date(now))
    context = _details(message, now) | {"form": form}
    context["may_keep_from"] = Permission.MEMBER_HIDE in may
    return render(request, "feedback/staff/message_detail.html", context)


def _details(message: Message, now: datetime) -> dict[str, object]:
    case = case_of(message, now)
    due_at, asked_at = case.clock.due_at, case.clock.escalated_at
    return {
        "neighbourhood": message.neighbourhood,
        "case": case,
        "contact": getattr(message, "contact", None),
        "received": moment_in_words(message.received_at),
        "due": moment_in_words(due_at) if due_at else "",
        "asked": moment_in_words(asked_at) if asked_at else "",
        "replies": [(moment_in_words(reply.sent_at), reply) for reply in message.replies.all()],
    }


def _url(name: str, message: Message) -> str:
    return reverse(
        f"feedback:{name}", kwargs={**message.neighbourhood.url_kwargs, "pk": message.pk}
    )
