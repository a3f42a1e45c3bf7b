"""The safety switch for a whole force: the senior officers and those in no team among them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.access import force_permission_required, fresh_proof_required, may_over_force
from teams.models import Member, TransitionNotAllowed, Unhiding
from teams.permissions import Permission
from teams.services.safety import SamePerson, ask_to_unhide, confirm_unhiding, hide_member

PAGE_SIZE = 20
proven = fresh_proof_required(back_to="teams:force_safety_board", without=("pk",))


@require_safe
@force_permission_required(Permission.MEMBER_HIDE)
def force_safety_board(request: HttpRequest, force: Force) -> HttpResponse:
    on, words = london_date(timezone.now()), request.GET.get("q", "").replace("\0", "").strip()
    people = force.members.named(words).serving(on=on) if words else force.members.hidden()
    people = people.with_unhiding().order_by(F("asked_by").asc(nulls_last=True), "name", "pk")
    unhides = may_over_force(request.user, Permission.MEMBER_UNHIDE, force, on=on)
    context = {
        "force": force,
        "words": words,
        "query": urlencode({"q": words}) if words else "",
        "page": Paginator(people, PAGE_SIZE).get_page(request.GET.get("page")),
        "may": {Permission.MEMBER_UNHIDE} if unhides else set(),
    }
    return render(request, "teams/staff/force_safety_board.html", context)


@require_POST
@force_permission_required(Permission.MEMBER_HIDE)
def force_member_hide(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    step = {"member": get_object_or_404(force.members, pk=pk)}
    done = _("Hidden. Nobody can read the name any more.")
    return _step(request, force, hide_member, done, **step)


@require_POST
@force_permission_required(Permission.MEMBER_HIDE)
@proven
def force_member_unhide(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    step = {"member": get_object_or_404(force.members, pk=pk)}
    done = _("Asked. An inspector or the officer-safety lead has to confirm it.")
    return _step(request, force, ask_to_unhide, done, **step)


@require_POST
@force_permission_required(Permission.MEMBER_UNHIDE)
@proven
def force_unhiding_confirm(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    waiting = Unhiding.objects.waiting()
    step = {"unhiding": get_object_or_404(waiting, member__force=force, member=pk)}
    done = _("Residents can read the name again.")
    return _step(request, force, confirm_unhiding, done, **step)


def _step(
    request: HttpRequest, force: Force, service, done: str, **step: Member | Unhiding
) -> HttpResponse:
    """Take one step with a member, say what came of it, and go back to the board."""
    try:
        service(by=request.user, now=timezone.now(), **step)
    except (SamePerson, TransitionNotAllowed) as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, done)
    return redirect("teams:force_safety_board", force_id=force.pk)
