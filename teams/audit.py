"""One line for each act, written in the transaction of the act; and whether all still stand."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Model

from teams import chain
from teams.models import AuditEvent, AuditSeal, User
from teams.models.audit_event import COMMAND, JOB, RESIDENT

__all__ = ["COMMAND", "JOB", "RESIDENT", "BrokenRecord", "force_of", "record", "verify"]
# How long a transaction may take: what was written may be sealed that much later than it says.
LATEST = timedelta(hours=1)
BATCH = 1_000
NO_WORDS = re.compile(r"[\w.:+-]{0,64}")
# From a row to what belongs to a force, by the first of these that it has.
WAYS = ("neighbourhood", "area", "member", "user", "priority", "message", "round", "boundary_set")


class BrokenRecord(Exception):
    """A row of the audit record was changed, taken away or put in; the message names the first."""


def record(verb: str, subject: Model, *, by: User | str | None, **detail: object) -> AuditEvent:
    """Write down who did what; ``by`` is an account, RESIDENT, JOB, or None at the command line.

    ``detail`` holds ids, dates and codes, never anybody's words, name or address: what was
    erased elsewhere would live on here. Raises ValueError where it does.
    """
    if words := [value for value in _flat(detail.values()) if not NO_WORDS.fullmatch(value)]:
        raise ValueError(f"{verb}: {words} is more than an id, a date or a code")
    return AuditEvent.objects.create(
        by=by.username if isinstance(by, User) else by or COMMAND,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        force=force_of(subject),
        detail=detail,
    )


def _flat(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield str(value)


def force_of(subject: Model) -> str:
    """The id of the force that the row belongs to, itself or through another; empty if none."""
    if subject._meta.label_lower == "neighbourhoods.force":
        return str(subject.pk)
    if force := getattr(subject, "force_id", None):
        return force
    for way in WAYS:
        if (owner := getattr(subject, way, None)) is not None:
            return force_of(owner)
    return ""


def verify() -> int:
    """The number of sealed events, every one as it was sealed. Raises BrokenRecord."""
    heads, count, seal = chain.read_heads(), 0, None
    known = {head.seal for head in heads}
    for seal in _follow_chain():
        known.discard(seal.seal)
        count += 1
    for head in heads:
        if head.seal in known:
            raise BrokenRecord(
                f"event {head.event_number}: it or one before it is not as the head of the chain "
                f"written at {head.sealed_at} has it"
            )
    _nothing_slipped_in(seal)
    return count


def _follow_chain() -> Iterator[AuditSeal]:
    """Each seal in order, once it was found right. Raises BrokenRecord."""
    parent, newest, earliest = chain.GENESIS, None, None
    for seal, event in _seals_with_events():
        number = seal.event_number
        if event is None:
            raise BrokenRecord(f"event {number}: it is gone")
        if seal.parent != parent:
            raise BrokenRecord(f"event {number}: its seal does not follow the one before it")
        if seal.seal != chain.seal_of(parent, event.entry(sealed_at=seal.sealed_at)):
            raise BrokenRecord(f"event {number}: it is not as it was sealed")
        if newest and seal.sealed_at != newest:
            earliest = newest - LATEST
        if earliest and event.at < earliest:
            raise BrokenRecord(f"event {number}: it was put in later than it says")
        parent, newest = seal.seal, seal.sealed_at
        yield seal


def _seals_with_events() -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    after = 0
    while seals := list(AuditSeal.objects.filter(pk__gt=after)[:BATCH]):
        events = AuditEvent.objects.in_bulk([seal.event_number for seal in seals])
        yield from ((seal, events.get(seal.event_number)) for seal in seals)
        after = seals[-1].pk


def _nothing_slipped_in(last: AuditSeal | None) -> None:
    """What is not sealed yet was written lately. Raises BrokenRecord."""
    if last is None:
        return
    stray = AuditEvent.objects.unsealed().filter(at__lt=earliest_unsealed(last)).order_by("pk")
    if event := stray.first():
        raise BrokenRecord(f"event {event.pk}: it was put in later than it says")


def earliest_unsealed(last: AuditSeal) -> datetime:
    """What was written before that is sealed already, or was not there."""
    return last.sealed_at - LATEST
