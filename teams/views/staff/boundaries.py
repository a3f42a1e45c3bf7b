"""A force's sets of boundaries: what a switch would change, and the switch."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from neighbourhoods.queries.rehearsal import rehearse
from neighbourhoods.services import NoSuccessor
from teams.access import force_permission_required
from teams.permissions import Permission
from teams.services.boundaries import switch_boundaries

boundaries_switched = force_permission_required(Permission.BOUNDARIES_SWITCH)


@require_safe
@boundaries_switched
def boundary_set_list(request: HttpRequest, force: Force) -> HttpResponse:
    context = {"force": force, "sets": force.boundary_sets.all()}
    return render(request, "teams/staff/boundary_set_list.html", context)


@require_safe
@boundaries_switched
def boundary_set_rehearse(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    boundary_set = get_object_or_404(force.boundary_sets.select_related("force"), pk=pk)
    context = {"force": force, "set": boundary_set, "rehearsal": rehearse(boundary_set)}
    return render(request, "teams/staff/boundary_set_rehearse.html", context)


@require_POST
@boundaries_switched
def boundary_set_switch(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    boundary_set = get_object_or_404(force.boundary_sets.select_related("force"), pk=pk)
    today = london_date(timezone.now())
    try:
        switch_boundaries(boundary_set=boundary_set, on=today, by=request.user)
    except NoSuccessor:
        messages.error(
            request,
            _("Nothing was changed: some neighbourhoods have no successor. Name them in a file."),
        )
        return redirect("teams:boundary_set_rehearse", force_id=force.pk, pk=pk)
    messages.success(request, _("These boundaries are in force now. Followers will be told."))
    return redirect("teams:boundary_set_list", force_id=force.pk)
