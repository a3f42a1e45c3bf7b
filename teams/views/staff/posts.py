from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required, permissions_over
from teams.forms.posts import CoverForm, NamedContactForm, RoutesForm
from teams.permissions import Permission
from teams.services.posts import (
    CoverBeginsTwice,
    NotInThisTeam,
    OtherForce,
    end_cover,
    set_cover,
    set_named_contact,
    set_team_routes,
)


@require_safe
@neighbourhood_permission_required(Permission.NEIGHBOURHOOD_VIEW)
def neighbourhood_manage(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    context = {
        "neighbourhood": neighbourhood,
        "may": permissions_over(request.user, neighbourhood, on=today),
        "drafts": neighbourhood.patrol_updates.drafts().select_related("written_by"),
        "published": neighbourhood.patrol_updates.public()[:10],
        "covers": neighbourhood.covers.filter(to_on__gte=today).select_related("member"),
        "named_contacts": neighbourhood.named_contacts.select_related("posting__member")[:5],
        "routes": neighbourhood.contact_routes.all(),
        "today": today,
    }
    return render(request, "teams/staff/neighbourhood_manage.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.COVER_SET)
def cover_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    form = CoverForm(request.POST or None, neighbourhood=neighbourhood, on=today)
    if form.is_valid():
        try:
            set_cover(neighbourhood=neighbourhood, by=request.user, **form.cleaned_data)
        except (CoverBeginsTwice, OtherForce) as exc:
            form.add_error("from_on", str(exc))
        else:
            messages.success(request, _("Cover saved. Residents see it on its days."))
            return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    return _show(request, neighbourhood, form, _("Who covers?"))


@require_POST
@neighbourhood_permission_required(Permission.COVER_SET)
def cover_end(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    cover = get_object_or_404(neighbourhood.covers, pk=pk)
    yesterday = london_date(timezone.now()) - timedelta(days=1)
    end_cover(cover=cover, last_on=yesterday, by=request.user)
    messages.success(request, _("Cover ended."))
    return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.NAMED_CONTACT_SET)
def named_contact_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    form = NamedContactForm(
        request.POST or None,
        neighbourhood=neighbourhood,
        on=today,
        initial={"from_on": today},
    )
    if form.is_valid():
        try:
            set_named_contact(neighbourhood=neighbourhood, by=request.user, **form.cleaned_data)
        except NotInThisTeam as exc:
            form.add_error("posting", str(exc))
        else:
            messages.success(request, _("Named officer saved."))
            return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    return _show(request, neighbourhood, form, _("Set the named officer"))


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.COVER_SET)
def team_routes_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    initial = dict(neighbourhood.contact_routes.values_list("kind", "value"))
    form = RoutesForm(request.POST or None, initial=initial)
    if form.is_valid():
        set_team_routes(neighbourhood=neighbourhood, routes=form.cleaned_data, by=request.user)
        messages.success(request, _("Contact details saved."))
        return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
    return _show(request, neighbourhood, form, _("How residents reach the team"))


def _show(request: HttpRequest, neighbourhood: Neighbourhood, form, heading: str) -> HttpResponse:
    context = {"neighbourhood": neighbourhood, "form": form, "heading": heading}
    return render(request, "teams/staff/neighbourhood_form.html", context)
