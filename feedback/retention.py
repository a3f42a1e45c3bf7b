from datetime import datetime, timedelta

from feedback.models import ContactDetails, Message

KEEP_CONTACT = timedelta(days=90)


def erase_contacts(*, now: datetime) -> str:
    """Delete name and address of whoever was last answered 90 days ago; say how many.

    The message, its answers and its times stay. Who waits for an answer can be reached.
    """
    closed = Message.objects.closed_before(now - KEEP_CONTACT)
    erased, _ = ContactDetails.objects.filter(message__in=closed).delete()
    return f"{erased} contact details"
