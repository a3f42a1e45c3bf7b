"""Bulletins as staff see them: the team's words, then another hand that decides."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter
from reports.forms import BulletinForm, ReviewForm
from reports.models import Bulletin
from reports.queries.bulletins import read_draft
from reports.services.bulletins import (
    AuthorCannotReview,
    approve_bulletin,
    refresh_bulletin,
    send_back_bulletin,
    submit_bulletin,
    write_bulletin,
)
from teams.access import (
    fresh_proof_required,
    neighbourhood_permission_required,
    permissions_over,
)
from teams.models import TransitionNotAllowed
from teams.permissions import Permission


@require_safe
@neighbourhood_permission_required(Permission.BULLETIN_WRITE)
def bulletin_preview(
    request: HttpRequest, neighbourhood: Neighbourhood, quarter: Quarter
) -> HttpResponse:
    bulletin = _prepared(neighbourhood, quarter)
    today = london_date(timezone.now())
    may = permissions_over(request.user, neighbourhood, on=today)
    context = _context(bulletin) | {
        "may_review": Permission.BULLETIN_APPROVE in may and not bulletin.has_author(request.user)
    }
    return render(request, "reports/staff/bulletin_preview.html", context)


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.BULLETIN_WRITE)
def bulletin_write(
    request: HttpRequest, neighbourhood: Neighbourhood, quarter: Quarter
) -> HttpResponse:
    bulletin = _prepared(neighbourhood, quarter)
    words = {"words": bulletin.words, "words_cy": bulletin.words_cy}
    form = BulletinForm(request.POST or None, initial=words)
    if form.is_valid():
        return _act(request, bulletin, None, write_bulletin, words=form.cleaned_data)
    context = _context(bulletin) | {"form": form}
    return render(request, "reports/staff/bulletin_write.html", context)


@require_POST
@neighbourhood_permission_required(Permission.BULLETIN_WRITE)
def bulletin_refresh(
    request: HttpRequest, neighbourhood: Neighbourhood, quarter: Quarter
) -> HttpResponse:
    bulletin = _prepared(neighbourhood, quarter)
    done = _("The figures are as they are known now.")
    return _act(request, bulletin, done, refresh_bulletin, now=timezone.now())


@require_POST
@neighbourhood_permission_required(Permission.BULLETIN_WRITE)
def bulletin_submit(
    request: HttpRequest, neighbourhood: Neighbourhood, quarter: Quarter
) -> HttpResponse:
    bulletin = _prepared(neighbourhood, quarter)
    done = _("Sent to the inspector.")
    return _act(request, bulletin, done, submit_bulletin, now=timezone.now())


@require_http_methods(["GET", "POST"])
@neighbourhood_permission_required(Permission.BULLETIN_APPROVE)
@fresh_proof_required()
def bulletin_review(
    request: HttpRequest, neighbourhood: Neighbourhood, quarter: Quarter
) -> HttpResponse:
    bulletin = _prepared(neighbourhood, quarter)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        return _decide(request, bulletin, **form.cleaned_data)
    is_author = bulletin.has_author(request.user)
    context = _context(bulletin) | {"form": form, "is_author": is_author}
    return render(request, "reports/staff/bulletin_review.html", context)


def _decide(
    request: HttpRequest, bulletin: Bulletin, *, decision: str, reason: str
) -> HttpResponse:
    if decision == ReviewForm.Decision.APPROVE:
        done = _("Published. Residents can now read it.")
        return _act(request, bulletin, done, approve_bulletin, now=timezone.now())
    return _act(request, bulletin, _("Sent back to the team."), send_back_bulletin, reason=reason)


def _act(
    request: HttpRequest, bulletin: Bulletin, done: str | None, service, **arguments: object
) -> HttpResponse:
    """Take one step with a bulletin, say what came of it, and show it again."""
    try:
        service(bulletin=bulletin, by=request.user, **arguments)
    except (AuthorCannotReview, TransitionNotAllowed) as exc:
        messages.error(request, str(exc))
    else:
        if done:
            messages.success(request, done)
    return redirect("reports:bulletin_preview", **bulletin.url_kwargs)


def _prepared(neighbourhood: Neighbourhood, quarter: Quarter) -> Bulletin:
    prepared = neighbourhood.bulletins.exclude(state=Bulletin.State.DUE)
    bulletin = get_object_or_404(prepared.select_related("written_by"), quarter=quarter.start)
    bulletin.neighbourhood = neighbourhood
    return bulletin


def _context(bulletin: Bulletin) -> dict[str, object]:
    return {
        "neighbourhood": bulletin.neighbourhood,
        "bulletin": bulletin,
        "reading": read_draft(bulletin),
        "quarter": bulletin.period,
    }
