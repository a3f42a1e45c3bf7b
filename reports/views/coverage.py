"""What a force's neighbourhoods lack, for those who can mend it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from reports.exports import write_coverage
from reports.queries.coverage import EXAMPLES, postcodes_outside
from teams.access import force_permission_required
from teams.permissions import Permission


@require_safe
@force_permission_required(Permission.COVERAGE_VIEW)
def coverage_detail(request: HttpRequest, force: Force) -> HttpResponse:
    context = {
        "force": force,
        "gaps": force.coverage_gaps.open().select_related("neighbourhood"),
        "examples": [str(postcode) for postcode in postcodes_outside(force)[:EXAMPLES]],
    }
    return render(request, "reports/staff/coverage_detail.html", context)


@require_safe
@force_permission_required(Permission.COVERAGE_VIEW)
def coverage_csv(request: HttpRequest, force: Force) -> HttpResponse:
    on = london_date(timezone.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="coverage-{force.pk}-{on}.csv"'
    write_coverage(response, on=on, force=force)
    return response
