"""The words of what is mailed about messages: never their text, and discreet subjects.

Somebody else may see the inbox of the resident. Called by the sender, through NEWS.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.models import EscalationNotice, Message, Reply
from feedback.wording import moment_in_words
from neighbourhoods.languages import text_in
from neighbourhoods.notifications import NewsItem

RECEIVED = "feedback.received"
ANSWERED = "feedback.answered"
ESCALATED = "feedback.escalated"

LINK_LIVES = timedelta(days=400)


def received(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """The acknowledgement of a message, with the link to its status page."""
    message = Message.objects.filter(pk=pk).first()
    if message is None:
        return None
    words = [_reference(message)]
    if due_at := message.clock(now).due_at:
        words.append(_("The team answers by %(moment)s.") % {"moment": moment_in_words(due_at)})
    return NewsItem(
        title=_("Your local team: it has arrived"),
        text=" ".join(words),
        url=reverse("feedback:message_status"),
        link_text=_("See where it stands"),
        purpose=RECEIVED,
        link_lives=LINK_LIVES,
    )


def answered(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """Says that there is an answer and links to it; the answer may quote what was asked."""
    reply = Reply.objects.select_related("message").filter(pk=pk).first()
    if reply is None:
        return None
    return NewsItem(
        title=_("Your local team: there is an answer"),
        text=_reference(reply.message),
        url=reverse("feedback:message_status"),
        link_text=_("Read the answer"),
        purpose=ANSWERED,
        link_lives=LINK_LIVES,
    )


def escalated(pk: int, *, language: str, now: datetime) -> NewsItem | None:
    """What a sergeant is told of a late message; None once it is answered or they have left."""
    notices = EscalationNotice.objects.filter(user__is_active=True)
    notice = notices.select_related("message__neighbourhood").filter(pk=pk).first()
    if notice is None or notice.message.clock(now).answered_at:
        return None
    message = notice.message
    place, _language = text_in(language, message.neighbourhood, "name")
    return NewsItem(
        title=_("Late: message %(reference)s") % {"reference": message.reference},
        text=_(
            "Nobody has answered it within 72 hours, and the resident has asked for the "
            "sergeant. %(place)s."
        )
        % {"place": place},
        url=reverse(
            "feedback:message_detail", kwargs={**message.neighbourhood.url_kwargs, "pk": message.pk}
        ),
        link_text=_("Open the message"),
    )


def _reference(message: Message) -> str:
    return _("Your reference is %(reference)s.") % {"reference": message.reference}
