"""One mail: its text and HTML, its headers, and the secret links in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.tokens import make_token, token_digest

LEAVE = "neighbourhoods.leave"
# A link to leave has to work in a mail that somebody finds again a year later.
LEAVE_LINK_LIVES = timedelta(days=400)


@dataclass(frozen=True)
class NewsItem:
    """What one mail says. With a ``purpose`` the sender completes ``url`` by a secret token."""

    title: str
    text: str
    url: str  # path on this site, ending in a slash
    link_text: str
    purpose: str = ""
    link_lives: timedelta = timedelta(days=3)


def as_mail(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> EmailMultiAlternatives:
    """The mail of one entry: text and HTML, the same Message-ID whenever it is made.

    What a follower is told carries the way out: a link in both parts, and the headers
    by which a mail program offers a button of its own (RFC 8058).
    """
    leave = _leave_token(entry, now=now)
    context = {
        "item": item,
        "link": settings.SITE_URL + _link(entry, item, now=now),
        "leave_link": leave and _address("neighbourhoods:leave_open", leave),
    }
    mail = EmailMultiAlternatives(
        subject=item.title,
        body=render_to_string("neighbourhoods/emails/news.txt", context),
        from_email=formataddr(
            (translation.gettext("Your neighbourhood policing team"), settings.DEFAULT_FROM_EMAIL)
        ),
        to=[entry.to],
        headers=_headers(entry, leave),
    )
    mail.attach_alternative(
        render_to_string("neighbourhoods/emails/news.html", context), "text/html"
    )
    return mail


def _headers(entry: OutboxEntry, leave: str) -> dict[str, str]:
    headers = {"Message-ID": f"<entry-{entry.pk}@{urlsplit(settings.SITE_URL).hostname}>"}
    if leave:
        headers["List-Unsubscribe"] = f"<{_address('leave_at_once', leave)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _address(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, kwargs={"token": token})


def _link(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> str:
    """The path that the mail leads to; a secret part is made here and only its digest is kept."""
    if not item.purpose:
        return item.url
    token = _token(entry, item.purpose, entry.object_id, lives=item.link_lives, now=now)
    return f"{item.url}{token}/"


def _leave_token(entry: OutboxEntry, *, now: datetime) -> str:
    """The secret by which the follower stops these mails; empty in a mail to anybody else."""
    if not entry.announcement_id or not entry.follower_id:
        return ""
    return _token(entry, LEAVE, entry.follower_id, lives=LEAVE_LINK_LIVES, now=now)


def _token(
    entry: OutboxEntry, purpose: str, object_id: int, *, lives: timedelta, now: datetime
) -> str:
    token = make_token(settings.SECRET_KEY, purpose, entry.pk)
    Token.objects.get_or_create(
        sha256=token_digest(token),
        defaults={
            "purpose": purpose,
            "object_id": object_id,
            "begins_at": now,
            "expires_at": now + lives,
        },
    )
    return token
