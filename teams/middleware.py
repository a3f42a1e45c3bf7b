"""The one door that every name in a text goes through on its way to a reader."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from teams.queries import with_names
from teams.references import MARK

ESCAPES = {"text/html": escape, "application/json": lambda name: json.dumps(name)[1:-1]}


def put_names_in_answers(get_response: Callable) -> Callable:
    """Put names where a page or an answer of the API refers to members of a team.

    Residents read the public names, staff on their pages the whole ones. A file that is
    ``verbatim``, since its fingerprint is known, keeps the references.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind in ESCAPES and _refers(response):
            text = response.content.decode()
            whole = _is_staff_page(request)
            response.content = with_names(text, whole=whole, escape=ESCAPES[kind]).encode()
        return response

    return middleware


def _refers(response: HttpResponse) -> bool:
    kept = response.streaming or getattr(response, "verbatim", False)
    return not kept and MARK.encode() in response.content


def _is_staff_page(request: HttpRequest) -> bool:
    """Whether the page asks for a permission before it says anything."""
    match = request.resolver_match
    return match is not None and hasattr(match.func, "required_permission")
