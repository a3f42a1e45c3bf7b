"""The read API's lookup and boundary parts, in the shapes of data.police.uk.

Existing clients of that API work with our address in place of its own; keys of our
own, such as ``welsh_name``, ride along. ``postcodes`` is an addition of ours.
"""

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, etag, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.geometry import area_from_stored, outer_ring
from neighbourhoods.languages import ENGLISH
from neighbourhoods.models import Boundary, Force, Neighbourhood
from neighbourhoods.queries import Answer, locate_postcode, page_stamp
from neighbourhoods.queries.points import ids_at_point

HOUR_S = 3600
NAMES_A_PERSON_S = 30
TEXT = "text/plain; charset=utf-8"
NOTHING_THERE = "There is nothing at this address. What there is: /developers/"


class Refused(Exception):
    """Why one of our own additions does not answer: a code for programs, words for people."""

    def __init__(self, code: str, message: str, *, status: int = 400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def read_api(*, max_age: int = HOUR_S, ours: bool = False) -> Callable:
    """Make a view of the read API from one that returns a JsonResponse.

    Answers GET and HEAD with an ETag, of the content unless the view gives one, and
    public caching for ``max_age`` seconds (an hour; what can name a person: 30). In the
    compatible part Http404 becomes the text ``Not Found`` and BadRequest the text of
    its message, as clients of the model expect; where the address is ``ours`` Http404
    and Refused become ``{"error": {"code", "message"}}``.
    """
    errors = _errors_as_json if ours else _errors_as_text

    def decorate(view: Callable) -> Callable:
        answer = cache_control(public=True, max_age=max_age)(errors(require_safe(view)))
        return csrf_exempt(conditional_page(answer))

    return decorate


def neighbourhood_api(*, max_age: int = NAMES_A_PERSON_S, ours: bool = False) -> Callable:
    """As read_api, from ``view(request, neighbourhood, *, on)`` for ``force_id`` and its id.

    One query finds the neighbourhood (404 where it is unknown or has ended). The ETag is
    that of its pages, so for a reader who holds the answer the view is not called.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def found(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
            now = timezone.now()
            on = london_date(now)
            current = Neighbourhood.objects.current(on=on).with_safety_stamp()
            place = get_object_or_404(current, force=force_id, code=neighbourhood_id)
            stamp = page_stamp(place, language=ENGLISH, now=now)
            return etag(lambda *_args, **_kwargs: stamp)(view)(request, place, on=on)

        return read_api(max_age=max_age, ours=ours)(found)

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


def _errors_as_json(view: Callable) -> Callable:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return _error(Refused("not_found", NOTHING_THERE, status=404))
        except Refused as exc:
            return _error(exc)

    return wrapper


def _error(refused: Refused) -> JsonResponse:
    said = {"code": refused.code, "message": refused.message}
    return JsonResponse({"error": said}, status=refused.status)


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
    found = ids_at_point(lat=lat, lng=lng)
    if not found:
        raise Http404
    force_id, code = found[0]
    return JsonResponse({"force": force_id, "neighbourhood": code})


@read_api(ours=True)
def postcode_detail(request: HttpRequest, postcode: str) -> JsonResponse:
    """What is known of a postcode; of one that is no longer in use, its last place."""
    located = locate_postcode(postcode)
    if located.answer == Answer.INVALID:
        raise Refused("invalid_postcode", "This is no full UK postcode, such as WQ2 5HD.")
    if located.answer == Answer.UNKNOWN:
        unknown_here = f"{located.postcode} is not in the register, or has no place in it."
        raise Refused("unknown_postcode", unknown_here, status=404)
    return JsonResponse(
        {
            "postcode": located.postcode,
            "answer": located.answer,
            "terminated_on": day_as_json(located.terminated_on),
            "results": [_found_as_json(place) for place in located.neighbourhoods],
        }
    )


def day_as_json(day: date | None) -> str | None:
    return day and day.isoformat()


def page_url(name: str, **kwargs: object) -> str:
    """The whole address of a page in English, for people to follow."""
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


def point_as_json(lat: float, lng: float) -> dict[str, str]:
    """Degrees as text, exact and never in powers of ten: clients of the model read text."""
    return {
        "latitude": format(Decimal(str(lat)), "f"),
        "longitude": format(Decimal(str(lng)), "f"),
    }


def _named_as_json(obj: Force | Neighbourhood, id_: str) -> dict[str, str]:
    return {"id": id_, "name": obj.name, "welsh_name": obj.name_cy}


def _found_as_json(place: Neighbourhood) -> dict[str, str]:
    return {
        "force": place.force_id,
        **_named_as_json(place, place.code),
        "url": page_url("reports:neighbourhood_home", **place.url_kwargs),
    }


def _point(text: str) -> tuple[float, float]:
    """The ``(lat, lng)`` in ``text``; raises BadRequest, which says what is wrong."""
    try:
        lat, lng = map(float, text.split(","))
    except ValueError as exc:
        raise BadRequest("q must be latitude,longitude in degrees, like 52.63,-1.13.") from exc
    if not (math.isfinite(lat) and math.isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180):
        raise BadRequest("q is no place: latitude is -90 to 90, longitude -180 to 180.")
    return lat, lng
