"""The words of what teams announces and posts. Called by the sender, through NEWS."""

from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem
from teams.models import Event, Invitation, PatrolUpdate
from teams.queries import told_in

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
    """What followers are told of an update; None once it was withdrawn or is over."""
    shown = PatrolUpdate.objects.public(on=london_date(now)).select_related("neighbourhood")
    update = shown.filter(pk=pk).first()
    if update is None:
        return None
    told = told_in(language, update)
    place, _language = text_in(language, update.neighbourhood, "name")
    return NewsItem(
        title=f"{place}: {told.title}",
        text=told.text,
        url=reverse("teams:update_detail", kwargs={**update.neighbourhood.url_kwargs, "pk": pk}),
        link_text=_("Read it on the page of your team"),
    )


def event_added(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of a new event; None once it was called off or has begun."""
    event = _coming(pk, now=now)
    if event is None or event.cancelled_at:
        return None
    place, _language = text_in(language, event, "place")
    return _event_item(event, language=language, text=f"{_when(event)}\n\n{place}")


def event_cancelled(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of an event that does not take place; None once it is past."""
    event = _coming(pk, now=now)
    if event is None or not event.cancelled_at:
        return None
    reason, _language = text_in(language, event, "cancellation_reason")
    text = _("This event is cancelled: %(when)s") % {"when": _when(event)}
    return _event_item(event, language=language, text=f"{text}\n\n{reason}")


def _coming(pk: int, *, now: datetime) -> Event | None:
    events = Event.objects.select_related("neighbourhood").filter(starts_at__gt=now)
    return events.filter(pk=pk).first()


def _event_item(event: Event, *, language: str, text: str) -> NewsItem:
    title, _language = text_in(language, event, "title")
    place, _language = text_in(language, event.neighbourhood, "name")
    return NewsItem(
        title=f"{place}: {title}",
        text=text,
        url=reverse("teams:event_list", kwargs=event.neighbourhood.url_kwargs),
        link_text=_("See all events of your team"),
    )


def _when(event: Event) -> str:
    """Day and times in London, in the language that is active."""
    starts, ends = event.starts_at.astimezone(LONDON), event.ends_at.astimezone(LONDON)
    return _("%(day)s, %(begins)s to %(ends)s") % {
        "day": date_format(starts, "l j F Y"),
        "begins": date_format(starts, "H:i"),
        "ends": date_format(ends, "H:i"),
    }
