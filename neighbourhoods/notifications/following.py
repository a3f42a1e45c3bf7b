"""The words of the mail that asks whether an address wants to follow a neighbourhood."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.models import Following
from neighbourhoods.notifications.mails import NewsItem

CONFIRM_FOLLOW = "neighbourhoods.confirm_follow"


def confirm_follow(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """The mail with the link to confirm; None once the following is gone."""
    following = Following.objects.select_related("neighbourhood").filter(pk=pk).first()
    if following is None:
        return None
    place, _language = text_in(language, following.neighbourhood, "name")
    return NewsItem(
        title=_("Your local team: please confirm"),
        text=_(
            "Somebody, we hope you, asked us to send news of the policing team of "
            "%(place)s to this address. Use the link and press the button on the page. "
            "The link works for 3 days. If it was not you, do nothing: you get no news from us."
        )
        % {"place": place},
        url=reverse("neighbourhoods:confirm"),
        link_text=_("Confirm that you want to be kept informed"),
        purpose=CONFIRM_FOLLOW,
    )
