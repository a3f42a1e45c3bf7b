"""Whom a message's sender is kept from: an act of officer safety."""

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feedback.forms import KeepFromForm
from feedback.models import Message, SenderMark
from feedback.services.keeping import SenderUnknown, end_mark, keep_sender_from
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from teams.access import neighbourhood_permission_required
from teams.models import Member
from teams.permissions import Permission


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.MEMBER_HIDE)
def message_keep_from(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    message = get_object_or_404(neighbourhood.messages.shown_to(request.user), pk=pk)
    people = Member.objects.serving(on=london_date(timezone.now())).near(neighbourhood)
    form = KeepFromForm(request.POST or None, people=people)
    if form.is_valid() and _marked(request, message, form):
        return redirect("feedback:message_keep_from", **neighbourhood.url_kwargs, pk=pk)
    marks = SenderMark.objects.filter(kept_messages__message=message).select_related("member")
    context = {"neighbourhood": neighbourhood, "message": message, "form": form, "marks": marks}
    context["heading"] = _("Who does not see this sender’s messages")
    return render(request, "feedback/staff/message_keep_from.html", context)


def _marked(request: HttpRequest, message: Message, form: KeepFromForm) -> bool:
    """Whether the sender was marked; where not the form says why."""
    step = {"by": request.user, "now": timezone.now(), **form.cleaned_data}
    try:
        keep_sender_from(message=message, **step)
    except SenderUnknown as exc:
        form.add_error("member", str(exc))
        return False
    banners.success(request, _("Marked. They no longer see anything from this sender."))
    return True


@require_POST
@neighbourhood_permission_required(Permission.MEMBER_HIDE)
def sender_mark_end(request: HttpRequest, neighbourhood: Neighbourhood, pk: int) -> HttpResponse:
    marks = SenderMark.objects.filter(kept_messages__message__neighbourhood=neighbourhood)
    others = marks.exclude(member__user=request.user).distinct()
    end_mark(mark=get_object_or_404(others, pk=pk), by=request.user)
    banners.success(request, _("They see again what this sender writes."))
    return redirect("teams:neighbourhood_manage", **neighbourhood.url_kwargs)
