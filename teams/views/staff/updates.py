from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.languages import ENGLISH, WELSH
from neighbourhoods.models import Neighbourhood
from teams.access import (
    fresh_proof_required,
    neighbourhood_permission_required,
    permissions_over,
    publishes_alone,
)
from teams.forms.updates import UpdateForm, WithdrawForm, typed_words
from teams.models import PatrolUpdate, TransitionNotAllowed
from teams.permissions import Permission
from teams.phrases import PHRASES, phrase_of
from teams.queries import copies_of, findings_in, told_in_each
from teams.services.updates import (
    HeldBack,
    ToBeChecked,
    discard_update,
    publish_update,
    rewrite_update,
    unschedule_update,
    withdraw_update,
    write_update,
)
from teams.snapshots import is_held


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_write(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    kind, words = _begun(request)
    form = UpdateForm(request.POST or None, kind=kind, now=timezone.now(), initial=words)
    if form.is_valid():
        update = write_update(neighbourhood=neighbourhood, words=form.words(), by=request.user)
        return redirect("teams:update_preview", **neighbourhood.url_kwargs, pk=update.pk)
    context = {"neighbourhood": neighbourhood, "form": form, "kind": kind}
    context |= {"kinds": PatrolUpdate.Kind, "phrases": PHRASES}
    return render(request, "teams/staff/update_write.html", context)


def _begun(request: HttpRequest) -> tuple[PatrolUpdate.Kind, dict[str, str]]:
    """The kind that the address names, and the words to begin with where it names a phrase."""
    phrase = phrase_of(request.GET.get("phrase", ""))
    named = phrase.kind if phrase else request.GET.get("kind")
    kind = named if named in PatrolUpdate.Kind.values else PatrolUpdate.Kind.PATROL
    return PatrolUpdate.Kind(kind), phrase.words if phrase else {}


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_rewrite(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates.drafts(), pk=pk)
    begun = {"kind": update.kind, "now": timezone.now(), "initial": typed_words(update)}
    form = UpdateForm(request.POST or None, **begun)
    if form.is_valid():
        return _act(request, update, None, rewrite_update, words=form.words(), by=request.user)
    context = {"neighbourhood": neighbourhood, "form": form, "update": update}
    return render(request, "teams/staff/update_write.html", context)


@require_safe
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_preview(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update, now = get_object_or_404(neighbourhood.patrol_updates, pk=pk), timezone.now()
    may = permissions_over(request.user, neighbourhood, on=london_date(now))
    alone = publishes_alone(request.user, update, on=london_date(now))
    context = {
        **_as_read(update),
        "neighbourhood": neighbourhood,
        "may_publish": Permission.UPDATE_PUBLISH in may or alone,
        "may_withdraw": Permission.UPDATE_WITHDRAW in may,
        "held": update.is_planned and is_held(neighbourhood, now=now),
    }
    return render(request, "teams/staff/update_preview.html", context)


def _as_read(update: PatrolUpdate) -> dict[str, object]:
    """The update in the languages that it has, and as it is copied."""
    copies = copies_of([update])[update.pk]
    return {"update": update, "versions": told_in_each(update), "copies": copies}


def _is_urgent(neighbourhood: Neighbourhood, pk: int) -> bool:
    emergencies = neighbourhood.patrol_updates.filter(kind=PatrolUpdate.Kind.EMERGENCY)
    return emergencies.filter(pk=pk).exists()


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
@fresh_proof_required(back_to="teams:update_preview", when=_is_urgent)
def update_publish(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update, now = get_object_or_404(neighbourhood.patrol_updates, pk=pk), timezone.now()
    done = _("Published. Residents can now see it.")
    if update.publish_at and update.publish_at > now:
        done = _("Scheduled. Residents see it from the time you named.")
    step = {"by": request.user, "now": now, "all_the_same": "anyway" in request.POST}
    step["on_trust"] = _is_on_trust(request, update, on=london_date(now))
    try:
        return _act(request, update, done, publish_update, **step)
    except ToBeChecked:
        return redirect("teams:update_check", **neighbourhood.url_kwargs, pk=pk)


def _is_on_trust(request: HttpRequest, update: PatrolUpdate, *, on: date) -> bool:
    """Whether the account publishes on the sergeant's trust. Raises PermissionDenied."""
    if Permission.UPDATE_PUBLISH in permissions_over(request.user, update.neighbourhood, on=on):
        return False
    if not publishes_alone(request.user, update, on=on):
        raise PermissionDenied
    return True


@require_safe
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_check(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates.drafts(), pk=pk)
    found = findings_in(update)
    context = {"neighbourhood": neighbourhood, "update": update, "findings": found}
    return render(request, "teams/staff/update_check.html", context)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_WRITE)
def update_unschedule(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates, pk=pk)
    done = _("This is a draft again. It is not published by itself.")
    return _act(request, update, done, unschedule_update, by=request.user)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_WITHDRAW)
def update_take_back(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates, pk=pk)
    done = _("Withdrawn. Residents see that the team looks at it again.")
    step = {"by": request.user, "now": timezone.now()}
    return _act(request, update, done, withdraw_update, **_looked_at_again(), **step)


def _looked_at_again() -> dict[str, str]:
    """The reason of whoever withdraws in one press, in both languages."""
    reasons = {}
    for name, language in (("reason", ENGLISH), ("reason_cy", WELSH)):
        with override(language):
            reasons[name] = _("The team is looking at this update again.")
    return reasons


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.UPDATE_WITHDRAW)
def update_withdraw(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    update = get_object_or_404(neighbourhood.patrol_updates.filter(state="PUBLISHED"), pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        done = _("Withdrawn. Residents see your reason in its place.")
        step = {"by": request.user, "now": timezone.now()}
        return _act(request, update, done, withdraw_update, **form.cleaned_data, **step)
    context = {"neighbourhood": neighbourhood, "form": form, "update": update}
    context["heading"] = _("Withdraw an update")
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
    except (TransitionNotAllowed, HeldBack) as exc:
        messages.error(request, str(exc))
    else:
        if done:
            messages.success(request, done)
    return redirect("teams:update_preview", **update.neighbourhood.url_kwargs, pk=update.pk)
