"""The pages for residents that bring all apps together."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.history import ended_as
from reports import queries
from teams.views.public import has_ended, neighbourhood_page, page_frame


@neighbourhood_page
def neighbourhood_home(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    if has_ended(neighbourhood, london_date(now)):
        return _ended(request, neighbourhood)
    home = queries.neighbourhood_home(neighbourhood, now, near=request.GET.get("near", ""))
    context = {**page_frame(neighbourhood), "home": home}
    if home.boundary:
        context["map_host"] = urlsplit(settings.MAP_TILE_URL).hostname
    return render(request, "reports/public/neighbourhood_home.html", context)


def _ended(request: HttpRequest, neighbourhood: Neighbourhood) -> HttpResponse:
    """When it ended, what came after, and where it was."""
    context = {**page_frame(neighbourhood), "ended": ended_as(neighbourhood)}
    return render(request, "reports/public/neighbourhood_ended.html", context)
