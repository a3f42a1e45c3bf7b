"""What of an update a person should look at before residents do."""

from neighbourhoods.models import Neighbourhood
from teams.disclosure import Finding, findings
from teams.models import Member, PatrolUpdate
from teams.references import Person

_FIELDS = ("title", "text", "told", "outcome", "advice", "area")


def findings_in(update: PatrolUpdate) -> list[Finding]:
    """What its words, in both languages, may tell of a person who is not of the team. Two queries.

    Names of the force's people, of its neighbourhoods and of the streets covered are no findings.
    """
    fields = [name for field in _FIELDS for name in (field, f"{field}_cy")]
    text = "\n".join(filter(None, (getattr(update, name) for name in fields)))
    return findings_among(text, update.neighbourhood)


def findings_among(text: str, near: Neighbourhood) -> list[Finding]:
    """The same of any ``text`` that is to be read in a neighbourhood. Two queries."""
    members = Member.objects.filter(force=near.force_id)
    employers = [member.employer for member in members]
    people = [Person(member.pk, member.first_name, member.surname) for member in members]
    return findings(text, places=[*employers, *_places(near)], people=people)


def _places(place: Neighbourhood) -> list[str]:
    around = place.force.neighbourhoods.values_list("name", "name_cy")
    names = [name for row in around for name in row]
    return [*names, place.streets, place.streets_cy, place.force.name, place.force.name_cy]
