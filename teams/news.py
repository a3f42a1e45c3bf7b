"""The words of what teams announces and posts. Called by the sender, through NEWS."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from neighbourhoods.clock import LONDON, london_date
from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem
from teams.models import ContactRoute, Event, Invitation, Member, Notice, PatrolUpdate, RoleGrant
from teams.models.member import ASKED_BEFORE
from teams.queries import PostState, event_told_in, posts_on, told_in

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


def role_lent(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What both are told, the one who lends the sergeant's role and the one who holds it."""
    notice = _notice(pk)
    lent = RoleGrant.objects.lent().on(london_date(now)).select_related("user")
    grant = notice and lent.filter(neighbourhood=notice.neighbourhood, from_on=notice.about_on)
    held = grant and grant.filter(Q(user=notice.user) | Q(lent_by=notice.user)).last()
    if not held:
        return None
    text = _("You lent the sergeant's role to somebody of this team. It ends by itself on %(day)s.")
    if held.user == notice.user:
        text = _("The sergeant's role is lent to you. It ends by itself on %(day)s.")
    return _about_post(
        notice,
        title=_("Sergeant's role lent: %(place)s"),
        text=text % {"day": date_format(held.to_on, "j F Y")},
        url="teams:neighbourhood_manage",
        language=language,
    )


def role_taken_back(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What both are told when a role that was lent ends early; None where it is lent again."""
    notice = _notice(pk)
    if notice is None:
        return None
    lent = RoleGrant.objects.lent().on(london_date(now)).filter(user=notice.user)
    if lent.filter(neighbourhood=notice.neighbourhood).exists():
        return None
    return _about_post(
        notice,
        title=_("Sergeant's role no longer lent: %(place)s"),
        text=_("The sergeant's role that was lent in this team has ended early."),
        url="teams:neighbourhood_manage",
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
    event = _events(now).taking_place().filter(pk=pk, starts_at__gt=now).first()
    return event and _event_item(event, language=language)


def event_moved(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of the move ``pk``; None once a later one or the end came of it."""
    events = _events(now).taking_place().filter(moves=pk, starts_at__gt=now)
    event = events.first()
    if event is None or event.former.pk != pk:
        return None
    return _event_item(event, language=language, first=_("This event has been moved."))


def event_cancelled(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What followers are told of an event that does not take place; None once it is past."""
    cancelled = _events(now).filter(pk=pk, cancelled_at__isnull=False, ends_at__gt=now)
    event = cancelled.first()
    return event and _event_item(event, language=language, first=_("This event is cancelled."))


def event_noted(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """That followers can read what was said at an event."""
    event = _events(now).filter(pk=pk, noted_at__isnull=False).first()
    if event is None:
        return None
    told = event_told_in(language, event)
    return NewsItem(
        title=_news_title(event, told.title, language),
        text=_("The team tells what was said on %(day)s, and what it promised.")
        % {"day": date_format(event.starts_at.astimezone(LONDON), "l j F Y")},
        url=_event_url(event),
        link_text=_("Read what was said"),
    )


def _events(now: datetime) -> QuerySet[Event]:
    return Event.objects.with_details(on=london_date(now)).select_related("neighbourhood")


def _event_item(event: Event, *, language: str, first: str = "") -> NewsItem:
    """When, where and all there is to say, as it is right now."""
    told = event_told_in(language, event)
    parts = [first, f"{told.when}\n{told.place}", told.about]
    return NewsItem(
        title=_news_title(event, told.title, language),
        text="\n\n".join(filter(None, parts)),
        url=_event_url(event),
        link_text=_("See this event"),
    )


def _news_title(event: Event, title: str, language: str) -> str:
    return f"{text_in(language, event.neighbourhood, 'name')[0]}: {title}"


def _event_url(event: Event) -> str:
    where = {**event.neighbourhood.url_kwargs, "pk": event.pk}
    return reverse("priorities:event_detail", kwargs=where)
