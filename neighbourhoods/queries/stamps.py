"""What decides whether a resident's copy of a page still holds."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db.models import BigIntegerField, CharField, QuerySet

from neighbourhoods.clock import london_hour
from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries.prepared import prepared


def public_neighbourhood(force_id: str, code: str) -> Neighbourhood | None:
    """The neighbourhood that readers may know of, with its force. One query."""
    return next(iter(_public(force_id=force_id, code=code)), None)


def stamp_of(neighbourhood: Neighbourhood) -> int | None:
    """The stamp as it is now; None where the neighbourhood is gone. One query."""
    return next((stamp for (stamp,) in _stamps(pk=neighbourhood.pk)), None)


def page_stamp(
    neighbourhood: Neighbourhood, *beside: Neighbourhood, language: str, now: datetime
) -> str:
    """The ETag, unquoted, of a public page of one neighbourhood; ``beside`` it names others too.

    Made of the stamp that every change raises in its own transaction, the language,
    the build and London's date and hour (a page says "today" and who covers now), so
    it cannot outlive what the page says. For pages that are the same for everybody;
    views hand it to ``django.views.decorators.http.condition``.
    """
    stamps = [part for shown in (neighbourhood, *beside) for part in (shown.pk, shown.stamp)]
    parts = (*stamps, language, settings.BUILD_ID, london_hour(now))
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


@prepared(force_id=CharField(), code=CharField())
def _public(*, force_id, code) -> QuerySet[Neighbourhood]:
    places = Neighbourhood.objects.public().filter(force=force_id, code=code)
    return places.select_related("force").order_by()


@prepared(pk=BigIntegerField())
def _stamps(*, pk) -> QuerySet[tuple[int]]:
    return Neighbourhood.objects.filter(pk=pk).order_by().values_list("stamp")
