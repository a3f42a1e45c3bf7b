from celery import shared_task
from django.utils import timezone

from neighbourhoods import notifications


@shared_task(name="neighbourhoods.send_due")
def send_due(**_future: object) -> None:
    """What is due is a query, so a lost or doubled bell changes nothing."""
    notifications.fan_out(now=timezone.now())
    notifications.send_due(now=timezone.now())
