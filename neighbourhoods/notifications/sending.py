"""Sends what stands in the outbox. Every row is claimed before the work and ended after it."""

import logging
import smtplib
import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import translation
from django.utils.module_loading import import_string

from neighbourhoods.models import OutboxEntry
from neighbourhoods.notifications.mails import NewsItem, as_mail

logger = logging.getLogger(__name__)

# Waiting time before the next try; after the last one the entry is dead.
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, *[60] * 24)]
MAX_ATTEMPTS = len(BACKOFF) + 1
# A batch ends well inside Celery's soft time limit, however slow the relay is.
BATCH_LASTS = timedelta(minutes=3)


def send_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due; return how many entries were handed to the relay.

    Each entry is claimed by a conditional UPDATE with a lease and its attempt is
    counted before the work, so two workers never hold one and a crash cannot loop
    for ever. An unknown outcome is retried under the same Message-ID. ``now`` moves
    on with the work: the lease of the last entry has to begin when its turn comes.
    """
    began, sent, moment = time.monotonic(), 0, now
    for _ in range(limit):
        entry = OutboxEntry.objects.claim_next(now=moment)
        if entry is None:
            break
        sent += deliver(entry, now=moment)
        moment = now + timedelta(seconds=time.monotonic() - began)
        if moment > now + BATCH_LASTS:
            break
    return sent


def deliver(entry: OutboxEntry, *, now: datetime) -> bool:
    """Word and send one claimed entry, and record what became of it; True when it was sent."""
    if entry.attempts > MAX_ATTEMPTS:  # every try before this one took its worker down
        _give_up(entry, "no try came to an end", now=now)
    else:
        _try(entry, now=now)
    OutboxEntry.objects.record(entry)
    return entry.state == OutboxEntry.State.SENT


def _try(entry: OutboxEntry, *, now: datetime) -> None:
    try:
        with translation.override(entry.language):
            _word_and_send(entry, now=now)
    except Exception as exc:  # one entry that cannot be worded must not hold up all others
        # The message and the traceback may name the recipient; the type and the entry do not.
        reason = type(exc).__name__
        logger.error("Outbox entry %s (%s) could not be made: %s", entry.pk, entry.kind, reason)
        _retry(entry, reason, now=now)


def _word_and_send(entry: OutboxEntry, *, now: datetime) -> None:
    word = import_string(settings.NEWS[entry.kind])
    item = word(entry.object_id, language=entry.language, now=now)
    if item is None:
        entry.end(OutboxEntry.State.DROPPED, at=now)
    else:
        _send(entry, _with_names(item), now=now)


def _with_names(item: NewsItem) -> NewsItem:
    """The words with names in place of what they refer to, as these may be told right now."""
    with_names = import_string(settings.WITH_NAMES)
    return replace(item, title=with_names(item.title), text=with_names(item.text))


def _send(entry: OutboxEntry, item: NewsItem, *, now: datetime) -> None:
    """Hand the mail to the relay. Only an answer about recipient or text can be final.

    One about our sign-in or sender is about every mail, and passes when that is put right.
    """
    try:
        mail = as_mail(entry, item, now=now)
        # send() would leave the connection open where the relay refuses our sign-in.
        with get_connection() as connection:
            connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as exc:
        _refused(entry, {code for code, _ in exc.recipients.values()}, now=now)
    except smtplib.SMTPDataError as exc:
        _refused(entry, {exc.smtp_code}, now=now)
    except smtplib.SMTPResponseException as exc:
        _retry(entry, f"{type(exc).__name__} {exc.smtp_code}", now=now)
    except OSError as exc:  # no answer, or none that can be understood: the outcome is unknown
        _retry(entry, type(exc).__name__, now=now)
    else:
        entry.end(OutboxEntry.State.SENT, at=now)


def _refused(entry: OutboxEntry, codes: set[int], *, now: datetime) -> None:
    """A 5xx answer is final (RFC 5321 §4.2.1); a 4xx answer may pass."""
    reason = f"SMTP {', '.join(map(str, sorted(codes)))}"
    if min(codes) >= 500:
        _give_up(entry, reason, now=now)
    else:
        _retry(entry, reason, now=now)


def _retry(entry: OutboxEntry, reason: str, *, now: datetime) -> None:
    if entry.attempts >= MAX_ATTEMPTS:
        _give_up(entry, reason, now=now)
    else:
        entry.retry(at=now + BACKOFF[entry.attempts - 1], error=reason)


def _give_up(entry: OutboxEntry, reason: str, *, now: datetime) -> None:
    entry.end(OutboxEntry.State.DEAD, at=now, error=reason)
    logger.error("Outbox entry %s is dead after try %s: %s", entry.pk, entry.attempts, reason)
