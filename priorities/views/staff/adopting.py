"""What a team takes on, does about it, and what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from priorities.forms.adopting import (
    ActionForm,
    AdoptForm,
    CloseForm,
    PriorityUpdateForm,
    PromiseForm,
)
from priorities.models import Action, Priority
from priorities.queries import adoptable_options, open_promises
from priorities.services.adopting import (
    ReasonMissing,
    TooManyLivePriorities,
    add_action,
    adopt_priority,
    close_priority,
    finish_action,
    keep_promise,
    update_priority,
)
from teams.access import neighbourhood_permission_required, permissions_over
from teams.models import TransitionNotAllowed
from teams.permissions import Permission

# Why an act may be refused, and the field that it is said at.
REFUSALS = {TooManyLivePriorities: None, ReasonMissing: "why", TransitionNotAllowed: None}


@require_safe
@neighbourhood_permission_required(Permission.NEIGHBOURHOOD_VIEW)
def priority_board(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    now = timezone.now()
    context = {
        "neighbourhood": neighbourhood,
        "may": permissions_over(request.user, neighbourhood, on=london_date(now)),
        "live": neighbourhood.priorities.live(),
        "closed": neighbourhood.priorities.closed(),
        "rounds": neighbourhood.rounds.order_by("-pk"),
        "promises": open_promises([neighbourhood]),
        "now": now,
    }
    return render(request, "priorities/staff/priority_board.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def priority_adopt(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    form = AdoptForm(request.POST or None, options=adoptable_options(neighbourhood))
    if form.is_valid():
        subject = {"neighbourhood": neighbourhood, "on": london_date(timezone.now())}
        done = _("Adopted. Residents can now see it.")
        if _taken(request, form, done, adopt_priority, **subject, **form.cleaned_data):
            return redirect("priorities:priority_board", **neighbourhood.url_kwargs)
    return _ask(request, neighbourhood, form, _("Adopt a priority"))


@require_safe
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def priority_manage(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    priority = get_object_or_404(neighbourhood.priorities.with_work(), pk=pk)
    today = london_date(timezone.now())
    context = {"neighbourhood": neighbourhood, "priority": priority, "today": today}
    return render(request, "priorities/staff/priority_manage.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def action_add(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    priority = get_object_or_404(neighbourhood.priorities.live(), pk=pk)
    form = ActionForm(request.POST or None)
    done = _("Action added.")
    return _step(request, priority, form, _("Add an action"), add_action, done)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def promise_keep(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    promise = get_object_or_404(open_promises([neighbourhood]), pk=pk)
    words = {"what": promise.what, "what_cy": promise.what_cy}
    priorities = neighbourhood.priorities.live()
    form = PromiseForm(request.POST or None, priorities=priorities, initial=words)
    done = _("This is an action now. Residents see it on the page of the event.")
    step = {"promise": promise, **form.cleaned_data} if form.is_valid() else None
    if step and _taken(request, form, done, keep_promise, **step):
        return redirect("priorities:priority_board", **neighbourhood.url_kwargs)
    return _ask(request, neighbourhood, form, _("Turn a promise into an action"))


@require_POST
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def action_finish(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    actions = Action.objects.select_related("priority__neighbourhood")
    action = get_object_or_404(actions.filter(priority__neighbourhood=neighbourhood), pk=pk)
    try:
        finish_action(action=action, on=london_date(timezone.now()), by=request.user)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Marked as done."))
    return _manage(action.priority)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def priority_update(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    priority = get_object_or_404(neighbourhood.priorities.live(), pk=pk)
    form = PriorityUpdateForm(request.POST or None)
    heading, done = _("Tell residents how it goes"), _("Published. Residents can now see it.")
    on = london_date(timezone.now())
    return _step(request, priority, form, heading, update_priority, done, on=on)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.PRIORITY_MANAGE)
def priority_close(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    priority = get_object_or_404(neighbourhood.priorities.live(), pk=pk)
    form = CloseForm(request.POST or None)
    heading, done = _("Close this priority"), _("Closed. Residents can see what came of it.")
    on = london_date(timezone.now())
    return _step(request, priority, form, heading, close_priority, done, on=on)


def _step(
    request, priority: Priority, form, heading: str, service, done: str, **arguments: object
) -> HttpResponse:
    """Take one step with a priority if the form is sound; if not, or refused, ask again."""
    if form.is_valid():
        words = {"priority": priority, **form.cleaned_data, **arguments}
        if _taken(request, form, done, service, **words):
            return _manage(priority)
    return _ask(request, priority.neighbourhood, form, heading)


def _taken(request, form, done: str, service, **arguments: object) -> bool:
    """Whether the step was taken; where it was refused the form says why."""
    try:
        service(by=request.user, **arguments)
    except tuple(REFUSALS) as exc:
        form.add_error(REFUSALS[type(exc)], str(exc))
        return False
    messages.success(request, done)
    return True


def _ask(request, neighbourhood: Neighbourhood, form, heading: str) -> HttpResponse:
    back_url = reverse("priorities:priority_board", kwargs=neighbourhood.url_kwargs)
    context = {
        "neighbourhood": neighbourhood,
        "form": form,
        "heading": heading,
        "back_url": back_url,
    }
    return render(request, "priorities/staff/form.html", context)


def _manage(priority: Priority) -> HttpResponse:
    where = priority.neighbourhood.url_kwargs
    return redirect("priorities:priority_manage", **where, pk=priority.pk)
