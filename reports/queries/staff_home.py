"""What one member of staff sees first."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from neighbourhoods.models import Force, Neighbourhood
from teams.access import forces_administered_by, neighbourhoods_of, neighbourhoods_where
from teams.models import Member, NamedContact, PatrolUpdate, Posting, User
from teams.permissions import Permission


@dataclass(frozen=True)
class StaffHome:
    """What one member of staff sees first, most urgent first."""

    waiting: list[PatrolUpdate]  # drafts of others that this account may publish
    without_named_officer: list[Neighbourhood]  # where this account may name one
    drafts: list[PatrolUpdate]
    neighbourhoods: list[Neighbourhood]
    forces: list[Force]


def staff_home_of(user: User, *, on: date) -> StaffHome:
    """The staff home of ``user`` on the day ``on``. Five queries."""
    drafts = PatrolUpdate.objects.drafts().select_related("neighbourhood")
    publishing = neighbourhoods_where(user, Permission.UPDATE_PUBLISH, on=on)
    naming = neighbourhoods_where(user, Permission.NAMED_CONTACT_SET, on=on)
    return StaffHome(
        waiting=list(
            drafts.filter(neighbourhood__in=publishing.values("pk")).exclude(written_by=user)
        ),
        without_named_officer=list(without_named_officer(naming, on=on)),
        drafts=list(drafts.filter(written_by=user)),
        neighbourhoods=list(neighbourhoods_of(user, on=on)),
        forces=list(forces_administered_by(user, on=on)),
    )


def without_named_officer(neighbourhoods: QuerySet, *, on: date) -> QuerySet:
    """Those of ``neighbourhoods`` that have no police officer in post as named contact on ``on``.

    The Neighbourhood Policing Guarantee counts police officers alone, so a PCSO as
    named contact leaves a neighbourhood uncovered.
    """
    newest = NamedContact.objects.in_post(on=on).filter(neighbourhood=OuterRef("pk"))
    in_post = Posting.objects.on(on).filter(member__role=Member.Role.POLICE_OFFICER)
    return neighbourhoods.annotate(named_posting=Subquery(newest.values("posting")[:1])).filter(
        Q(named_posting__isnull=True) | ~Q(named_posting__in=in_post.values("pk"))
    )
