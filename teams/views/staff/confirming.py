"""Whether residents reach the people of a team by what their page says."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required
from teams.models import ContactRoute, Posting
from teams.permissions import Permission
from teams.services.confirming import confirm_route


@require_safe
@neighbourhood_permission_required(Permission.CONTACT_CONFIRM)
def contact_check(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    routes = _routes(neighbourhood, today).select_related("member")
    context = {
        "neighbourhood": neighbourhood,
        "routes": routes.order_by("member__unconfirmed_from", "member__name", "kind"),
        "today": today,
    }
    return render(request, "teams/staff/contact_check.html", context)


@require_POST
@neighbourhood_permission_required(Permission.CONTACT_CONFIRM)
def contact_confirm(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    today = london_date(timezone.now())
    route = get_object_or_404(_routes(neighbourhood, today), pk=pk)
    confirm_route(route=route, on=today, by=request.user)
    messages.success(request, _("Thank you. The page says that it was checked today."))
    return redirect("teams:contact_check", **neighbourhood.url_kwargs)


def _routes(neighbourhood: Neighbourhood, on):
    """The routes of the team and of everyone in it on the day ``on``."""
    there = Posting.objects.on(on).filter(neighbourhood=neighbourhood)
    return ContactRoute.objects.filter(
        Q(neighbourhood=neighbourhood) | Q(member__in=there.values("member"))
    )
