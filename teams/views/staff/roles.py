"""Who holds which role: given, asked for and confirmed by another, lent, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force, Neighbourhood
from teams.access import (
    borrowers_of,
    fresh_proof_required,
    neighbourhood_permission_required,
)
from teams.forms.people import LendForm, RoleForm
from teams.models import RoleGrant, RoleRequest
from teams.permissions import BY_TWO, Permission
from teams.services.roles import (
    NoLongerAsked,
    NotLent,
    OwnRole,
    ask_for_role,
    confirm_role,
    end_role,
    grant_role,
    lend_role,
    refuse_role,
    take_back_role,
)
from teams.views.staff.people import people_managed, step, to_member


@require_http_methods(["GET", "POST"])
@people_managed
@fresh_proof_required()
def role_grant(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    member, now = get_object_or_404(force.members.select_related("user"), pk=pk), timezone.now()
    form = RoleForm(request.POST or None, force=force, on=london_date(now))
    service, arguments, done = grant_role, None, ""
    if form.is_valid():
        arguments = {"role": form.cleaned_data["role"], "scope": form.cleaned_data["scope"]}
        if arguments["role"] in BY_TWO:
            service, arguments["now"] = ask_for_role, now
            done = _("Asked. Another administrator has to confirm it within 7 days.")
        else:
            arguments["from_on"] = london_date(now)
    return step(request, member, form, "role", _("Give a role"), service, arguments, done)


@require_POST
@people_managed
def role_end(request: HttpRequest, force: Force, pk: int, grant_pk: int) -> HttpResponse:
    member = get_object_or_404(force.members, pk=pk, user__isnull=False)
    grant = get_object_or_404(
        RoleGrant.objects.select_related("user"), pk=grant_pk, user=member.user_id
    )
    try:
        end_role(grant=grant, by=request.user, today=london_date(timezone.now()))
    except OwnRole as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The role has ended."))
    return to_member(member)


@require_safe
@people_managed
def role_request_list(request: HttpRequest, force: Force) -> HttpResponse:
    waiting = RoleRequest.objects.waiting(now=timezone.now()).of_force(force)
    people = waiting.select_related("user__member", "asked_by", "neighbourhood", "area", "force")
    context = {"force": force, "requests": people}
    return render(request, "teams/staff/role_request_list.html", context)


@require_POST
@people_managed
@fresh_proof_required(back_to="teams:role_request_list", without=("pk",))
def role_request_confirm(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    return _decided(request, force, pk, confirm_role, _("Given. The role holds from now on."))


@require_POST
@people_managed
def role_request_refuse(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    return _decided(request, force, pk, refuse_role, _("Refused. The role is not given."))


def _decided(request: HttpRequest, force: Force, pk: int, service, done: str) -> HttpResponse:
    asked = get_object_or_404(RoleRequest.objects.of_force(force), pk=pk)
    try:
        service(request=asked, by=request.user, now=timezone.now())
    except (NoLongerAsked, OwnRole) as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, done)
    return redirect("teams:role_request_list", force_id=force.pk)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.ROLE_LEND)
@fresh_proof_required()
def role_lend(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    on = london_date(timezone.now())
    users = borrowers_of(neighbourhood, on=on).exclude(pk=request.user.pk)
    form = LendForm(request.POST or None, users=users)
    if form.is_valid() and _lent(request, neighbourhood, form):
        messages.success(request, _("Lent. Both of you are told by mail."))
        return redirect("teams:role_lend", **neighbourhood.url_kwargs)
    lent = neighbourhood.role_grants.lent().on(on).select_related("user")
    context = {"neighbourhood": neighbourhood, "form": form, "lent": lent}
    context["heading"] = _("Lend the sergeant’s role")
    return render(request, "teams/staff/role_lend.html", context)


def _lent(request: HttpRequest, neighbourhood: Neighbourhood, form: LendForm) -> bool:
    """Whether the role could be lent as the form says; if not, the form says why."""
    step = {"neighbourhood": neighbourhood, "by": request.user, "now": timezone.now()}
    try:
        lend_role(**form.cleaned_data, **step)
    except NotLent as exc:
        form.add_error("to_on", str(exc))
    return form.is_valid()


@require_POST
@neighbourhood_permission_required(Permission.ROLE_LEND)
def role_take_back(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    lent = RoleGrant.objects.lent().on(london_date(timezone.now()))
    grant = get_object_or_404(lent.filter(neighbourhood=neighbourhood), pk=pk)
    take_back_role(grant=grant, by=request.user, now=timezone.now())
    messages.success(request, _("The role has ended. Both of you are told by mail."))
    return redirect("teams:role_lend", **neighbourhood.url_kwargs)
