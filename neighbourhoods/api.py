"""The read API's lookup and boundary parts, in the shapes of data.police.uk.

Existing clients of that API work with our address in place of its own; keys of our
own, such as ``welsh_name``, ride along.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.geometry import area_from_stored, outer_ring
from neighbourhoods.models import Boundary, Force, Neighbourhood
from neighbourhoods.queries import locate_point

HOUR_S = 3600
TEXT = "text/plain; charset=utf-8"


def read_api(*, max_age: int = HOUR_S) -> Callable:
    """Make a view of the compatible API from one that returns a JsonResponse.

    Answers GET and HEAD to everybody's scripts, with an ETag of the content and
    public caching for ``max_age`` seconds (an hour; what names a person: 30). Http404
    becomes the text ``Not Found`` and BadRequest the text of its message, as clients
    of the model expect.
    """

    def decorate(view: Callable) -> Callable:
        answer = cache_control(public=True, max_age=max_age)(_errors_as_text(require_safe(view)))
        answer = conditional_page(answer)

        @wraps(view)
        def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            response = answer(request, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return csrf_exempt(wrapper)

    return decorate


def _errors_as_text(view: Callable) -> Callable:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return HttpResponse("Not Found", status=404, content_type=TEXT)
        except BadRequest as exc:
            return HttpResponse(str(exc), status=400, content_type=TEXT)

    return wrapper


@read_api()
def unknown(request: HttpRequest) -> HttpResponse:
    """The answer where the API has nothing."""
    raise Http404


@read_api()
def force_list(request: HttpRequest) -> JsonResponse:
    return JsonResponse([_named_as_json(f, f.pk) for f in Force.objects.all()], safe=False)


@read_api()
def neighbourhood_list(request: HttpRequest, force_id: str) -> JsonResponse:
    force = get_object_or_404(Force, pk=force_id)
    found = force.neighbourhoods.current(on=london_date(timezone.now()))
    return JsonResponse([_named_as_json(n, n.code) for n in found], safe=False)


@read_api()
def neighbourhood_boundary(
    request: HttpRequest, force_id: str, neighbourhood_id: str
) -> JsonResponse:
    """The outer ring of the largest part, closed: the model has no holes and no parts."""
    current = Neighbourhood.objects.current(on=london_date(timezone.now()))
    boundary = get_object_or_404(
        Boundary.objects.in_force(),
        neighbourhood__in=current.filter(force=force_id, code=neighbourhood_id),
    )
    ring = outer_ring(area_from_stored(boundary.geometry))
    return JsonResponse([point_as_json(lat, lng) for lat, lng in ring], safe=False)


@read_api()
def locate_neighbourhood(request: HttpRequest) -> JsonResponse:
    """Where several hold the point, the first by force and id: the model has one answer."""
    lat, lng = _point(request.GET.get("q", ""))
    found = locate_point(lat=lat, lng=lng)
    if not found:
        raise Http404
    return JsonResponse({"force": found[0].force_id, "neighbourhood": found[0].code})


def point_as_json(lat: float, lng: float) -> dict[str, str]:
    """Degrees as text, exact and never in powers of ten: clients of the model read text."""
    return {
        "latitude": format(Decimal(str(lat)), "f"),
        "longitude": format(Decimal(str(lng)), "f"),
    }


def _named_as_json(obj: Force | Neighbourhood, id_: str) -> dict[str, str]:
    return {"id": id_, "name": obj.name, "welsh_name": obj.name_cy}


def _point(text: str) -> tuple[float, float]:
    """The ``(lat, lng)`` in ``text``; raises BadRequest, which says what is wrong."""
    try:
        lat, lng = map(float, text.split(","))
    except ValueError as exc:
        raise BadRequest("q must be latitude,longitude in degrees, like 52.63,-1.13.") from exc
    if not (math.isfinite(lat) and math.isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180):
        raise BadRequest("q is no place: latitude is -90 to 90, longitude -180 to 180.")
    return lat, lng
