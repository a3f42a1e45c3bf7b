from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from reports.queries import staff_home_of
from teams.access import staff_required
from teams.models import Member


@require_safe
@staff_required
def staff_home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    home = staff_home_of(request.user, on=london_date(now), now=now, language=get_language())
    named = Member.objects.filter(user=request.user, hidden_at__isnull=True).exists()
    context = {"home": home, "may_hide": named}
    return render(request, "reports/staff/staff_home.html", context)
