"""Names in what staff write: references when it is kept, names when it is read."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from neighbourhoods.models import Force, Neighbourhood
from teams.models import Cover, Member, Posting, SafetyStamp
from teams.references import Person, put_names_in, put_references_in, referred_to

K = TypeVar("K")


def safety_stamp() -> int:
    """The number under which whatever holds names is kept. One query."""
    return SafetyStamp.objects.values_list("value", flat=True).first() or 0


def with_names(text: str, *, whole: bool = False, escape: Callable[[str], str] = str) -> str:
    """``text`` as it is read: with names in place of the references to members.

    Whoever is hidden is "a member of the team"; for staff ``whole`` names are put in, of
    those who are hidden as well. One query, none where nobody is referred to.
    """
    keys = referred_to(text)
    if not keys:
        return text
    members = Member.objects.filter(pk__in=keys)
    if not whole:
        members = members.filter(hidden_at__isnull=True)
    names = {
        member.pk: escape(member.full_title if whole else member.badged_title) for member in members
    }
    return put_names_in(text, names, otherwise=escape(_("a member of the team")))


def with_references(text: str, near: Neighbourhood) -> str:
    """``text`` as it is kept: with references in place of the names of the force's people.

    One query, none where there is no text.
    """
    return put_references_in(text, _people_of(near)) if text else text


def refer_in(words: Mapping[K, object], near: Neighbourhood) -> dict[K, object]:
    """``words`` with each text as it is kept. One query."""
    people = _people_of(near)
    return {
        name: put_references_in(value, people) if isinstance(value, str) else value
        for name, value in words.items()
    }


def without_hidden(text: str, force: Force) -> str:
    """``text`` with references in place of the names of those who are hidden. One query.

    For what was fixed for good before names in it were kept as references.
    """
    hidden = Member.objects.filter(force=force).hidden().order_by("pk")
    return put_references_in(text, [_person(member, near=True) for member in hidden])


def _people_of(near: Neighbourhood) -> list[Person]:
    """The people of the force; near are those who serve or cover there, or ever did."""
    here = {"member": OuterRef("pk"), "neighbourhood": near}
    posted, covering = Posting.objects.filter(**here), Cover.objects.filter(**here)
    members = Member.objects.filter(force=near.force_id).order_by("pk")
    return [
        _person(member, near=member.is_near)
        for member in members.annotate(is_near=Exists(posted) | Exists(covering))
    ]


def _person(member: Member, *, near: bool) -> Person:
    return Person(member.pk, member.first_name, member.surname, near=near)
