from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required
from teams.forms.events import CancelForm, EventForm
from teams.models import Event, TransitionNotAllowed
from teams.permissions import Permission
from teams.services.events import add_event, cancel_event, change_event


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_add(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    form = EventForm(request.POST or None, now=timezone.now())
    if form.is_valid():
        add_event(neighbourhood=neighbourhood, fields=form.event_fields(), by=request.user)
        messages.success(request, _("Event added. Residents can now see it."))
        return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    context = {"neighbourhood": neighbourhood, "form": form}
    return render(request, "teams/staff/event_write.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_change(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event = get_object_or_404(neighbourhood.events, pk=pk)
    form = EventForm(request.POST or None, now=timezone.now(), event=event)
    if form.is_valid():
        done = _("Event changed. Residents see it as it is now.")
        step = {"fields": form.event_fields(), "by": request.user}
        return _act(request, event, done, change_event, **step)
    context = {"neighbourhood": neighbourhood, "form": form, "event": event}
    return render(request, "teams/staff/event_write.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_cancel(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event = get_object_or_404(neighbourhood.events, pk=pk)
    form = CancelForm(request.POST or None)
    if form.is_valid():
        done = _("Event cancelled. Residents see your reason.")
        step = {"by": request.user, "now": timezone.now()}
        return _act(request, event, done, cancel_event, **form.cleaned_data, **step)
    context = {"neighbourhood": neighbourhood, "form": form, "event": event}
    return render(request, "teams/staff/event_cancel.html", context)


def _act(
    request: HttpRequest, event: Event, done: str, service, **arguments: object
) -> HttpResponse:
    """Take one step with an event, say what came of it, and go back to its neighbourhood."""
    try:
        service(event=event, **arguments)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, done)
    return redirect("teams:neighbourhood_manage", **event.neighbourhood.url_kwargs)
