from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


def no_nul_in_path(get_response: Callable) -> Callable:
    """Answer 404 to an address with a NUL character: PostgreSQL would refuse to look it up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware
