import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line
from hypothesis import given
from hypothesis import strategies as st

from config import ticking
from config.ticking import EPOCH, Outcome, periods_due, run_due
from neighbourhoods.models import JobRun
from neighbourhoods.models.runs import JOB_LEASE
from tests.processes import together
from tests.racing import on_postgresql

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NIGHT = datetime(2031, 3, 4, tzinfo=UTC)
ran: list[tuple[str, datetime]] = []


def first(*, now):
    ran.append(("first", now))
    return "done"


def last(*, now):
    ran.append(("last", now))
    return 3


def failing(*, now):
    ran.append(("failing", now))
    raise LookupError("nothing there")


@pytest.fixture
def jobs(settings):
    """Set JOBS to functions of this module, and forget what ran before."""

    def set_jobs(**of):
        settings.JOBS = {
            name: (f"{__name__}.{function.__name__}", period, window)
            for name, (function, period, window) in of.items()
        }

    ran.clear()
    return set_jobs


# periods_due


@pytest.mark.parametrize(
    ("now", "period", "window", "starts"),
    [
        (NIGHT, DAY, timedelta(0), ["2031-03-04T00:00"]),
        (NIGHT - SECOND, DAY, timedelta(0), ["2031-03-03T00:00"]),
        (
            NIGHT + 5 * HOUR,
            DAY,
            2 * DAY,
            ["2031-03-02T00:00", "2031-03-03T00:00", "2031-03-04T00:00"],
        ),
        (NIGHT, HOUR, 2 * HOUR, ["2031-03-03T22:00", "2031-03-03T23:00", "2031-03-04T00:00"]),
        # Less than a whole period back is not made up for.
        (NIGHT, DAY, DAY - SECOND, ["2031-03-04T00:00"]),
        # Both changes of 2026: the days stay 24 hours long, in UTC.
        (
            datetime(2026, 3, 29, 12, tzinfo=UTC),
            DAY,
            DAY,
            ["2026-03-28T00:00", "2026-03-29T00:00"],
        ),
        (
            datetime(2026, 10, 25, 2, tzinfo=UTC),
            HOUR,
            2 * HOUR,
            ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"],
        ),
    ],
)
def test_periods_due(now, period, window, starts):
    found = periods_due(now=now, period=period, window=window)

    assert [start.isoformat(timespec="minutes") for start in found] == [
        f"{start}+00:00" for start in starts
    ]


@given(
    st.integers(min_value=0, max_value=80 * 366 * 24 * 60).map(
        lambda minutes: EPOCH + timedelta(minutes=minutes)
    ),
    st.integers(min_value=1, max_value=500),
    st.integers(min_value=0, max_value=50),
)
def test_ticks_one_period_apart_skip_none_and_repeat_none(now, hours, missed):
    period = hours * HOUR
    here = periods_due(now=now, period=period, window=missed * period)
    later = periods_due(now=now + period, period=period, window=missed * period)

    assert len(here) == missed + 1
    assert here[-1] <= now < here[-1] + period
    assert later == [start + period for start in here]


# run_due


@pytest.mark.django_db
def test_a_job_without_a_period_runs_at_every_tick(jobs, now):
    jobs(one=(first, None, None))

    assert [run_due(now=now), run_due(now=now)] == [[Outcome("one", "done")]] * 2
    assert JobRun.objects.count() == 0


@pytest.mark.django_db
def test_a_job_runs_once_a_period_however_often_it_ticks(jobs):
    jobs(one=(first, DAY, timedelta(0)))

    said = [run_due(now=NIGHT + timedelta(minutes=n)) for n in range(0, 24 * 60, 30)]

    assert [outcome for outcome in said if outcome] == [[Outcome("one 2031-03-04 00:00", "done")]]
    assert ran == [("first", NIGHT)]
    assert list(
        JobRun.objects.values_list("job", "period_start", "attempts", "finished_at", "result")
    ) == [("one", NIGHT, 1, NIGHT, "done")]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_job_runs_once_a_period_though_four_ticks_come_at_once(jobs):
    jobs(one=(first, DAY, 4 * DAY))

    said = together(4, lambda: run_due(now=NIGHT))

    days = [NIGHT - n * DAY for n in (4, 3, 2, 1, 0)]
    assert sorted(outcome.job for outcomes in said for outcome in outcomes) == [
        f"one {day:%Y-%m-%d %H:%M}" for day in days
    ]
    assert len(ran) == 5
    assert set(JobRun.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_missed_days_are_made_up_for_within_the_window_and_not_beyond(jobs):
    jobs(one=(first, DAY, 2 * DAY))
    run_due(now=NIGHT)

    said = run_due(now=NIGHT + 5 * DAY)

    assert [outcome.job for outcome in said] == [
        "one 2031-03-07 00:00",
        "one 2031-03-08 00:00",
        "one 2031-03-09 00:00",
    ]


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_taken_over_after_its_lease(jobs):
    jobs(one=(first, DAY, timedelta(0)))
    died = JobRun.objects.claim(job="one", period_start=NIGHT, now=NIGHT)

    assert run_due(now=NIGHT + JOB_LEASE - SECOND) == []
    assert run_due(now=NIGHT + JOB_LEASE) == [Outcome("one 2031-03-04 00:00", "done")]

    died.refresh_from_db()
    assert (died.attempts, died.lease_until, died.result) == (2, None, "done")


@pytest.mark.django_db
def test_a_job_that_fails_keeps_no_other_from_running_and_is_logged_by_name(jobs, now, caplog):
    jobs(a=(failing, None, None), b=(failing, DAY, timedelta(0)), c=(last, None, None))

    said = run_due(now=now)

    assert said == [
        Outcome("a", "LookupError", failed=True),
        Outcome("b 2031-03-04 00:00", "LookupError", failed=True),
        Outcome("c", "3"),
    ]
    assert [name for name, _now in ran] == ["failing", "failing", "last"]
    assert [(r.levelno, r.getMessage()) for r in caplog.records if r.name == ticking.__name__] == [
        (logging.ERROR, "Job a failed"),
        (logging.ERROR, "Job b 2031-03-04 00:00 failed"),
    ]


@pytest.mark.django_db
def test_a_period_that_failed_is_tried_again_after_its_lease(jobs, now):
    jobs(one=(failing, DAY, timedelta(0)))
    run_due(now=now)
    jobs(one=(first, DAY, timedelta(0)))

    assert run_due(now=now + JOB_LEASE - SECOND) == []
    assert run_due(now=now + JOB_LEASE) == [Outcome("one 2031-03-04 00:00", "done")]


@pytest.mark.django_db
def test_what_a_job_says_is_kept_as_far_as_it_fits(now):
    run = JobRun.objects.claim(job="one", period_start=NIGHT, now=now)

    run.finish(at=now, result="x" * 300)
    run.save()

    assert JobRun.objects.get().result == "x" * 200


# The command


@pytest.mark.django_db
def test_tick_prints_what_each_job_said(jobs, capsys):
    jobs(one=(first, DAY, timedelta(0)), two=(last, None, None))

    call_command("tick", "--now=2031-03-04T05:00+00:00")

    assert capsys.readouterr().out == "one 2031-03-04 00:00: done\ntwo: 3\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2031-03-04T05:00+00:00", datetime(2031, 3, 4, 5, tzinfo=UTC)),
        ("2031-03-04T05:00Z", datetime(2031, 3, 4, 5, tzinfo=UTC)),
        ("2031-07-04 05:00+02:00", datetime(2031, 7, 4, 3, tzinfo=UTC)),
        # Without an offset London is meant, which is an hour ahead in summer.
        ("2031-03-04T05:00", datetime(2031, 3, 4, 5, tzinfo=UTC)),
        ("2031-07-04T05:00", datetime(2031, 7, 4, 4, tzinfo=UTC)),
        ("2031-07-04", datetime(2031, 7, 3, 23, tzinfo=UTC)),
    ],
)
def test_tick_takes_an_instant_for_the_present(jobs, text, instant):
    jobs(one=(first, None, None))

    call_command("tick", f"--now={text}")

    assert ran == [("first", instant)]


@pytest.mark.parametrize("text", ["yesterday", "2031-02-30", "", "2031-03-04T25:00"])
def test_tick_names_an_instant_that_it_cannot_read(jobs, capsys, text):
    jobs(one=(first, None, None))

    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "tick", f"--now={text}"])

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"argument --now: {text!r} is not an ISO date and time" in said
    assert ran == []


@pytest.mark.django_db
def test_tick_runs_all_jobs_and_then_names_those_that_failed(jobs, capsys):
    jobs(a=(failing, None, None), b=(first, None, None), c=(failing, None, None))

    with pytest.raises(CommandError, match="Failed, see the log: a, c") as ended:
        call_command("tick")

    assert ended.value.returncode == 1
    assert capsys.readouterr().out == "a: LookupError\nb: done\nc: LookupError\n"
