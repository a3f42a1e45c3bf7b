"""What lacks its Welsh, for those who write it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from neighbourhoods.models import Force
from teams.access import force_permission_required
from teams.forms.translating import TranslateForm
from teams.models import Event, PatrolUpdate, TransitionNotAllowed
from teams.permissions import Permission
from teams.queries.translating import missing_in, untranslated_in
from teams.services.translating import translate_row
from teams.services.updates import ToBeChecked

PAGE_SIZE = 50
translating = force_permission_required(Permission.TEXT_TRANSLATE)


@require_safe
@translating
def translation_list(request: HttpRequest, force: Force) -> HttpResponse:
    found = Paginator(untranslated_in(force, now=timezone.now()), PAGE_SIZE)
    context = {"force": force, "page": found.get_page(request.GET.get("page"))}
    return render(request, "teams/staff/translation_list.html", context)


@require_http_methods(["GET", "POST"])
@translating
def update_translate(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    updates = PatrolUpdate.objects.exclude(state=PatrolUpdate.State.WITHDRAWN)
    return _translate(request, force, updates, pk)


@require_http_methods(["GET", "POST"])
@translating
def event_translate(request: HttpRequest, force: Force, pk: int) -> HttpResponse:
    return _translate(request, force, Event.objects.all(), pk)


def _translate(request: HttpRequest, force: Force, rows, pk: int) -> HttpResponse:
    here = rows.filter(neighbourhood__force=force).select_related("neighbourhood")
    row = get_object_or_404(here, pk=pk)
    if not (missing := missing_in(row)):
        raise Http404
    form = TranslateForm(request.POST or None, row=row, missing=missing)
    if form.is_valid():
        return _write(request, force, row, form)
    return _show(request, force, row, form)


def _write(request: HttpRequest, force: Force, row, form: TranslateForm) -> HttpResponse:
    """Save the words and go back to the list, or show them again with what is marked in them."""
    step = {"row": row, "words": form.words(), "by": request.user}
    try:
        translate_row(**step, all_the_same="anyway" in request.POST)
    except ToBeChecked as exc:
        marked = TranslateForm(request.POST, row=row, missing=missing_in(row), marked=True)
        return _show(request, force, row, marked, exc.findings)
    except TransitionNotAllowed as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Saved. Welsh readers see it."))
    return redirect("teams:translation_list", force_id=force.pk)


def _show(request: HttpRequest, force: Force, row, form, findings=()) -> HttpResponse:
    context = {"force": force, "row": row, "form": form, "findings": findings}
    return render(request, "teams/staff/translation_write.html", context)
