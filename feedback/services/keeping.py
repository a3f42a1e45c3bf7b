"""A sender is marked "not to this officer", and the mark is taken back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import ContactDetails, KeptFrom, Message, PostHandOver, SenderMark
from feedback.models.sender_mark import sender_key
from teams import audit
from teams.models import Member, User


class SenderUnknown(Exception):
    """The address of the message was erased, so nobody can tell what else came from it."""


@transaction.atomic
def keep_sender_from(*, message: Message, member: Member, by: User, now: datetime) -> SenderMark:
    """Show ``member`` nothing that came, or will come, from the sender of ``message``.

    What they had taken over of it waits for somebody else again. The sender is not told.
    Marked twice it is marked once. Raises SenderUnknown.
    """
    contact = ContactDetails.objects.filter(message=message).first()
    if contact is None:
        raise SenderUnknown(_("The sender’s address was deleted, so nobody can be kept from it."))
    mark, _new = SenderMark.objects.get_or_create(
        sender_key=sender_key(contact.mailbox), member=member, defaults={"marked_at": now}
    )
    same = Message.objects.filter(contact__mailbox=contact.mailbox)
    same = same.filter(neighbourhood__force=member.force_id)
    _keep(list(same), [mark])
    PostHandOver.objects.filter(message__in=same, member=member).delete()
    audit.record("message.kept_from", message, by=by, member=member.pk)
    return mark


@transaction.atomic
def end_mark(*, mark: SenderMark, by: User) -> None:
    """Show the member again what came from the sender."""
    audit.record("message.kept_from_ended", mark, by=by, member=mark.member_id)
    mark.kept_messages.all().delete()
    mark.delete()


def keep_from_marked(message: Message, mailbox: str) -> None:
    """Keep a message that has just come from those whom its sender is kept from."""
    force = message.neighbourhood.force_id
    marks = SenderMark.objects.filter(sender_key=sender_key(mailbox), member__force=force)
    _keep([message], list(marks))


def _keep(messages: list[Message], marks: list[SenderMark]) -> None:
    KeptFrom.objects.bulk_create(
        (
            KeptFrom(message=message, member_id=mark.member_id, mark=mark)
            for message in messages
            for mark in marks
        ),
        ignore_conflicts=True,
    )
