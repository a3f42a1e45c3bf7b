from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required, permissions_over
from teams.forms.updates import UpdateForm, WithdrawForm
from teams.models import PatrolUpdate, TransitionNotAllowed
from teams.permissions import Permission
from teams.services.updates import (
    discard_update,
    publish_update,
    rewrite_update,
    withdraw_update,
    write_update,
)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_write(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    form = UpdateForm(request.POST or None)
    if form.is_valid():
        update = write_update(neighbourhood=neighbourhood, words=form.cleaned_data, by=request.user)
        return redirect("teams:update_preview", **neighbourhood.url_kwargs, pk=update.pk)
    context = {"neighbourhood": neighbourhood, "form": form}
    return render(request, "teams/staff/update_write.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_rewrite(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates.drafts(), pk=pk)
    form = UpdateForm(request.POST or None, initial=_words(update))
    if form.is_valid():
        return _act(request, update, None, rewrite_update, words=form.cleaned_data, by=request.user)
    context = {"neighbourhood": neighbourhood, "form": form, "update": update}
    return render(request, "teams/staff/update_write.html", context)


@require_safe
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_preview(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates, pk=pk)
    today = london_date(timezone.now())
    context = {
        "neighbourhood": neighbourhood,
        "update": update,
        "may_publish": Permission.UPDATE_PUBLISH
        in permissions_over(request.user, neighbourhood, on=today),
    }
    return render(request, "teams/staff/update_preview.html", context)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_PUBLISH)
def update_publish(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates, pk=pk)
    done = _("Published. Residents can now see it.")
    return _act(request, update, done, publish_update, by=request.user, now=timezone.now())


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WITHDRAW)
def update_withdraw(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates.public(), pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        done = _("Withdrawn. Residents see your reason in its place.")
        step = {"by": request.user, "now": timezone.now()}
        return _act(request, update, done, withdraw_update, **form.cleaned_data, **step)
    context = {"neighbourhood": neighbourhood, "form": form, "update": update}
    return render(request, "teams/staff/update_withdraw.html", context)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_discard(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates, pk=pk)
    try:
        discard_update(update=update, by=request.user)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
        return redirect("teams:update_preview", **neighbourhood.url_kwargs, pk=pk)
    messages.success(request, _("The draft has been deleted."))
    return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)


def _act(
    request: HttpRequest, update: PatrolUpdate, done: str | None, service, **arguments: object
) -> HttpResponse:
    """Take one step with an update, say what came of it, and show it again."""
    try:
        service(update=update, **arguments)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        if done:
            messages.success(request, done)
    return redirect("teams:update_preview", **update.neighbourhood.url_kwargs, pk=update.pk)


def _words(update: PatrolUpdate) -> dict[str, str]:
    return {name: getattr(update, name) for name in UpdateForm.base_fields}
