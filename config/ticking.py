"""All periodic work that is due, once: what ``tick`` and Celery's beat call."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from neighbourhoods.models import JobRun

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def periods_due(*, now: datetime, period: timedelta, window: timedelta) -> list[datetime]:
    """The starts of the periods that began in the last ``window``, oldest first, in UTC.

    Counted from a fixed instant, so a clock change neither skips nor repeats one.
    """
    current = EPOCH + (now - EPOCH) // period * period
    missed = window // period
    return [current - period * n for n in range(missed, -1, -1)]


def run_due(*, now: datetime) -> dict[str, str]:
    """Run every job that is due; return what each said, by name and start of its period."""
    done = {}
    for job, (function, period, window) in settings.JOBS.items():
        if period is None:
            done[job] = str(import_string(function)(now=now))
            continue
        for start in periods_due(now=now, period=period, window=window):
            if run := JobRun.objects.claim(job=job, period_start=start, now=now):
                done[f"{job} {start:%Y-%m-%d %H:%M}"] = _finish(run, function, now=now)
    return done


def _finish(run: JobRun, function: str, *, now: datetime) -> str:
    run.result = str(import_string(function)(now=now))[:200]
    run.finished_at, run.lease_until = now, None
    run.save(update_fields=["result", "finished_at", "lease_until"])
    return run.result
