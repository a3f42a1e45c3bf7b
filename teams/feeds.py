"""What a team tells, for programs that look by themselves: Atom."""

from collections.abc import Callable
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
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from neighbourhoods.clock import london_date
from neighbourhoods.languages import text_in
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries import page_stamp
from teams.queries import Told, latest_updates, told_in, with_names

ENTRIES = 30


def neighbourhood_feed(feed: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn ``feed(request, neighbourhood, *, now)`` into ``feed(request, force_id, …)``.

    404 where the neighbourhood is unknown or has ended; 304 to a reader who holds it as it is.
    """

    @wraps(feed)
    @require_safe
    def wrapper(request: HttpRequest, force_id: str, neighbourhood_id: str) -> HttpResponse:
        now = timezone.now()
        current = Neighbourhood.objects.current(on=london_date(now)).with_safety_stamp()
        place = get_object_or_404(current, force=force_id, code=neighbourhood_id)
        stamp = page_stamp(place, language=get_language(), now=now)
        response = etag(lambda *_args, **_kwargs: stamp)(feed)(request, place, now=now)
        patch_cache_control(response, no_cache=True)
        return response

    return wrapper


@neighbourhood_feed
def update_feed(
    request: HttpRequest, neighbourhood: Neighbourhood, *, now: datetime
) -> HttpResponse:
    language = get_language()
    name, _language = text_in(language, neighbourhood, "name")
    feed = Atom1Feed(
        title=_("What the team is doing in %(place)s") % {"place": name},
        link=_address("update_list", neighbourhood),
        description="",
        language=language,
        feed_url=_address("update_feed", neighbourhood),
    )
    for update in latest_updates(neighbourhood, ENTRIES, on=london_date(now)):
        _add(feed, told_in(language, update), neighbourhood)
    return HttpResponse(feed.writeString("utf-8"), content_type=f"{Atom1Feed.content_type}")


def _add(feed: Atom1Feed, told: Told, neighbourhood: Neighbourhood) -> None:
    address = _address("update_detail", neighbourhood, pk=told.update.pk)
    feed.add_item(
        title=with_names(told.title),
        link=address,
        description=linebreaks(with_names(told.text), autoescape=True),
        unique_id=address,
        pubdate=told.update.published_at,
        updateddate=told.update.published_at,
    )


def _address(name: str, neighbourhood: Neighbourhood, **more: object) -> str:
    path = reverse(f"teams:{name}", kwargs={**neighbourhood.url_kwargs, **more})
    return f"{settings.SITE_URL}{path}"
