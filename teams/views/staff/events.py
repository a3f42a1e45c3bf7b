from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required
from teams.forms.events import (
    CancelForm,
    EventForm,
    EventTimesForm,
    EventWordsForm,
    NotesForm,
    typed_notes,
    typed_times,
    typed_words,
)
from teams.forms.fields import StaffForm
from teams.models import Event, TransitionNotAllowed
from teams.permissions import Permission
from teams.services.events import add_event, cancel_event, change_event, move_event, note_event


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_add(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    by, now = request.user, timezone.now()
    form = EventForm(request.POST or None, by=by, neighbourhood=neighbourhood, now=now)
    if form.is_valid():
        words = {"fields": form.event_fields(), "with_name": form.with_my_name()}
        add_event(neighbourhood=neighbourhood, by=by, now=now, **words)
        messages.success(request, _("Event added. Residents can now see it."))
        return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    return _ask(request, neighbourhood, form, _("Add an event"))


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_change(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event, by = get_object_or_404(neighbourhood.events, pk=pk), request.user
    form = EventWordsForm(request.POST or None, by=by, initial=typed_words(event, by))
    if form.is_valid():
        done = _("Event changed. Residents see it as it is now.")
        words = {"fields": form.event_fields(), "with_name": form.with_my_name()}
        return _act(request, event, done, change_event, **words)
    return _ask(request, neighbourhood, form, _("Change what is said of an event"), event)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_move(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event, now = get_object_or_404(neighbourhood.events, pk=pk), timezone.now()
    begun = {"neighbourhood": neighbourhood, "now": now, "initial": typed_times(event)}
    form = EventTimesForm(request.POST or None, **begun)
    if form.is_valid():
        done = _("Event moved. Residents see when and where it was to be, and followers are told.")
        return _act(request, event, done, move_event, fields=form.times_fields())
    return _ask(request, neighbourhood, form, _("Move an event"), event)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_cancel(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event = get_object_or_404(neighbourhood.events, pk=pk)
    form = CancelForm(request.POST or None)
    if form.is_valid():
        done = _("Event cancelled. Residents see your reason.")
        return _act(request, event, done, cancel_event, **form.cleaned_data)
    return _ask(request, neighbourhood, form, _("Cancel an event"), event)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.EVENT_WRITE)
def event_note(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    event = get_object_or_404(neighbourhood.events, pk=pk)
    form = NotesForm(request.POST or None, initial=typed_notes(event))
    if form.is_valid():
        done = _("Published. Residents read what was said and promised.")
        told = {"fields": form.notes_fields(), "promises": form.promises()}
        return _act(request, event, done, note_event, **told)
    return _ask(request, neighbourhood, form, _("Tell what was said"), event)


def _ask(
    request: HttpRequest,
    neighbourhood: Neighbourhood,
    form: StaffForm,
    heading: str,
    event: Event | None = None,
) -> HttpResponse:
    context = {"neighbourhood": neighbourhood, "form": form, "heading": heading, "event": event}
    return render(request, "teams/staff/event_form.html", context)


def _act(
    request: HttpRequest, event: Event, done: str, service, **arguments: object
) -> HttpResponse:
    """Take one step with an event, say what came of it, and go back to its neighbourhood."""
    try:
        service(event=event, by=request.user, now=timezone.now(), **arguments)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, done)
    return redirect("teams:neighbourhood_manage", **event.neighbourhood.url_kwargs)
