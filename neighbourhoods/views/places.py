"""What residents read of where their police are: stations and counters, and the map."""

from urllib.parse import urlsplit

import shapely
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from neighbourhoods.geometry import area_from_stored
from neighbourhoods.models import Boundary, Neighbourhood
from neighbourhoods.queries import neighbours_of, places_now, places_of
from neighbourhoods.views.trails import trail_below

checked_each_time = cache_control(no_cache=True)


@require_safe
@checked_each_time
def place_list(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    """No ETag: what is open changes from minute to minute."""
    neighbourhood = _neighbourhood(force_id, neighbourhood_id)
    boundary = neighbourhood.boundaries.in_force().defer("geometry").first()
    context = {
        "force": neighbourhood.force,
        "neighbourhood": neighbourhood,
        "places": places_now(places_of(neighbourhood, boundary), now=timezone.now()),
        "breadcrumbs": trail_below(neighbourhood, _("Where to find us")),
    }
    return render(request, "neighbourhoods/public/place_list.html", context)


@require_safe
@checked_each_time
def map_detail(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    """The one page that loads pictures of another host, which its policy allows here alone."""
    boundary = _mapped(force_id, neighbourhood_id)
    neighbourhood = boundary.neighbourhood
    context = {
        "force": neighbourhood.force,
        "neighbours": neighbours_of(neighbourhood),
        "boundary": boundary,
        "tiles": {"url": settings.MAP_TILE_URL, "attribution": settings.MAP_ATTRIBUTION},
        "breadcrumbs": trail_below(neighbourhood, _("Map")),
    }
    page = csp_update({"img-src": [_tile_host()]})(render)
    return page(request, "neighbourhoods/public/map_detail.html", context)


@require_safe
@checked_each_time
@conditional_page
def map_outline(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
    """The outline in force as GeoJSON, with its holes and all its parts."""
    area = area_from_stored(_mapped(force_id, neighbourhood_id).geometry)
    return HttpResponse(shapely.to_geojson(area), content_type="application/geo+json")


def _neighbourhood(force_id: str, neighbourhood_id: str) -> Neighbourhood:
    rows = Neighbourhood.objects.public().select_related("force")
    return get_object_or_404(rows, force=force_id, code=neighbourhood_id)


def _mapped(force_id: str, neighbourhood_id: str) -> Boundary:
    """The outline in force; Http404 where there is none, and where no tiles are set up."""
    if not settings.MAP_TILE_URL:
        raise Http404
    rows = Boundary.objects.in_force().select_related("neighbourhood__force")
    return get_object_or_404(
        rows, neighbourhood__force=force_id, neighbourhood__code=neighbourhood_id
    )


def _tile_host() -> str:
    """Scheme and host of the tiles; ``{s}``, one of several hosts, is any of them."""
    address = urlsplit(settings.MAP_TILE_URL)
    return f"{address.scheme}://{address.netloc.replace('{s}', '*')}"
