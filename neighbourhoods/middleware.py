"""What every answer of the read API has in common: open to all, and not too often."""

from collections.abc import Callable
from functools import cache
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from neighbourhoods.networks import network_of_client

API_PREFIX = "/api/"
TEXT = "text/plain; charset=utf-8"
# A page of another site may read what we answer, and ask whether it still holds.
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
# The storage keeps a key for each network that it ever saw and goes through them all the time.
NETWORKS_KEPT = 1000


def api_for_all(get_response: Callable) -> Callable:
    """Open /api/ to scripts of other sites, and hold each network to ``settings.API_RATE``.

    Counted in this process alone; without a rate nothing is counted.
    """
    limiter = MovingWindowRateLimiter(MemoryStorage())

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_PREFIX):
            return get_response(request)
        response = _refusal(request, limiter) or _preflight(request) or get_response(request)
        for header, value in OPEN_TO_ALL.items():
            response[header] = value
        return response

    return middleware


def _preflight(request: HttpRequest) -> HttpResponse | None:
    """What a browser wants to know before a script of another site may ask."""
    if request.method != "OPTIONS":
        return None
    return HttpResponse(status=204, headers=PREFLIGHT)


def _refusal(request: HttpRequest, limiter: MovingWindowRateLimiter) -> HttpResponse | None:
    """429 with the seconds to wait, or None while the network asks as often as it may."""
    if not settings.API_RATE:
        return None
    rate, network = _rate(settings.API_RATE), _network(request)
    if len(limiter.storage.events) > NETWORKS_KEPT:
        limiter.storage.reset()
    if limiter.hit(rate, network):
        return None
    free_at = limiter.get_window_stats(rate, network).reset_time
    wait_s = max(1, ceil(free_at - timezone.now().timestamp()))
    headers = {"Retry-After": str(wait_s), "Cache-Control": "no-store"}
    return HttpResponse("Too Many Requests", status=429, content_type=TEXT, headers=headers)


@cache
def _rate(text: str) -> RateLimitItem:
    return parse(text)


def _network(request: HttpRequest) -> str:
    return network_of_client(
        request.META["REMOTE_ADDR"],
        request.headers.get("x-forwarded-for", ""),
        settings.TRUSTED_PROXY_COUNT,
    )
