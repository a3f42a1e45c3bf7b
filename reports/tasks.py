from celery import shared_task
from django.utils import timezone

from neighbourhoods.quarters import parse_quarter
from reports import snapshots


@shared_task(name="reports.prepare_bulletins")
def prepare_bulletins(quarter: str, **_future: object) -> None:
    """One call; what is due is a query, so a lost or doubled bell changes nothing."""
    snapshots.prepare_quarter(parse_quarter(quarter), now=timezone.now())
