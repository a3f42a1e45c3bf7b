from feedback.models.hand_over import PostHandOver
from feedback.models.message import ClockEvent, ContactDetails, Message
from feedback.models.reply import EscalationNotice, Reply
from feedback.models.sender_mark import KeptFrom, SenderMark

__all__ = [
    "ClockEvent",
    "ContactDetails",
    "EscalationNotice",
    "KeptFrom",
    "Message",
    "PostHandOver",
    "Reply",
    "SenderMark",
]
