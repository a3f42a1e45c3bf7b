from celery import shared_task
from django.utils import timezone

from config import ticking


@shared_task(name="config.tick")
def tick(**_future: object) -> None:
    """Do the periodic work that is due; beat rings this every minute."""
    ticking.run_due(now=timezone.now())
