from datetime import date, timedelta

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
from teams.queries import on_duty_at
from teams.queries.roll_call import called_on
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
    now = timezone.now()
    today = london_date(now)
    context = {
        **_record(neighbourhood, on=today),
        "on_duty": on_duty_at(called_on(neighbourhood, today), now),
        "may": permissions_over(request.user, neighbourhood, on=today),
        "now": now,
    }
    return render(request, "teams/staff/neighbourhood_manage.html", context)


def _record(neighbourhood: Neighbourhood, *, on: date) -> dict[str, object]:
    """What a team looks after on the day ``on``: updates, events, posts and contact details."""
    return {
        "neighbourhood": neighbourhood,
        "drafts": neighbourhood.patrol_updates.drafts().select_related("written_by"),
        "scheduled": neighbourhood.patrol_updates.scheduled(),
        "published": neighbourhood.patrol_updates.public(on=on)[:10],
        "events": neighbourhood.events.coming(on=on),
        "past_events": neighbourhood.events.past(on=on)[:5],
        "covers": neighbourhood.covers.filter(to_on__gte=on).select_related("member"),
        "lent": neighbourhood.role_grants.lent().on(on).select_related("user"),
        "named_contacts": neighbourhood.named_contacts.select_related("posting__member")[:5],
        "routes": neighbourhood.contact_routes.all(),
    }


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.COVER_SET)
def cover_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    form = CoverForm(request.POST or None, neighbourhood=neighbourhood, on=today)
    arguments = form.cleaned_data if form.is_valid() else None
    done = _("Cover saved. Residents see it on its days.")
    return _step(request, neighbourhood, form, _("Who covers?"), set_cover, arguments, done)


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
    at = {"neighbourhood": neighbourhood, "on": today, "initial": {"from_on": today}}
    form = NamedContactForm(request.POST or None, **at)
    arguments = form.cleaned_data if form.is_valid() else None
    heading, done = _("Set the named officer"), _("Named officer saved.")
    return _step(request, neighbourhood, form, heading, set_named_contact, arguments, done)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.COVER_SET)
def team_routes_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    initial = dict(neighbourhood.contact_routes.values_list("kind", "value"))
    form = RoutesForm(request.POST or None, initial=initial)
    arguments = {"routes": form.cleaned_data} if form.is_valid() else None
    heading, done = _("How residents reach the team"), _("Contact details saved.")
    return _step(request, neighbourhood, form, heading, set_team_routes, arguments, done)


# Why an act may be refused, and the field that it is said at.
REFUSALS = {CoverBeginsTwice: "from_on", OtherForce: "member", NotInThisTeam: "posting"}


def _step(request, neighbourhood, form, heading, service, arguments, done) -> HttpResponse:
    """Take one step with a post if the form gave its arguments; if not, or refused, ask again."""
    context = {"neighbourhood": neighbourhood, "form": form, "heading": heading}
    if arguments is None:
        return render(request, "teams/staff/neighbourhood_form.html", context)
    try:
        service(neighbourhood=neighbourhood, by=request.user, **arguments)
    except tuple(REFUSALS) as exc:
        form.add_error(REFUSALS[type(exc)], str(exc))
        return render(request, "teams/staff/neighbourhood_form.html", context)
    messages.success(request, done)
    return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
