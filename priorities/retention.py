from datetime import datetime, timedelta

from django.db import transaction

from priorities.models import Round
from priorities.round_keys import destroy_round_key, kept_round_keys
from teams import audit

# So long a doubt about who has voted can still be looked into.
KEEP_KEY = timedelta(days=60)


def destroy_keys(*, now: datetime) -> str:
    """Destroy the keys of rounds whose results were published 60 days ago; say how many.

    From then on nobody can say which mailbox a vote came from. Votes and results stay: they
    are counted without the key. A key that came back with a backup goes again.
    """
    ended = Round.objects.published_before(now - KEEP_KEY).filter(pk__in=kept_round_keys())
    return f"{sum(_destroy_key(round_) for round_ in ended.order_by('pk'))} round keys"


@transaction.atomic
def _destroy_key(round_: Round) -> bool:
    """The record comes first: where the file cannot be deleted it is taken back."""
    audit.record("round.key_destroyed", round_, by=audit.JOB, neighbourhood=round_.neighbourhood_id)
    return destroy_round_key(round_.pk)
