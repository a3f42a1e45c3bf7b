"""What the teams of a force told their residents, to be told elsewhere."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.access import force_permission_required
from teams.models import PatrolUpdate
from teams.permissions import Permission
from teams.queries import copies_of

LOOKS_BACK = timedelta(days=14)
PAGE_SIZE = 20


@require_safe
@force_permission_required(Permission.UPDATE_SHARE)
def share_list(request: HttpRequest, force: Force) -> HttpResponse:
    now = timezone.now()
    told = PatrolUpdate.objects.filter(neighbourhood__force=force).public(on=london_date(now))
    lately = told.filter(published_at__gte=now - LOOKS_BACK).select_related("neighbourhood")
    page = Paginator(lately, PAGE_SIZE).get_page(request.GET.get("page"))
    copies = copies_of(page)
    shared = [{"update": update, "copies": copies[update.pk]} for update in page]
    context = {"force": force, "page": page, "shared_updates": shared}
    return render(request, "teams/staff/share_list.html", context)
