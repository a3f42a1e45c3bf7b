from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def no_nul_in_path(get_response: Callable) -> Callable:
    """Answer 404 to an address with a NUL character: PostgreSQL would refuse to look it up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware


def no_large_body(get_response: Callable) -> Callable:
    """Answer 413 to a body over ``MAX_BODY_BYTES``, by the length that it says it has.

    One without a length, or longer than it says, is read no further than that.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES:
            return render(request, "errors/413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return get_response(request)

    return middleware
