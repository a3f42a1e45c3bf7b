from datetime import datetime, timedelta

from django.db import models

from neighbourhoods.models.claims import claim

JOB_LEASE = timedelta(minutes=10)


class JobRunQuerySet(models.QuerySet):
    def claim(self, *, job: str, period_start: datetime, now: datetime) -> "JobRun | None":
        """Take one period of one job, or None when it is done or another holds it.

        The row is made first and taken by a conditional UPDATE, so two ticks that
        start together cannot both run it, and one that died is taken over after
        its lease.
        """
        self.bulk_create([JobRun(job=job, period_start=period_start)], ignore_conflicts=True)
        run = self.get(job=job, period_start=period_start)
        free = self.filter(pk=run.pk, finished_at__isnull=True)
        return claim(free, now=now, lease=JOB_LEASE)


class JobRun(models.Model):
    """One period of one periodic job: remembered so that it is done once, even after an outage."""

    job = models.CharField(max_length=60)
    period_start = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=200, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="jobrun_once_a_period", fields=["job", "period_start"]),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.period_start:%Y-%m-%d %H:%M}"

    def finish(self, *, at: datetime, result: str) -> None:
        """End this period for good with what the job said. Does not save."""
        self.finished_at, self.lease_until = at, None
        self.result = result[: self._meta.get_field("result").max_length]


class ImportRun(models.Model):
    """An import that changed something: what was read, and what became of its rows."""

    command = models.CharField(max_length=40)
    force = models.ForeignKey(
        "neighbourhoods.Force", models.CASCADE, null=True, blank=True, related_name="import_runs"
    )
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    ran_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["-ran_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.command} {self.source}"
