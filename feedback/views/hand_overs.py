"""One page for whoever takes a post over from somebody else."""

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from feedback.queries import hand_overs_at
from feedback.services.handing_over import NothingToTakeOver, NotTheirPost, take_over
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required
from teams.permissions import Permission
from teams.queries import answering_on


@require_safe
@neighbourhood_permission_required(Permission.POST_TAKE_OVER)
def hand_over_detail(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    now = timezone.now()
    hand_over = next(iter(hand_overs_at([neighbourhood], now)), None)
    takers = hand_over.takers if hand_over else ()
    context = {
        "neighbourhood": neighbourhood,
        "hand_over": hand_over,
        "may_take": any(member.user_id == request.user.pk for member in takers),
        "answering": answering_on([neighbourhood], london_date(now))[neighbourhood.pk],
    }
    return render(request, "feedback/staff/hand_over_detail.html", context)


@require_POST
@neighbourhood_permission_required(Permission.POST_TAKE_OVER)
def hand_over_accept(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    key = request.POST.get("item", "")
    try:
        taken = take_over(neighbourhood=neighbourhood, by=request.user, now=timezone.now(), key=key)
    except (NotTheirPost, NothingToTakeOver) as exc:
        banners.error(request, str(exc))
    else:
        done = ngettext(
            "You have taken over one thing.", "You have taken over %(n)d things.", len(taken)
        )
        banners.success(request, done % {"n": len(taken)})
    return redirect("feedback:hand_over_detail", **neighbourhood.url_kwargs)
