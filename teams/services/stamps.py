from django.db.models import Q

from neighbourhoods.models import Neighbourhood
from teams.models import Member


def raise_stamp(neighbourhood: Neighbourhood) -> None:
    Neighbourhood.objects.filter(pk=neighbourhood.pk).raise_stamps()


def raise_stamps_of(member: Member) -> None:
    """Mark the pages of every neighbourhood that can name this member as changed."""
    Neighbourhood.objects.filter(
        Q(postings__member=member) | Q(covers__member=member)
    ).raise_stamps()
