"""Whom the sergeant trusts to publish alone, and what the inspector holds back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import may_hold_area, neighbourhood_permission_required, writers_of
from teams.forms.publishing import HoldForm
from teams.models import OperationsHold
from teams.permissions import Permission
from teams.services.publishing import end_hold, end_trust, hold_operations, trust_publisher


@require_safe
@neighbourhood_permission_required(Permission.UPDATE_TRUST)
def trust_list(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    writers = writers_of(neighbourhood, on=london_date(timezone.now()))
    trusted = set(neighbourhood.publishing_trusts.values_list("user", flat=True))
    context = {"neighbourhood": neighbourhood, "writers": writers, "trusted": trusted}
    return render(request, "teams/staff/trust_list.html", context)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_TRUST)
def trust_give(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    return _decided(request, neighbourhood, pk, trust_publisher)


@require_POST
@neighbourhood_permission_required(Permission.UPDATE_TRUST)
def trust_end(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    return _decided(request, neighbourhood, pk, end_trust)


def _decided(request: HttpRequest, neighbourhood: Neighbourhood, pk: int, service) -> HttpResponse:
    writers = writers_of(neighbourhood, on=london_date(timezone.now()))
    user = get_object_or_404(writers, pk=pk)
    service(neighbourhood=neighbourhood, user=user, by=request.user)
    return redirect("teams:trust_list", **neighbourhood.url_kwargs)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.OPERATIONS_HOLD)
def hold_set(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    today = london_date(timezone.now())
    area = may_hold_area(request.user, neighbourhood, on=today)
    form = HoldForm(request.POST or None, with_area=area)
    if form.is_valid():
        period = dict(form.cleaned_data)
        over = neighbourhood.area if period.pop("whole_area", False) else neighbourhood
        hold_operations(over=over, by=request.user, **period)
        messages.success(request, _("Held. What is planned waits; residents are told nothing."))
        return redirect("teams:hold_set", **neighbourhood.url_kwargs)
    holds = OperationsHold.objects.over(neighbourhood).filter(to_on__gte=today)
    context = {"neighbourhood": neighbourhood, "form": form, "holds": holds}
    return render(request, "teams/staff/hold_set.html", context | {"may_end_area": area})


@require_POST
@neighbourhood_permission_required(Permission.OPERATIONS_HOLD)
def hold_end(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    area = may_hold_area(request.user, neighbourhood, on=london_date(timezone.now()))
    holds = OperationsHold.objects.over(neighbourhood)
    held = holds if area else holds.filter(neighbourhood=neighbourhood)
    end_hold(hold=get_object_or_404(held, pk=pk), by=request.user)
    messages.success(request, _("The hold has ended."))
    return redirect("teams:hold_set", **neighbourhood.url_kwargs)
