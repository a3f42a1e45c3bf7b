"""Whom the sergeant trusts to publish, and what the inspector holds back."""

from datetime import date

from django.db import transaction

from neighbourhoods.models import Neighbourhood, PolicingArea
from teams import audit
from teams.models import OperationsHold, PublishingTrust, User


@transaction.atomic
def trust_publisher(*, neighbourhood: Neighbourhood, user: User, by: User) -> PublishingTrust:
    """Let ``user`` publish patrols, advice and events here alone; given twice it is given once."""
    trust, _new = PublishingTrust.objects.get_or_create(user=user, neighbourhood=neighbourhood)
    audit.record("update.trust_given", user, by=by, neighbourhood=neighbourhood.pk)
    return trust


@transaction.atomic
def end_trust(*, neighbourhood: Neighbourhood, user: User, by: User) -> None:
    """Have a second person publish what ``user`` writes here."""
    PublishingTrust.objects.filter(user=user, neighbourhood=neighbourhood).delete()
    audit.record("update.trust_ended", user, by=by, neighbourhood=neighbourhood.pk)


@transaction.atomic
def hold_operations(
    *, over: Neighbourhood | PolicingArea, from_on: date, to_on: date, reason: str, by: User
) -> OperationsHold:
    """Make what is planned wait on these days. No stamp is raised: residents see nothing of it."""
    scope = "area" if isinstance(over, PolicingArea) else "neighbourhood"
    hold = OperationsHold.objects.create(
        **{scope: over}, from_on=from_on, to_on=to_on, reason=reason
    )
    audit.record("operations.held", hold, by=by, **{scope: over.pk})
    return hold


@transaction.atomic
def end_hold(*, hold: OperationsHold, by: User) -> None:
    """Let what is planned go again; what is due is published within a minute."""
    audit.record("operations.released", hold, by=by)
    hold.delete()
