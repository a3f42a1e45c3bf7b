"""What residents do: write to a team, come back by their link, ask for the sergeant."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from feedback import news
from feedback.clock import Kind
from feedback.models import ClockEvent, ContactDetails, EscalationNotice, Message
from feedback.queries import asked_when_late
from feedback.services.keeping import keep_from_marked
from neighbourhoods import outbox
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood, Token
from neighbourhoods.tokens import token_digest
from priorities.mailboxes import canonical_address
from teams import audit

# Without what looks or sounds like another sign, and without vowels, so that no word comes up.
SIGNS = "34679CDFGHJKMNPQRTVWXY"


class LinkNotUsable(Exception):
    """The link has ended or never was one."""


class NotLate(Exception):
    """The message is answered or still has time, so there is nothing to ask the sergeant."""


@transaction.atomic
def receive_message(
    *,
    neighbourhood: Neighbourhood,
    text: str,
    email: str,
    name: str,
    language: str,
    key: UUID,
    now: datetime,
) -> Message:
    """Keep a resident's message, start its clock and post the acknowledgement.

    ``key`` comes with the form: a second press finds the message of the first and
    changes nothing. The constraint decides, so two presses at once are one as well. Raises
    ValueError for an address of no mailbox.
    """
    message, is_new = Message.objects.get_or_create(
        submission_key=key,
        defaults={
            "neighbourhood": neighbourhood,
            "reference": _free_reference(neighbourhood),
            "text": text,
            "language": language,
            "received_at": now,
        },
    )
    if not is_new:
        return message
    mailbox = canonical_address(email)
    ContactDetails.objects.create(message=message, email=email, mailbox=mailbox, name=name)
    keep_from_marked(message, mailbox)
    ClockEvent.objects.create(message=message, kind=Kind.RECEIVED, at=now)
    audit.record("message.received", message, by=audit.RESIDENT, neighbourhood=neighbourhood.pk)
    outbox.post(news.RECEIVED, message.pk, to=email, language=language, now=now)
    return message


def find_message(*, token: str, now: datetime) -> Message:
    """The message that a mailed link opens. Raises LinkNotUsable."""
    link = Token.objects.usable(now=now).filter(sha256=token_digest(token)).first()
    messages = Message.objects.select_related("neighbourhood__force").with_clock()
    found = None
    if link and link.purpose == news.RECEIVED:
        found = messages.filter(pk=link.object_id).first()
    elif link and link.purpose == news.ANSWERED:
        found = messages.filter(replies=link.object_id).first()
    if found is None:
        raise LinkNotUsable(_("This link has ended."))
    return found


@transaction.atomic
def escalate_message(*, token: str, now: datetime) -> Message:
    """Put a late message before the sergeants, once; a second press changes nothing.

    The message is locked first, so an answer on its way comes before or after.
    Raises LinkNotUsable or NotLate; nothing is saved then.
    """
    found = find_message(token=token, now=now)
    message = Message.objects.select_for_update(no_key=True).get(pk=found.pk)
    clock = message.clock(now)
    if clock.escalated_at and not clock.answered_at:
        return message
    if not clock.open_to_recourse:
        raise NotLate(_("It has been answered or is not late, so there is no need to ask."))
    ClockEvent.objects.create(message=message, kind=Kind.ESCALATED, at=now)
    for user in asked_when_late(message, on=london_date(now)):
        notice = EscalationNotice.objects.create(message=message, user=user)
        outbox.post(news.ESCALATED, notice.pk, to=user.email, language=user.language, now=now)
    audit.record(
        "message.escalated", message, by=audit.RESIDENT, neighbourhood=message.neighbourhood_id
    )
    return message


def _free_reference(neighbourhood: Neighbourhood) -> str:
    """A reference that no message has, such as HARK-7K3Q: the place, then four signs."""
    letters = slugify(neighbourhood.name).replace("-", "").upper()
    place = letters[:4] or "AREA"
    while True:
        reference = f"{place}-{''.join(secrets.choice(SIGNS) for _sign in range(4))}"
        if not Message.objects.filter(reference=reference).exists():
            return reference
