"""The words of the mail to those whose neighbourhood was drawn anew."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.models import Following
from neighbourhoods.notifications.mails import NewsItem

BOUNDARY_CHANGED = "neighbourhoods.boundary_changed"


def boundary_changed(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What the follower ``pk`` hears of from now on; None where they hear of nothing."""
    rows = Following.objects.confirmed().filter(follower=pk).order_by("pk")
    places = [following.neighbourhood for following in rows.select_related("neighbourhood")]
    if not places:
        return None
    return NewsItem(
        title=_("The areas of your local policing teams have changed"),
        text=_(
            "The police have drawn the areas of their neighbourhood teams anew. From now on "
            "we send you news of: %(places)s. You need do nothing."
        )
        % {"places": "; ".join(text_in(language, place, "name")[0] for place in places)},
        url=reverse("reports:neighbourhood_home", kwargs=places[0].url_kwargs),
        link_text=_("See who your team is"),
    )
