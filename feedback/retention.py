from datetime import datetime, timedelta

from feedback.models import ContactDetails, Message
from teams.ledger import write_line

KEEP_CONTACT = timedelta(days=90)
BATCH = 5_000


def erase_contacts(*, now: datetime) -> str:
    """Delete name and address of whoever was last answered 90 days ago; say how many.

    The message, its answers and its times stay. Who waits for an answer can be reached.
    """
    closed = Message.objects.closed_before(now - KEEP_CONTACT)
    due = ContactDetails.objects.filter(message__in=closed).order_by("pk")
    oldest = due.values_list("message__reference", flat=True)[:BATCH]
    erased = 0
    while references := list(oldest.all()):
        # A backup brings them back: the ledger, apart from it, says that they have to go again.
        write_line("contact.erased", at=now, messages=references)
        erased += due.filter(message__reference__in=references).delete()[0]
    return f"{erased} contact details"
