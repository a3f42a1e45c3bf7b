"""What the team does with a message: answer it, wait for the resident, go on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from feedback import news
from feedback.clock import Clock, Kind
from feedback.models import ClockEvent, ContactDetails, Message, Reply
from neighbourhoods import outbox
from teams import audit
from teams.models import TransitionNotAllowed, User
from teams.queries import with_references


class AnsweredMeanwhile(Exception):
    """Somebody else has answered since this page was opened."""


@transaction.atomic
def answer_message(*, message: Message, text: str, seen: int, by: User, now: datetime) -> Reply:
    """Keep an answer, stop the clock and mail the resident that it is there.

    ``seen`` is the number of answers that the writer had before them. The message is
    locked first, so of two who answer at once the second is told and can read the first.
    Raises AnsweredMeanwhile; nothing is saved then.
    """
    message = _locked(message)
    if message.replies.count() != seen:
        raise AnsweredMeanwhile(
            _("An answer has been sent meanwhile. Read it, then send yours if it is still needed.")
        )
    text = with_references(text, message.neighbourhood)
    reply = Reply.objects.create(message=message, text=text, written_by=by, sent_at=now)
    _note(message, Kind.ANSWERED, "message.answered", by=by, now=now)
    if contact := ContactDetails.objects.filter(message=message).first():
        outbox.post(news.ANSWERED, reply.pk, to=contact.email, language=message.language, now=now)
    return reply


@transaction.atomic
def pause_clock(*, message: Message, by: User, now: datetime) -> None:
    """Stop the clock while the team waits for the resident.

    Raises TransitionNotAllowed where it is not running.
    """
    message, clock = _locked_with_clock(message, now)
    if not clock.running:
        raise TransitionNotAllowed(_("The clock of this message is not running."))
    _note(message, Kind.PAUSED, "message.paused", by=by, now=now)


@transaction.atomic
def resume_clock(*, message: Message, by: User, now: datetime) -> None:
    """Let a paused clock go on. Raises TransitionNotAllowed where it is not paused."""
    message, clock = _locked_with_clock(message, now)
    if not clock.paused:
        raise TransitionNotAllowed(_("This message is not waiting for the resident."))
    _note(message, Kind.RESUMED, "message.resumed", by=by, now=now)


def _note(message: Message, kind: Kind, verb: str, *, by: User, now: datetime) -> None:
    ClockEvent.objects.create(message=message, kind=kind, at=now, by=by.username)
    audit.record(verb, message, by=by, neighbourhood=message.neighbourhood_id)


def _locked(message: Message) -> Message:
    """The row as it is now, held until the transaction ends."""
    return Message.objects.select_for_update(no_key=True).get(pk=message.pk)


def _locked_with_clock(message: Message, now: datetime) -> tuple[Message, Clock]:
    message = _locked(message)
    return message, message.clock(now)
