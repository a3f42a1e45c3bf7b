"""What decides whether a resident's copy of a page still holds."""

import hashlib
from datetime import datetime

from django.conf import settings

from neighbourhoods.clock import london_hour
from neighbourhoods.models import Neighbourhood


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
