"""The read API's crime parts, in the shapes of data.police.uk, and bulletins, which are ours."""

import re
from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.text import slugify

from neighbourhoods.api import HOUR_S, Refused, neighbourhood_api, page_url, read_api
from neighbourhoods.models import Neighbourhood
from reports.models import Bulletin, CrimeType, DataMonth
from reports.queries.crime_counts import crime_counts_of, forces_by_supplied_month

MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
# Where the model's short name is not the name itself in small letters.
OWN_SLUGS = {
    CrimeType.CRIMINAL_DAMAGE.value: "criminal-damage-arson",
    CrimeType.PUBLIC_DISORDER.value: "public-disorder-weapons",
    CrimeType.VIOLENCE.value: "violent-crime",
}


@read_api()
def crime_categories(request: HttpRequest) -> JsonResponse:
    """All of them whatever the month: clients ask for a crime's category by its month."""
    if "date" in request.GET and _month(request.GET["date"]) is None:
        raise BadRequest("date must be a month like 2026-11.")
    every = {"url": "all-crime", "name": "All crime"}
    known = [{"url": _slug(kind), "name": kind} for kind in CrimeType.values]
    return JsonResponse([every, *known], safe=False)


@read_api()
def crime_last_updated(request: HttpRequest) -> JsonResponse:
    """The newest month that came of any force; its day has no meaning."""
    newest = DataMonth.objects.supplied().aggregate(newest=Max("month"))["newest"]
    if newest is None:
        raise Http404
    return JsonResponse({"date": newest.isoformat()})


@read_api()
def crimes_street_dates(request: HttpRequest) -> JsonResponse:
    """Stops and searches are not kept here, so the model's key is empty; ``crime`` is ours."""
    months = [
        {"date": f"{month:%Y-%m}", "stop-and-search": [], "crime": forces}
        for month, forces in forces_by_supplied_month()
    ]
    return JsonResponse(months, safe=False)


@neighbourhood_api(max_age=HOUR_S, ours=True)
def crime_counts(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    """What a month says nothing of was not recorded; of one not in ``months`` nothing is known."""
    first, last = _asked_for(request, "from"), _asked_for(request, "to")
    counts = crime_counts_of(neighbourhood, first=first, last=last)
    results = [_count_as_json(*row) for row in counts.rows]
    return JsonResponse({"months": [f"{m:%Y-%m}" for m in counts.supplied], "results": results})


@neighbourhood_api(max_age=HOUR_S, ours=True)
def bulletins(request: HttpRequest, neighbourhood: Neighbourhood, *, on: date) -> JsonResponse:
    published = neighbourhood.bulletins.public().defer("document", "figures")
    results = [_bulletin_as_json(bulletin, neighbourhood) for bulletin in published]
    return JsonResponse({"results": results})


def _asked_for(request: HttpRequest, name: str) -> date | None:
    if name not in request.GET:
        return None
    month = _month(request.GET[name])
    if month is None:
        raise Refused("invalid_month", f"{name} must be a month like 2026-11.")
    return month


def _month(text: str) -> date | None:
    """The first day of a month such as 2026-11; None for any other text."""
    if not MONTH.fullmatch(text):
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _slug(kind: str) -> str:
    return OWN_SLUGS.get(kind) or slugify(kind)


def _count_as_json(month: date, kind: str, count: int) -> dict[str, object]:
    return {
        "month": f"{month:%Y-%m}",
        "category": _slug(kind),
        "crime_type": kind,
        "count": count,
    }


def _bulletin_as_json(bulletin: Bulletin, neighbourhood: Neighbourhood) -> dict[str, str]:
    of = {**neighbourhood.url_kwargs, "quarter": bulletin.period}
    return {
        "quarter": str(bulletin.period),
        "published_at": bulletin.published_at.isoformat(timespec="seconds"),
        "sha256": bulletin.sha256,
        "url": page_url("reports:bulletin_detail", **of),
        "pdf": page_url("reports:bulletin_pdf", **of),
        "figures_json": page_url("reports:bulletin_json", **of),
        "figures_csv": page_url("reports:bulletin_csv", **of),
    }
