"""A file of people: put up, looked at, imported in a second step, and taken back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import Force
from teams.access import force_permission_required
from teams.forms.importing import PeopleFileForm
from teams.importers.people import Plan
from teams.models import PeopleFile
from teams.permissions import Permission
from teams.services.importing import (
    ChangedMeanwhile,
    NothingToUndo,
    import_file,
    keep_file,
    rehearse,
    rehearse_undo,
    undo_import,
)

people_managed = force_permission_required(Permission.PEOPLE_MANAGE)
STEPS_PER_PAGE = 100
REFUSALS = (ChangedMeanwhile, NothingToUndo, UnusableFile)


@require_http_methods(["GET", "POST"])
@people_managed
def people_import(request: HttpRequest, force: Force) -> HttpResponse:
    form = PeopleFileForm(*([request.POST, request.FILES] if request.method == "POST" else []))
    refused = []
    if form.is_valid():
        try:
            file = _put_up(request, force, form)
        except UnusableFile as exc:
            refused = str(exc).splitlines()
        else:
            return redirect("teams:people_rehearse", force_id=force.pk, pk=file.pk)
    runs = force.people_files.imported().select_related("run")
    context = {"force": force, "form": form, "refused": refused, "runs": runs}
    return render(request, "teams/staff/people_import.html", context)


def _put_up(request: HttpRequest, force: Force, form: PeopleFileForm) -> PeopleFile:
    sent = form.cleaned_data["file"]
    table = TableFile.of(sent.name, sent.read())
    return keep_file(table=table, force=force, by=request.user, now=timezone.now())


@require_safe
@people_managed
def people_rehearse(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    file = get_object_or_404(force.people_files.waiting().select_related("force"), pk=pk)
    try:
        plan = rehearse(file)
    except (UnusableFile, NothingToUndo) as exc:
        return _refused(request, force, exc)
    return _show(request, plan, {"file": file})


@require_POST
@people_managed
def people_apply(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    file = get_object_or_404(force.people_files.select_related("force"), pk=pk)
    agreed = {"agreed": request.POST.get("agreed", ""), "now": timezone.now()}
    try:
        import_file(file=file, by=request.user, **agreed)
    except REFUSALS as exc:
        return _refused(request, force, exc)
    messages.success(request, _("Imported. Residents see it now."))
    return redirect("teams:member_list", force_id=force.pk)


@require_safe
@people_managed
def people_undo(request: HttpRequest, force: Force) -> HttpResponse:
    try:
        plan = rehearse_undo(force, now=timezone.now())
    except (UnusableFile, NothingToUndo) as exc:
        return _refused(request, force, exc)
    return _show(request, plan, {"undo": True})


@require_POST
@people_managed
def people_undo_apply(request: HttpRequest, force: Force) -> HttpResponse:
    agreed = {"agreed": request.POST.get("agreed", ""), "now": timezone.now()}
    try:
        undo_import(force=force, by=request.user, **agreed)
    except REFUSALS as exc:
        return _refused(request, force, exc)
    messages.success(request, _("Undone. The file before the last one holds again."))
    return redirect("teams:member_list", force_id=force.pk)


def _show(request: HttpRequest, plan: Plan, more: dict[str, object]) -> HttpResponse:
    page = Paginator(plan.steps, STEPS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"force": plan.force, "plan": plan, "page": page, **more}
    return render(request, "teams/staff/people_rehearse.html", context)


def _refused(request: HttpRequest, force: Force, why: Exception) -> HttpResponse:
    """Back to the page of files, with the reason of which nobody has to read the source."""
    messages.error(request, str(why))
    return redirect("teams:people_import", force_id=force.pk)
