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


def stamps_of(neighbourhood: Neighbourhood) -> tuple[int, int] | None:
    """Its stamp and the safety stamp as they are now; None where it is gone. One query."""
    return next(iter(_stamps(pk=neighbourhood.pk)), None)


def page_stamp(
    neighbourhood: Neighbourhood, *beside: Neighbourhood, language: str, now: datetime
) -> str:
    """The ETag, unquoted, of a public page of one neighbourhood; ``beside`` it names others too.

    Made of the stamp that every change raises in its own transaction, the safety stamp
    (``neighbourhood`` has to be read ``with_safety_stamp``), the language, the build and
    London's date and hour (a page says "today" and who covers now), so it cannot outlive
    what the page says. For pages that are the same for everybody;
    views hand it to ``django.views.decorators.http.condition``.
    """
    stamps = [part for shown in (neighbourhood, *beside) for part in (shown.pk, shown.stamp)]
    parts = (*stamps, neighbourhood.safety_stamp, language, settings.BUILD_ID, london_hour(now))
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


@prepared(force_id=CharField(), code=CharField())
def _public(*, force_id, code) -> QuerySet[Neighbourhood]:
    places = Neighbourhood.objects.public().filter(force=force_id, code=code)
    return places.select_related("force").with_safety_stamp().order_by()


@prepared(pk=BigIntegerField())
def _stamps(*, pk) -> QuerySet[tuple[int, int]]:
    found = Neighbourhood.objects.filter(pk=pk).with_safety_stamp().order_by()
    return found.values_list("stamp", "safety_stamp")
