"""Who of a team is here today, and who is on patrol."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required, staff_required
from teams.forms.duty import RollCallForm
from teams.permissions import Permission
from teams.queries.roll_call import roll_of
from teams.services.duty import call_roll, undo_roll_call
from teams.services.patrols import finish_patrol, start_patrol


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.ROLL_CALL)
def roll_call(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    roll = roll_of(neighbourhood, timezone.now(), request.GET.get("part", ""))
    form = RollCallForm(request.POST or None, roll=roll)
    if form.is_valid():
        said = {"kinds": form.kinds, "reason": form.cleaned_data["reason"]}
        off = call_roll(neighbourhood=neighbourhood, halves=roll.halves, by=request.user, **said)
        messages.success(request, _saved(off))
        return redirect(request.get_full_path())
    context = {"neighbourhood": neighbourhood, "roll": roll, "form": form}
    return render(request, "teams/staff/roll_call.html", context)


@require_POST
@neighbourhood_permission_required(Permission.ROLL_CALL)
def roll_call_undo(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    roll = roll_of(neighbourhood, timezone.now(), request.GET.get("part", ""))
    members = roll.to_call
    undo_roll_call(
        neighbourhood=neighbourhood, halves=roll.halves, members=members, by=request.user
    )
    messages.success(request, _("The roll-call is taken back."))
    return redirect("teams:roll_call", **neighbourhood.url_kwargs)


def _saved(off: int) -> str:
    """How many are not here, so that a slip of the thumb is seen at once."""
    if not off:
        return _("Saved. Everybody is here.")
    return ngettext(
        "Saved. %(off)d person is not here.", "Saved. %(off)d people are not here.", off
    ) % {"off": off}


@require_POST
@neighbourhood_permission_required(Permission.PATROL_LOG)
def patrol_start(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    start_patrol(neighbourhood=neighbourhood, by=request.user, now=timezone.now())
    messages.success(request, _("You are on patrol. After three hours it ends by itself."))
    return redirect("reports:staff_home")


@require_POST
@staff_required
def patrol_finish(request: HttpRequest) -> HttpResponse:
    finished = finish_patrol(by=request.user, now=timezone.now())
    done = _("Your patrol has ended.") if finished else _("Your patrol had ended by itself.")
    messages.success(request, done)
    return redirect("reports:staff_home")
