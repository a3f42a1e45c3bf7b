"""The words of what teams announces and posts. Called by the sender, through NEWS."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem
from teams.models import Invitation, PatrolUpdate

INVITATION = "teams.invitation"


def invitation(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """The mail with the link to set a password; None once it was accepted or replaced."""
    open_ones = Invitation.objects.filter(accepted_at__isnull=True, replaced_at__isnull=True)
    if not open_ones.filter(pk=pk, user__is_active=True).exists():
        return None
    return NewsItem(
        title=_("Set up your sign-in"),
        text=_(
            "You have been invited to sign in to the neighbourhood policing portal. "
            "Use the link to choose a password and set up an authenticator app. "
            "It works once, for 3 days. If you did not expect this, do nothing and tell your "
            "force administrator."
        ),
        url=reverse("teams:invitation"),
        link_text=_("Set up your sign-in"),
        purpose=INVITATION,
    )


def update_published(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of an update; None once it was withdrawn."""
    update = PatrolUpdate.objects.public().select_related("neighbourhood").filter(pk=pk).first()
    if update is None:
        return None
    title, _language = text_in(language, update, "title")
    text, _language = text_in(language, update, "text")
    place, _language = text_in(language, update.neighbourhood, "name")
    return NewsItem(
        title=f"{place}: {title}",
        text=text,
        url=reverse("teams:update_detail", kwargs={**update.neighbourhood.url_kwargs, "pk": pk}),
        link_text=_("Read it on the page of your team"),
    )
