"""An ETag promises a page: who asks again under it is told that nothing has changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Response = Callable[[HttpRequest], HttpResponse]
remembered: dict[tuple[str, str], bytes] = {}


class TwoPagesUnderOneETag(AssertionError):
    """A reader who holds the first page would never see the second."""


def remember_etags(get_response: Response) -> Response:
    """Middleware that fails a test in which two bodies have one address and one ETag."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        whole = response.status_code == 200 and not response.streaming
        if request.method == "GET" and whole and "ETag" in response:
            key = (request.get_full_path(), response["ETag"])
            if remembered.setdefault(key, response.content) != response.content:
                raise TwoPagesUnderOneETag(*key)
        return response

    return middleware
