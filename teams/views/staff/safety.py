"""The safety switch: hiding takes one press, showing again takes two people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import (
    fresh_proof_required,
    neighbourhood_permission_required,
    permissions_over,
    staff_required,
)
from teams.forms.safety import FirstNameForm
from teams.models import Member, TransitionNotAllowed, Unhiding
from teams.permissions import Permission
from teams.services.safety import (
    NameInWords,
    SamePerson,
    ask_to_unhide,
    confirm_unhiding,
    hide_member,
    set_first_name_only,
)

REFUSALS = (SamePerson, TransitionNotAllowed)
proven = fresh_proof_required(back_to="teams:safety_board", without=("pk",))


@require_safe
@neighbourhood_permission_required(Permission.MEMBER_HIDE)
def safety_board(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    on = london_date(timezone.now())
    context = {
        "neighbourhood": neighbourhood,
        "people": Member.objects.serving(on=on).near(neighbourhood).with_unhiding(),
        "may": permissions_over(request.user, neighbourhood, on=on),
    }
    return render(request, "teams/staff/safety_board.html", context)


@require_POST
@neighbourhood_permission_required(Permission.MEMBER_HIDE)
def member_hide(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    hide_member(member=_member(neighbourhood, pk), by=request.user, now=timezone.now())
    messages.success(request, _("Hidden. Nobody can read the name any more."))
    return _to_board(neighbourhood)


@require_POST
@staff_required
def own_name_hide(request: HttpRequest) -> HttpResponse:
    """For whoever is in danger now: without a role, without anybody else."""
    member = Member.objects.filter(user=request.user).first()
    if member is None:
        raise Http404
    hide_member(member=member, by=request.user, now=timezone.now())
    messages.success(request, _("Your name is hidden. Nobody can read it any more."))
    return redirect("reports:staff_home")


@require_POST
@neighbourhood_permission_required(Permission.MEMBER_HIDE)
@proven
def member_unhide(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    done = _("Asked. An inspector or the officer-safety lead has to confirm it.")
    step = {"member": _member(neighbourhood, pk), "by": request.user, "now": timezone.now()}
    return _step(request, neighbourhood, ask_to_unhide, done, **step)


@require_POST
@neighbourhood_permission_required(Permission.MEMBER_UNHIDE)
@proven
def unhiding_confirm(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    unhiding = get_object_or_404(Unhiding.objects.waiting(), member=_member(neighbourhood, pk))
    done = _("Residents can read the name again.")
    step = {"unhiding": unhiding, "by": request.user, "now": timezone.now()}
    return _step(request, neighbourhood, confirm_unhiding, done, **step)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.MEMBER_SHORTEN)
def first_name_set(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    member = _member(neighbourhood, pk)
    form = FirstNameForm(request.POST or None, initial={"reason": member.first_name_reason})
    if form.is_valid():
        try:
            _shorten(request, member, form)
        except NameInWords as exc:
            form.add_error("reason", str(exc))
        else:
            messages.success(request, _("Saved. Residents see it as it is now."))
            return _to_board(neighbourhood)
    context = {"neighbourhood": neighbourhood, "member": member, "form": form}
    return render(request, "teams/staff/first_name_set.html", context)


def _shorten(request: HttpRequest, member: Member, form: FirstNameForm) -> None:
    now = timezone.now()
    set_first_name_only(member=member, by=request.user, now=now, **form.cleaned_data)


def _member(neighbourhood: Neighbourhood, pk: int) -> Member:
    """Somebody who serves or covers there, served there, or will."""
    return get_object_or_404(Member.objects.near(neighbourhood), pk=pk)


def _step(
    request: HttpRequest, neighbourhood: Neighbourhood, service, done: str, **arguments: object
) -> HttpResponse:
    """Take one step with a member, say what came of it, and go back to the board."""
    try:
        service(**arguments)
    except REFUSALS as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, done)
    return _to_board(neighbourhood)


def _to_board(neighbourhood: Neighbourhood) -> HttpResponse:
    return redirect("teams:safety_board", **neighbourhood.url_kwargs)
