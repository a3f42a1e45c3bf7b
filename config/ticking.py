"""All periodic work that is due, once: what ``tick`` and Celery's beat call."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from neighbourhoods.models import JobRun

logger = logging.getLogger(__name__)

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """A job, with the start of its period if it has one, and what it said or what ended it."""

    job: str
    said: str
    failed: bool = False


def periods_due(*, now: datetime, period: timedelta, window: timedelta) -> list[datetime]:
    """The starts of the periods that began in the last ``window``, oldest first, in UTC.

    Counted from a fixed instant, so a clock change neither skips nor repeats one.
    """
    current = EPOCH + (now - EPOCH) // period * period
    missed = window // period
    return [current - period * n for n in range(missed, -1, -1)]


def run_due(*, now: datetime) -> list[Outcome]:
    """Run every job that is due and return what became of each, failures included.

    A job that fails is logged under its name and keeps none of the others from
    running; its period is taken again after its lease.
    """
    return [outcome for job in settings.JOBS for outcome in _run(job, now=now)]


def _run(job: str, *, now: datetime) -> Iterator[Outcome]:
    function, period, window = settings.JOBS[job]
    if period is None:
        yield _attempt(job, function, now=now)
        return
    for start in periods_due(now=now, period=period, window=window):
        if run := JobRun.objects.claim(job=job, period_start=start, now=now):
            outcome = _attempt(str(run), function, now=now)
            if not outcome.failed:
                run.finish(at=now, result=outcome.said)
                run.save(update_fields=["result", "finished_at", "lease_until"])
            yield outcome


def _attempt(job: str, function: str, *, now: datetime) -> Outcome:
    try:
        return Outcome(job, str(import_string(function)(now=now)))
    except Exception as exc:  # the jobs are other apps' code: whatever ends one is reported
        logger.exception("Job %s failed", job)
        return Outcome(job, type(exc).__name__, failed=True)
