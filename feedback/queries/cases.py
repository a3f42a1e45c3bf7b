"""Messages as staff see them, and how many were answered in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from feedback.clock import Clock
from feedback.models import Message
from feedback.wording import clock_in_words
from neighbourhoods.models import Neighbourhood
from teams.models import RoleGrant, User
from teams.permissions import Role

ANSWERED_SHOWN = 50
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A message and where its clock stands, with the tag that says so.

    ``needs_look`` asks the team to see whether many of one mailbox belong together.
    """

    message: Message
    clock: Clock
    tag: str
    colour: str
    needs_look: bool


class AnsweredInTime(NamedTuple):
    """Of ``due`` messages, ``answered`` were answered by a person within 72 clock hours."""

    answered: int
    due: int


def case_of(message: Message, now: datetime) -> Case:
    """For a message that was read ``with_look`` and ``with_clock``."""
    clock = message.clock(now)
    tag, colour = clock_in_words(clock, now)
    return Case(message, clock, tag, colour, message.needs_look)


def open_cases(
    neighbourhoods: Iterable[Neighbourhood] | QuerySet, now: datetime, *, reader: User
) -> list[Case]:
    """What nobody has answered yet, most urgent first, as far as ``reader`` may see it.

    Two queries; one when there is nothing.
    """
    messages = Message.objects.open().filter(neighbourhood__in=neighbourhoods).shown_to(reader)
    messages = messages.select_related("neighbourhood").with_look().with_clock()
    cases = [case_of(message, now) for message in messages]
    return sorted(cases, key=lambda case: (case.clock.due_at or _NEVER, case.message.pk))


def answered_cases(neighbourhood: Neighbourhood, now: datetime, *, reader: User) -> list[Case]:
    """The newest of those that were answered and ``reader`` may see. Two queries."""
    messages = neighbourhood.messages.answered().shown_to(reader).with_look().with_clock()
    newest = messages.order_by("-received_at", "-pk")[:ANSWERED_SHOWN]
    return [case_of(message, now) for message in newest]


def answered_in_time(
    neighbourhood: Neighbourhood, start: datetime, end: datetime, now: datetime
) -> AnsweredInTime:
    """Of the messages received from ``start`` until before ``end``, those that are due at ``now``.

    Due are those whose 72 hours are over and those that were answered before that; one
    that still has time is not counted at all. Two queries.
    """
    received = Q(received_at__gte=start, received_at__lt=end)
    clocks = [m.clock(now) for m in neighbourhood.messages.filter(received).with_clock()]
    due = [clock for clock in clocks if clock.late or clock.answered_at]
    return AnsweredInTime(sum(clock.answered_in_time is True for clock in due), len(due))


def asked_when_late(message: Message, *, on: date) -> list[User]:
    """Whom a late message is put before: the sergeants there, else the inspectors.

    Nobody whom its sender is kept from.
    """
    grants = RoleGrant.objects.on(on).reaching(message.neighbourhood)
    grants = grants.exclude(user__member__kept_messages__message=message)
    for role in (Role.SERGEANT, Role.INSPECTOR):
        holders = grants.filter(role=role).values("user")
        if users := list(User.objects.filter(is_active=True, pk__in=holders).order_by("pk")):
            return users
    return []
