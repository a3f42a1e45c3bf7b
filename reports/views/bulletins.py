"""Bulletins as residents read and download them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter
from priorities.pdf import available
from reports.exports import bulletin_pdf, figures_csv, figures_json, pdf_size
from reports.models import Bulletin
from reports.models.bulletin import digest
from reports.queries.bulletins import read_published
from teams.views.public import neighbourhood_page, page_frame


@neighbourhood_page
def bulletin_list(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    bulletins = neighbourhood.bulletins.public()
    context = {**page_frame(neighbourhood, (_("Bulletins"), "")), "bulletins": bulletins}
    return render(request, "reports/public/bulletin_list.html", context)


@neighbourhood_page
def bulletin_detail(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, quarter: Quarter
) -> HttpResponse:
    bulletin = _published(neighbourhood, quarter)
    list_url = reverse("reports:bulletin_list", kwargs=neighbourhood.url_kwargs)
    trail = ((_("Bulletins"), list_url), (bulletin.period.in_words, ""))
    context = {
        **page_frame(neighbourhood, *trail),
        "reading": read_published(bulletin),
        "pdf_size": pdf_size(bulletin),
        "quarter": bulletin.period,
    }
    return render(request, "reports/public/bulletin_detail.html", context)


@neighbourhood_page
def bulletin_pdf_file(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime, quarter: Quarter
) -> HttpResponse:
    bulletin = _published(neighbourhood, quarter)
    if not available():
        return render(request, "reports/public/pdf_unavailable.html", status=503)
    return _file(bulletin_pdf(bulletin), "application/pdf", bulletin, "pdf")


def document_file(view: Callable) -> Callable:
    """Turn ``view(request, bulletin)`` into ``view(request, force_id, neighbourhood_id, quarter)``.

    What it answers is made of the document as it may be sent, whose hash is its ETag.
    """

    @wraps(view)
    @require_safe
    def wrapper(
        request: HttpRequest, force_id: str, neighbourhood_id: str, quarter: Quarter
    ) -> HttpResponse:
        places = Neighbourhood.objects.select_related("force")
        place = get_object_or_404(places, force=force_id, code=neighbourhood_id)
        bulletin = _published(place, quarter)
        stamp = digest(figures_json(bulletin).decode())
        return etag(lambda *_args, **_kwargs: stamp)(view)(request, bulletin)

    return wrapper


@document_file
def bulletin_json_file(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    return _file(figures_json(bulletin), "application/json", bulletin, "json")


@document_file
def bulletin_csv_file(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    return _file(figures_csv(bulletin), "text/csv; charset=utf-8", bulletin, "csv")


def _published(neighbourhood: Neighbourhood, quarter: Quarter) -> Bulletin:
    bulletin = get_object_or_404(neighbourhood.bulletins.public(), quarter=quarter.start)
    bulletin.neighbourhood = neighbourhood  # fetched already, with its force
    return bulletin


def _file(content: bytes, content_type: str, bulletin: Bulletin, extension: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    name = f"{bulletin.neighbourhood.force_id}-{bulletin.pk}-{bulletin.period}.{extension}"
    response.verbatim = True
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
