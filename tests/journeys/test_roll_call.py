"""A sergeant says who is here today: one tap for each absence, one to save, one to take it back."""

import pytest
from django.utils import translation

from neighbourhoods.models import Neighbourhood
from teams.models import Duty, Member
from teams.models.duty import Kind
from tests.journeys.staff import give_way_in, sign_in

pytestmark = pytest.mark.journey
AWAY, AT_COURT = "Tamsin Quillow", "Dee Ferncastle"


@pytest.fixture
def ready(visitor):
    """The sergeant of Harkstow in front of the roll, of whom the duty system has not told."""
    Duty.objects.filter(member__postings__neighbourhood__code="harkstow").delete()
    Neighbourhood.objects.filter(code="harkstow").raise_stamps()
    sign_in(visitor, give_way_in("imran.dalvari"))
    return visitor


def choose(visitor, name: str, kind: Kind) -> None:
    member = Member.objects.get(name=name)
    with translation.override(visitor.way.language):
        row = visitor.page.get_by_role("group", name=member.full_title)
    row.locator(f"label[for$=_{list(Kind).index(kind)}]").click()


def kinds() -> dict[str, set[str]]:
    rows = Duty.objects.called().values_list("member__name", "kind")
    return {name: {kind for who, kind in rows if who == name} for name, _ in rows}


def test_two_absences_take_four_taps_and_are_taken_back_with_one(ready):
    visitor = ready
    taps = [
        lambda: visitor.follow(
            visitor.text("Roll-call: %(place)s", place=visitor.place("Harkstow Estate"))
        ),
        lambda: choose(visitor, AWAY, Kind.AWAY),
        lambda: choose(visitor, AT_COURT, Kind.COURT),
        lambda: visitor.press("Save the roll-call"),
    ]
    for tap in taps:
        tap()

    said = kinds()
    assert len(taps) == 4
    assert (said.pop(AWAY), said.pop(AT_COURT)) == ({"AWAY"}, {"COURT"})
    assert set.union(*said.values()) == {"HERE"}

    visitor.press("Take this roll-call back")
    assert kinds() == {}


def test_helping_elsewhere_without_a_reason_is_asked_again(ready):
    visitor = ready
    visitor.go("/staff/areas/casterwell/harkstow/roll-call/")
    choose(visitor, AWAY, Kind.ELSEWHERE)
    visitor.press("Save the roll-call")

    assert visitor.page.title().startswith(visitor.text("Error:"))
    visitor.follow("Choose why they are helping elsewhere")
    assert visitor.page.evaluate("document.activeElement.id") == "id_reason_0"
    assert kinds() == {}
