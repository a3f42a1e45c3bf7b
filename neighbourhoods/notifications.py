"""Sends what stands in the outbox. Every row is claimed before the work and ended after it."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from neighbourhoods.models import OutboxEntry, Token
from neighbourhoods.tokens import make_token, token_digest

logger = logging.getLogger(__name__)

# Waiting time before the next try; after the last one the entry is dead.
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, *[60] * 24)]


@dataclass(frozen=True)
class NewsItem:
    """What one mail says. With a ``purpose`` the sender completes ``url`` by a secret token."""

    title: str
    text: str
    url: str  # path on this site, ending in a slash
    link_text: str
    purpose: str = ""
    link_lives: timedelta = timedelta(days=3)


def send_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due; return how many entries were handed to the relay.

    Each entry is claimed by a conditional UPDATE with a lease and its attempt is
    counted before the work, so two workers never hold one and a crash cannot loop
    for ever. An unknown outcome is retried under the same Message-ID.
    """
    sent = 0
    for _ in range(limit):
        entry = OutboxEntry.objects.claim_next(now=now)
        if entry is None:
            break
        sent += deliver(entry, now=now)
    return sent


def deliver(entry: OutboxEntry, *, now: datetime) -> bool:
    """Word and send one claimed entry, and record what became of it; True when it was sent."""
    with translation.override(entry.language):
        item = import_string(settings.NEWS[entry.kind])(
            entry.object_id, language=entry.language, now=now
        )
        if item is None:
            entry.end(OutboxEntry.State.DROPPED, at=now)
        else:
            _send(entry, item, now=now)
    entry.save()
    return entry.state == OutboxEntry.State.SENT


def _send(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> None:
    try:
        as_mail(entry, item, now=now).send()
    except smtplib.SMTPRecipientsRefused as exc:
        _refused(entry, {code for code, _ in exc.recipients.values()}, now=now)
    except smtplib.SMTPResponseException as exc:
        _refused(entry, {exc.smtp_code}, now=now)
    except OSError as exc:  # no answer, or none that can be understood: the outcome is unknown
        _retry(entry, type(exc).__name__, now=now)
    else:
        entry.end(OutboxEntry.State.SENT, at=now)


def _refused(entry: OutboxEntry, codes: set[int], *, now: datetime) -> None:
    """A 5xx answer is final (RFC 5321 §4.2.1); a 4xx answer may pass."""
    reason = f"SMTP {', '.join(map(str, sorted(codes)))}"
    if min(codes) >= 500:
        entry.end(OutboxEntry.State.DEAD, at=now, error=reason)
        logger.error("Outbox entry %s was refused: %s", entry.pk, reason)
    else:
        _retry(entry, reason, now=now)


def _retry(entry: OutboxEntry, reason: str, *, now: datetime) -> None:
    if entry.attempts > len(BACKOFF):
        entry.end(OutboxEntry.State.DEAD, at=now, error=reason)
        logger.error("Outbox entry %s was tried %s times: %s", entry.pk, entry.attempts, reason)
    else:
        entry.retry(at=now + BACKOFF[entry.attempts - 1], error=reason)


def as_mail(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> EmailMultiAlternatives:
    """The mail of one entry: text and HTML, the same Message-ID whenever it is made."""
    context = {"item": item, "link": settings.SITE_URL + _link(entry, item, now=now)}
    mail = EmailMultiAlternatives(
        subject=item.title,
        body=render_to_string("neighbourhoods/emails/news.txt", context),
        from_email=formataddr(
            (translation.gettext("Your neighbourhood policing team"), settings.DEFAULT_FROM_EMAIL)
        ),
        to=[entry.to],
        headers={"Message-ID": f"<entry-{entry.pk}@{urlsplit(settings.SITE_URL).hostname}>"},
    )
    mail.attach_alternative(
        render_to_string("neighbourhoods/emails/news.html", context), "text/html"
    )
    return mail


def _link(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> str:
    """The path that the mail leads to; a secret part is made here and only its digest is kept."""
    if not item.purpose:
        return item.url
    token = make_token(settings.SECRET_KEY, item.purpose, entry.pk)
    Token.objects.get_or_create(
        sha256=token_digest(token),
        defaults={
            "purpose": item.purpose,
            "object_id": entry.object_id,
            "begins_at": now,
            "expires_at": now + item.link_lives,
        },
    )
    return f"{item.url}{token}/"
