"""Instants as commands read them."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils import timezone


def instant(text: str) -> datetime:
    """The aware instant of an ISO date and time; one without an offset is meant in London."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise ArgumentTypeError(f"{text!r} is not an ISO date and time") from exc
    return moment if moment.tzinfo else timezone.make_aware(moment)
