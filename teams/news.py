"""The words of what teams announces and posts. Called by the sender, through NEWS."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem
from teams.models import ContactRoute, Event, Invitation, Member, Notice, PatrolUpdate
from teams.models.member import ASKED_BEFORE
from teams.queries import PostState, posts_on, told_in

INVITATION = "teams.invitation"
ROUTE_TEST = "teams.route_test"
ROUTE_TEST_LIVES = timedelta(days=28)


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


def route_test(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """Asks whoever reads the address to say so; None once it is no way to reach anybody."""
    if not ContactRoute.objects.filter(pk=pk).exists():
        return None
    return NewsItem(
        title=_("Test message: does this address work?"),
        text=_(
            "Residents find this address on the page of your neighbourhood policing team. "
            "Use the link to say that somebody reads it. The link works for 28 days."
        ),
        url=reverse("teams:route_test"),
        link_text=_("This address works"),
        purpose=ROUTE_TEST,
        link_lives=ROUTE_TEST_LIVES,
    )


def post_vacant(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What an inspector is told of a vacancy; None once somebody is named there."""
    notice = _notice(pk)
    if notice is None:
        return None
    post = posts_on([notice.neighbourhood], london_date(now))[notice.neighbourhood_id]
    if post.state != PostState.VACANT:
        return None
    return _about_post(
        notice,
        title=_("No named officer: %(place)s"),
        text=_(
            "Nobody is the named officer since %(day)s. Residents read that you are recruiting "
            "and who covers until then. Name somebody, or enter who covers."
        )
        % {"day": date_format(notice.about_on, "j F Y")},
        url="teams:neighbourhood_manage",
        language=language,
    )


def contact_unconfirmed(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What a sergeant is asked to check; None once everyone there has been checked."""
    notice = _notice(pk)
    if notice is None:
        return None
    due = Member.objects.filter(
        postings__neighbourhood=notice.neighbourhood,
        unconfirmed_from__lte=london_date(now) + ASKED_BEFORE,
    )
    if not due.exists():
        return None
    return _about_post(
        notice,
        title=_("Contact details to check: %(place)s"),
        text=_(
            "Nobody has checked the contact details of somebody in this team for five weeks. "
            "From %(day)s on residents are told to contact the team instead."
        )
        % {"day": date_format(notice.about_on, "j F Y")},
        url="teams:contact_check",
        language=language,
    )


def _notice(pk: int) -> Notice | None:
    """The notice, unless whom it is for has left."""
    notices = Notice.objects.select_related("neighbourhood").filter(user__is_active=True)
    return notices.filter(pk=pk).first()


def _about_post(notice: Notice, *, title: str, text: str, url: str, language: str) -> NewsItem:
    place, _language = text_in(language, notice.neighbourhood, "name")
    return NewsItem(
        title=title % {"place": place},
        text=text,
        url=reverse(url, kwargs=notice.neighbourhood.url_kwargs),
        link_text=_("Open the page of the team"),
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
