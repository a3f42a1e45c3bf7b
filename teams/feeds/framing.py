"""What all feeds of a neighbourhood have in common."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import get_language
from django.views.decorators.http import etag, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries import page_stamp
from teams.queries import with_names

ENTRIES = 30


@dataclass(frozen=True)
class Entry:
    """One entry of a feed, its words as they are kept: with references to members."""

    title: str
    text: str
    address: str
    published_at: datetime
    changed_at: datetime


def neighbourhood_feed(feed: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn ``feed(request, neighbourhood, *, now)`` into ``feed(request, force_id, …)``.

    404 where the neighbourhood is unknown or has ended; 304 to a reader who holds it as it is.
    """

    @wraps(feed)
    @require_safe
    def wrapper(
        request: HttpRequest, force_id: str, neighbourhood_id: str, **kwargs: object
    ) -> HttpResponse:
        now = timezone.now()
        current = Neighbourhood.objects.current(on=london_date(now)).with_safety_stamp()
        place = get_object_or_404(current, force=force_id, code=neighbourhood_id)
        stamp = page_stamp(place, language=get_language(), now=now)
        response = etag(lambda *_args, **_kwargs: stamp)(feed)(request, place, now=now, **kwargs)
        patch_cache_control(response, no_cache=True)
        return response

    return wrapper


def as_atom(title: str, page: str, address: str, entries: Iterable[Entry]) -> HttpResponse:
    """An Atom feed in the language that is active; what was typed is escaped."""
    feed = Atom1Feed(
        title=title, link=page, description="", language=get_language(), feed_url=address
    )
    for entry in entries:
        feed.add_item(
            title=with_names(entry.title),
            link=entry.address,
            description=linebreaks(with_names(entry.text), autoescape=True),
            unique_id=entry.address,
            pubdate=entry.published_at,
            updateddate=entry.changed_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=f"{Atom1Feed.content_type}")


def address_of(name: str, neighbourhood: Neighbourhood, **more: object) -> str:
    path = reverse(name, kwargs={**neighbourhood.url_kwargs, **more})
    return f"{settings.SITE_URL}{path}"
