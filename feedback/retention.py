from datetime import datetime, timedelta

from feedback.models import ContactDetails, Message, SenderMark
from teams.ledger import write_line

KEEP_CONTACT = timedelta(days=90)
KEEP_MARKS = timedelta(days=365)
BATCH = 5_000


def erase_contacts(*, now: datetime) -> str:
    """Delete name and address of whoever was last answered 90 days ago; say how many.

    The message, its answers and its times stay. Who waits for an answer can be reached. The
    marks of senders go after a year; what was kept from somebody by them stays so.
    """
    closed = Message.objects.closed_before(now - KEEP_CONTACT)
    due = ContactDetails.objects.filter(message__in=closed).order_by("pk")
    oldest = due.values_list("message__reference", flat=True)[:BATCH]
    erased = 0
    while references := list(oldest.all()):
        # A backup brings them back: the ledger, apart from it, says that they have to go again.
        write_line("contact.erased", at=now, messages=references)
        erased += _erase(references)
    marks, _ = SenderMark.objects.filter(marked_at__lte=now - KEEP_MARKS).delete()
    return f"{erased} contact details, {marks} marks of senders"


def erase_again(told: dict[str, object], *, now: datetime) -> bool:
    """Delete what a line of the ledger says is erased; False where nothing came back."""
    return _erase(told["messages"]) > 0


def _erase(references: list[str]) -> int:
    erased, _ = ContactDetails.objects.filter(message__reference__in=references).delete()
    return erased
