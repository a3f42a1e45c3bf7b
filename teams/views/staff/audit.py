"""What was done in a force, and by whom, for those who answer for it."""

import csv

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Force
from teams.access import force_permission_required
from teams.forms.audit import AuditForm
from teams.permissions import Permission
from teams.queries.audited import audit_of, audit_state, lines_of
from teams.services.auditing import export_audit

PAGE_SIZE = 50
audit_viewed = force_permission_required(Permission.AUDIT_VIEW)


@require_safe
@audit_viewed
def audit_list(request: HttpRequest, force: Force) -> HttpResponse:
    form = _asked(request.GET, force)
    page = Paginator(_found(form, force), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "force": force,
        "form": form,
        "page": page,
        "lines": lines_of(page.object_list, get_language()),
        "state": audit_state(now=timezone.now()),
        "query": _without_page(request.GET),
    }
    return render(request, "teams/staff/audit_list.html", context)


class _Echo:
    """Hands each row that a csv writer makes to whoever streams it."""

    def write(self, row: str) -> str:
        return row


@require_POST
@audit_viewed
def audit_export(request: HttpRequest, force: Force) -> HttpResponse:
    events = _found(_asked(request.GET, force), force)
    rows = export_audit(force=force, events=events, language=get_language(), by=request.user)
    writer, on = csv.writer(_Echo(), lineterminator="\n"), london_date(timezone.now())
    response = StreamingHttpResponse(map(writer.writerow, rows), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="audit-{force.pk}-{on}.csv"'
    return response


def _asked(given: QueryDict, force: Force) -> AuditForm:
    """The form with what the address says; untouched where it says nothing but a page."""
    return AuditForm(given if given.keys() & AuditForm.base_fields.keys() else None, force=force)


def _found(form: AuditForm, force: Force):
    """The acts that the form asks for: all where it is untouched, none where it is wrong."""
    if not form.is_bound:
        return audit_of(force)
    return audit_of(force, **form.cleaned_data) if form.is_valid() else audit_of(force).none()


def _without_page(given: QueryDict) -> str:
    kept = given.copy()
    kept.pop("page", None)
    return kept.urlencode()
