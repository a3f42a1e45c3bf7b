"""Officers' photos, served one by one: a file by itself has no address."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from neighbourhoods.clock import london_date
from teams.photos import look_at
from teams.queries import photo_on

HEADERS = {
    # Opened by itself it is a picture and nothing else, whatever a browser takes it for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, noimageindex, noai, noimageai",
}


@require_safe
def photo_show(request: HttpRequest, key: str) -> HttpResponse:
    """Asked anew each time, so that one which is taken away or hidden is 404 from then on."""
    photo = photo_on(key, on=london_date(timezone.now()))
    jpeg = photo and look_at(photo.key)
    if not jpeg:
        raise Http404
    response = jpeg_response(jpeg)
    patch_cache_control(response, private=True, no_cache=True)
    response["ETag"] = quote_etag(key)
    return get_conditional_response(request, etag=response["ETag"], response=response)


def jpeg_response(jpeg: bytes) -> HttpResponse:
    return HttpResponse(jpeg, content_type="image/jpeg", headers=HEADERS)
