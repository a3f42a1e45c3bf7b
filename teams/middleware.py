"""What every request of staff, and every name on its way to a reader, goes through."""

import json
from collections.abc import Callable

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape

from teams.models import User
from teams.queries import with_names
from teams.references import MARK

ESCAPES = {"text/html": escape, "application/json": lambda name: json.dumps(name)[1:-1]}


def end_old_sessions(get_response: Callable) -> Callable:
    """Sign out whoever signed in too long ago or left the portal idle.

    Nothing is looked at before something asks who is signed in: residents' pages do not.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _still_signed_in(request))
        return get_response(request)

    return middleware


def _still_signed_in(request: HttpRequest) -> User | AnonymousUser:
    user, now = get_user(request), timezone.now()
    if not user.is_authenticated:
        return user
    if request.session.has_run_out(now=now):
        request.session.flush()
        return AnonymousUser()
    request.session.keep_awake(now=now)
    return user


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
