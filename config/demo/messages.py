"""Rows of the ``feedback`` app: messages that a story needs, and a quarter's by rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from config.demo.calendar import newest_quarter
from config.demo.places import Places
from feedback.clock import Kind
from feedback.models import ClockEvent, ContactDetails, EscalationNotice, Message, Reply
from feedback.queries import asked_when_late
from neighbourhoods.clock import london_date
from neighbourhoods.languages import ENGLISH
from priorities.mailboxes import canonical_address
from teams.models import User


@dataclass(frozen=True)
class Written:
    """A message that is not stored yet, with what has happened to it."""

    message: Message
    escalated_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    by: User | None = None
    contact: ContactDetails | None = None


def load_messages(
    tables: dict, places: Places, users: dict[str, User], *, now: datetime
) -> list[Message]:
    """Write the messages with their clocks, answers and contact details, and return them."""
    written = [_written(told, places, users, now=now) for told in tables["messages"]]
    written += _of_quarter(tables["quarter_messages"], places, users, now=now)
    messages = Message.objects.bulk_create(entry.message for entry in written)
    ClockEvent.objects.bulk_create(event for entry in written for event in _events(entry))
    Reply.objects.bulk_create(
        Reply(
            message=entry.message, text=entry.answer, written_by=entry.by, sent_at=entry.answered_at
        )
        for entry in written
        if entry.answered_at
    )
    ContactDetails.objects.bulk_create(entry.contact for entry in written if entry.contact)
    EscalationNotice.objects.bulk_create(
        EscalationNotice(message=entry.message, user=user)
        for entry in written
        if entry.escalated_at
        for user in asked_when_late(entry.message, on=london_date(entry.escalated_at))
    )
    return messages


def _written(told: dict, places: Places, users: dict[str, User], *, now: datetime) -> Written:
    received_at = now - timedelta(hours=told["hours_ago"])
    language = told.get("language", ENGLISH)
    message = _message(told["ref"], told["place"], told["text"], language, received_at, places)
    return Written(
        message,
        escalated_at=_later(received_at, told.get("escalated_after")),
        answered_at=_later(received_at, told.get("answered_after")),
        answer=told.get("answer", ""),
        by=users[told["by"]] if "by" in told else None,
        contact=ContactDetails(
            message=message,
            email=told["email"],
            mailbox=canonical_address(told["email"]),
            name=told.get("name", ""),
        ),
    )


def _of_quarter(
    told: dict, places: Places, users: dict[str, User], *, now: datetime
) -> Iterator[Written]:
    """The quarter's messages: whom they were from is erased by now, as it would be."""
    quarter = newest_quarter(now=now)
    for line in told["counts"]:
        step = (quarter.ends_at - quarter.begins_at) / line["due"]
        for number in range(line["due"]):
            received_at = quarter.begins_at + step * (number + 0.5)
            text = told["texts"][number % len(told["texts"])]
            ref = f"{line['place'].replace('-', '')[:4].upper()}-{number + 1:03}"
            yield Written(
                _message(ref, line["place"], text, told["language"], received_at, places),
                answered_at=received_at + answered_after(number, line["in_time"], line["due"]),
                answer=told["answer"],
                by=users[line["by"]],
            )


def answered_after(number: int, in_time: int, due: int) -> timedelta:
    """How long an answer took: of ``due`` messages exactly ``in_time`` at most 72 hours.

    The late ones are spread among the others.
    """
    is_late = (number + 1) * (due - in_time) // due > number * (due - in_time) // due
    return timedelta(hours=75 + 11 * number % 60 if is_late else 2 + 7 * number % 66)


def _message(
    ref: str, place: str, text: str, language: str, received_at: datetime, places: Places
) -> Message:
    return Message(
        neighbourhood=places.neighbourhoods[place],
        reference=ref,
        submission_key=uuid5(NAMESPACE_URL, ref),
        text=text,
        language=language,
        received_at=received_at,
    )


def _later(start: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else start + timedelta(hours=hours)


def _events(entry: Written) -> Iterator[ClockEvent]:
    yield ClockEvent(message=entry.message, kind=Kind.RECEIVED, at=entry.message.received_at)
    if entry.escalated_at:
        yield ClockEvent(message=entry.message, kind=Kind.ESCALATED, at=entry.escalated_at)
    if entry.answered_at:
        by = entry.by.username
        yield ClockEvent(message=entry.message, kind=Kind.ANSWERED, at=entry.answered_at, by=by)
