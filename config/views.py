"""Health, error and statement pages."""

import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from config.openapi import document
from neighbourhoods import api
from neighbourhoods.middleware import API_PREFIX
from teams.forms.tries import KNOWN_BROWSER

RETRY_AFTER_S = 10
TEXT = "text/plain; charset=utf-8"
# Read once: these pages have to come out when nothing else works.
SERVER_ERROR_PAGE = (settings.BASE_DIR / "templates/errors/500.html").read_bytes()
UNAVAILABLE_PAGE = (settings.BASE_DIR / "templates/errors/503.html").read_bytes()

statement = cache_control(no_cache=True)


@never_cache
@require_safe
def health_live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a slow database kills no worker."""
    return HttpResponse("ok", content_type=TEXT)


@never_cache
@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:
    """Whether requests should be sent here: the database answers and has this code's tables."""
    lack = _what_is_lacking()
    if not lack:
        return HttpResponse("ok", content_type=TEXT)
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return HttpResponse(lack, status=503, content_type=TEXT, headers=headers)


def _what_is_lacking() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "database does not answer"
    return "migrations are not applied" if waiting else ""


@require_safe
@statement
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    return render(request, "config/accessibility_statement.html")


@require_safe
@statement
def privacy_notice(request: HttpRequest) -> HttpResponse:
    context = {"map_host": urlsplit(settings.MAP_TILE_URL).hostname}
    return render(request, "config/privacy_notice.html", context)


@require_safe
@statement
def cookies_notice(request: HttpRequest) -> HttpResponse:
    names = {
        "session": settings.SESSION_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
        "known": KNOWN_BROWSER,
    }
    return render(request, "config/cookies_notice.html", {"cookie_names": names})


@require_safe
@statement
def developers(request: HttpRequest) -> HttpResponse:
    context = {"api_url": f"{settings.SITE_URL}{API_PREFIX.rstrip('/')}"}
    return render(request, "config/developers.html", context)


@api.read_api()
def api_description(request: HttpRequest) -> JsonResponse:
    return JsonResponse(document(settings.SITE_URL))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or came from elsewhere: not the reader's lack of permission."""
    return render(request, "errors/400.html", status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """For allauth, which looks for it where Django has its own handlers."""
    page = render(request, "errors/429.html", status=429)
    page["Retry-After"] = "60"
    return page


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX):
        return api.unknown(request)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs nothing: 503 while the database is out of reach, else 500."""
    if isinstance(sys.exception(), OperationalError):
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        return HttpResponse(UNAVAILABLE_PAGE, status=503, headers=headers)
    return HttpResponse(SERVER_ERROR_PAGE, status=500)
