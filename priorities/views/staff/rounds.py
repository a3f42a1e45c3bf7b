"""Asking residents: a draft, a vote that is open, its results."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from priorities.forms.rounds import RoundForm, initial_of
from priorities.models import Round
from priorities.queries import results
from priorities.services.rounds import (
    RoundNotOver,
    discard_round,
    open_round,
    publish_results,
    rewrite_round,
    write_round,
)
from teams.access import neighbourhood_permission_required
from teams.models import TransitionNotAllowed
from teams.permissions import Permission


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_write(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    form = RoundForm(request.POST or None, on=london_date(timezone.now()))
    if form.is_valid():
        try:
            draft = write_round(neighbourhood=neighbourhood, by=request.user, **form.cleaned_data)
        except RoundNotOver as exc:
            form.add_error(None, str(exc))
        else:
            return redirect("priorities:round_preview", **neighbourhood.url_kwargs, pk=draft.pk)
    return _ask(request, neighbourhood, form, _("Ask residents to vote"))


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_rewrite(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    round_ = get_object_or_404(neighbourhood.rounds.filter(opens_at__isnull=True), pk=pk)
    on = london_date(timezone.now())
    form = RoundForm(request.POST or None, on=on, initial=initial_of(round_))
    if form.is_valid():
        return _act(request, round_, None, rewrite_round, **form.cleaned_data)
    return _ask(request, neighbourhood, form, _("Change the draft"))


@require_safe
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_preview(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    round_ = get_object_or_404(neighbourhood.rounds, pk=pk)
    context = {
        "neighbourhood": neighbourhood,
        "round": round_,
        "options": round_.options.all(),
        "is_over": round_.is_over(timezone.now()),
        "results": results(round_),
    }
    return render(request, "priorities/staff/round_preview.html", context)


@require_POST
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_open(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    round_ = get_object_or_404(neighbourhood.rounds, pk=pk)
    done = _("Opened. Residents can now vote.")
    return _act(request, round_, done, open_round, now=timezone.now())


@require_POST
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_publish(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    round_ = get_object_or_404(neighbourhood.rounds, pk=pk)
    done = _("Published. Residents can now see the results.")
    return _act(request, round_, done, publish_results, now=timezone.now())


@require_POST
@neighbourhood_permission_required(Permission.ROUND_MANAGE)
def round_discard(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    round_ = get_object_or_404(neighbourhood.rounds, pk=pk)
    try:
        discard_round(round_=round_, by=request.user)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
        return redirect("priorities:round_preview", **neighbourhood.url_kwargs, pk=pk)
    messages.success(request, _("The draft has been deleted."))
    return redirect("priorities:priority_board", **neighbourhood.url_kwargs)


def _ask(request, neighbourhood: Neighbourhood, form, heading: str) -> HttpResponse:
    back_url = reverse("priorities:priority_board", kwargs=neighbourhood.url_kwargs)
    context = {
        "neighbourhood": neighbourhood,
        "form": form,
        "heading": heading,
        "back_url": back_url,
    }
    return render(request, "priorities/staff/form.html", context)


def _act(request, round_: Round, done: str | None, service, **arguments: object) -> HttpResponse:
    """Take one step with a round, say what came of it, and show it again."""
    try:
        service(round_=round_, by=request.user, **arguments)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        if done:
            messages.success(request, done)
    return redirect("priorities:round_preview", **round_.neighbourhood.url_kwargs, pk=round_.pk)
