"""Takes the figures of a quarter, once for each neighbourhood. The bulletin's row is the work."""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from feedback.queries import answered_in_time
from neighbourhoods.clock import london_date
from neighbourhoods.models import Neighbourhood
from neighbourhoods.quarters import Quarter, quarter_of
from priorities.models import Priority
from priorities.queries import priorities_of_quarter
from reports.models import Bulletin
from reports.queries import crime_months
from teams.queries import posts_on

logger = logging.getLogger(__name__)

# A batch ends well inside Celery's soft time limit; the next tick goes on.
BATCH_LASTS = timedelta(minutes=3)


class QuarterNotOver(Exception):
    """A bulletin tells of a whole quarter."""


def open_bulletins(quarter: Quarter, neighbourhoods: Iterable[Neighbourhood]) -> None:
    """Make sure that there is one row for each neighbourhood, whoever else does so meanwhile."""
    Bulletin.objects.bulk_create(
        [Bulletin(neighbourhood=place, quarter=quarter.start) for place in neighbourhoods],
        ignore_conflicts=True,
        batch_size=500,
    )


def open_quarter(
    quarter: Quarter, *, now: datetime, force_id: str = "", code: str = ""
) -> list[int]:
    """Open the quarter for all neighbourhoods at its end, or for those named; return their keys.

    Raises QuarterNotOver while it lasts.
    """
    if now < quarter.ends_at:
        raise QuarterNotOver(f"{quarter} lasts until {quarter.end:%Y-%m-%d}.")
    places = Neighbourhood.objects.current(on=quarter.end)
    if force_id:
        places = places.filter(force=force_id)
    if code:
        places = places.filter(code=code)
    keys = list(places.order_by("force", "code").values_list("pk", flat=True))
    open_bulletins(quarter, Neighbourhood.objects.filter(pk__in=keys).order_by("pk"))
    return keys


def open_last_quarter(*, now: datetime) -> str:
    """Open the quarter that ended last, so that the next tick prepares it."""
    quarter = quarter_of(london_date(now)).previous
    return f"{quarter}: {len(open_quarter(quarter, now=now))}"


def prepare_quarter(quarter: Quarter, *, now: datetime) -> int:
    """Open the quarter for all neighbourhoods and prepare what is due; return how many it was."""
    open_quarter(quarter, now=now)
    return prepare_due(now=now)


def prepare_due(
    among: QuerySet | None = None,
    *,
    now: datetime,
    done: Callable[[int], object] = lambda number: None,
) -> int:
    """Prepare what is due, ``among`` these bulletins or all, and return how many it was.

    Each row is claimed by a conditional UPDATE with a lease and its attempt is counted
    before the work, so two workers never hold one, and one that was killed is followed
    by another after the lease. ``now`` moves on with the work.
    """
    rows = Bulletin.objects.all() if among is None else among
    began, prepared, moment = time.monotonic(), 0, now
    while moment <= now + BATCH_LASTS and (bulletin := rows.claim_next(now=moment)):
        prepared += _prepare(bulletin, now=moment)
        done(1)
        moment = now + timedelta(seconds=time.monotonic() - began)
    return prepared


def _prepare(bulletin: Bulletin, *, now: datetime) -> bool:
    """Fill in one claimed row; False when its figures cannot be taken or another worker has it."""
    try:
        figures = take_figures(bulletin.neighbourhood, bulletin.period, now=now)
    except Exception:  # one neighbourhood whose rows are odd must not hold up all others
        logger.exception("Bulletin %s could not be prepared", bulletin.pk)
        return False
    bulletin.prepare(figures, at=now)
    return Bulletin.objects.record_figures(bulletin)


@transaction.atomic
def take_figures(
    neighbourhood: Neighbourhood, quarter: Quarter, *, now: datetime
) -> dict[str, object]:
    """The figures of one neighbourhood and quarter as they are known at ``now``.

    Whole numbers, text and references alone: an officer is named by key, so that a
    name which has to disappear does so from every bulletin.
    """
    return {
        "officer": _officer(neighbourhood, quarter),
        "priorities": _priorities(neighbourhood, quarter),
        "answers": _answers(neighbourhood, quarter, now=now),
        "crime": _crime(neighbourhood, quarter),
    }


def _officer(neighbourhood: Neighbourhood, quarter: Quarter) -> dict[str, object]:
    """Who was named on the quarter's last day, hidden or not: the name is not written down."""
    post = posts_on([neighbourhood], quarter.end)[neighbourhood.pk]
    member = post.member
    return {
        "state": post.state.value,
        "since": post.since.isoformat() if post.since else None,
        "member": member.pk if member else None,
        "police_officer": member is not None and member.is_police_officer,
    }


def _priorities(neighbourhood: Neighbourhood, quarter: Quarter) -> list[dict[str, object]]:
    rows = priorities_of_quarter(neighbourhood, quarter.start, quarter.next.start)
    return [_priority(priority, quarter) for priority in rows]


def _priority(priority: Priority, quarter: Quarter) -> dict[str, object]:
    """A priority as it stood when the quarter ended: a later close belongs to a later bulletin."""
    closed = priority.closed_on is not None and priority.closed_on <= quarter.end
    return {
        "title": priority.title,
        "title_cy": priority.title_cy,
        "adopted_on": priority.adopted_on.isoformat(),
        "state": "closed" if closed else "live",
        "closed_on": priority.closed_on.isoformat() if closed else None,
        "outcome": priority.outcome if closed else "",
        "outcome_cy": priority.outcome_cy if closed else "",
        "actions": [
            {
                "what": action.what,
                "what_cy": action.what_cy,
                "owner": action.owner,
                "owner_cy": action.owner_cy,
                "done_on": action.done_on.isoformat(),
            }
            for action in priority.actions.all()
            if action.done_on and quarter.start <= action.done_on <= quarter.end
        ],
    }


def _answers(neighbourhood: Neighbourhood, quarter: Quarter, *, now: datetime) -> dict[str, object]:
    counted = answered_in_time(neighbourhood, quarter.begins_at, quarter.ends_at, now)
    return {"due": counted.due, "in_time": counted.answered}


def _crime(neighbourhood: Neighbourhood, quarter: Quarter) -> dict[str, object]:
    """Recorded incidents a month; of a month that was not supplied nothing is known."""
    return {
        "months": [
            {
                "month": f"{figure.month:%Y-%m}",
                "supplied": figure.supplied,
                "crime": figure.crimes,
                "asb": figure.asb,
            }
            for figure in crime_months(neighbourhood, quarter.months)
        ]
    }
