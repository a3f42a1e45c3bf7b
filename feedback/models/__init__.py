from feedback.models.hand_over import PostHandOver
from feedback.models.message import ClockEvent, ContactDetails, Message
from feedback.models.reply import EscalationNotice, Reply

__all__ = [
    "ClockEvent",
    "ContactDetails",
    "EscalationNotice",
    "Message",
    "PostHandOver",
    "Reply",
]
