"""The words of what reports announces. Called by the sender, through NEWS."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem
from reports.models import Bulletin


def bulletin_published(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of a bulletin; None where it is not published."""
    bulletin = Bulletin.objects.public().select_related("neighbourhood").filter(pk=pk).first()
    if bulletin is None:
        return None
    place, _language = text_in(language, bulletin.neighbourhood, "name")
    quarter = bulletin.period.in_words
    return NewsItem(
        title=_("%(place)s: how well are your police doing?") % {"place": place},
        text=_("The bulletin for %(quarter)s is out: what we said, what we did, and the figures.")
        % {"quarter": quarter},
        url=reverse("reports:bulletin_detail", kwargs=bulletin.url_kwargs),
        link_text=_("Read the bulletin"),
    )
