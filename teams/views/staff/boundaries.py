"""A force's sets of boundaries: what a switch would change, and the switch."""

from collections.abc import Iterable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.languages import text_in
from neighbourhoods.models import Force
from neighbourhoods.queries.rehearsal import NOWHERE, Move, Rehearsal, rehearse
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
    rehearsal = _with_names(rehearse(boundary_set), force)
    context = {"force": force, "set": boundary_set, "rehearsal": rehearsal}
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


def _with_names(rehearsal: Rehearsal, force: Force) -> Rehearsal:
    """The rehearsal with the names of neighbourhoods where it has their ids."""
    language = get_language()
    names = {n.code: text_in(language, n, "name")[0] for n in force.neighbourhoods.all()}
    names[NOWHERE] = _("no neighbourhood")

    def named(moves: Iterable[Move]) -> list[Move]:
        return [replace(m, before=names[m.before], after=names[m.after]) for m in moves]

    return replace(
        rehearsal,
        postcodes=named(rehearsal.postcodes),
        followers=named(rehearsal.followers),
        rows=named(rehearsal.rows),
        overlaps=[
            replace(patch, codes=tuple(names[code] for code in patch.codes))
            for patch in rehearsal.overlaps
        ],
    )
