"""A sergeant hides an officer in one press; two people show the name again."""

import pytest

from teams.models import Member
from tests.journeys.staff import Taps, give_way_in, sign_in

pytestmark = pytest.mark.journey
HARKSTOW = "/areas/casterwell/harkstow/"
BOARD = "/staff/areas/casterwell/harkstow/safety/"
PAGES = (HARKSTOW, f"{HARKSTOW}team/", f"{HARKSTOW}updates/", f"{HARKSTOW}events/")


def pages_naming(visitor, name: str) -> list[str]:
    """The public pages on which the name is read, asked for anew."""
    found = []
    for path in PAGES:
        visitor.go(path)
        if visitor.sees(name):
            found.append(path)
    return found


def test_hide_takes_one_press_and_showing_again_takes_two_people(visitor):
    member, name = Member.objects.get(name="Tamsin Quillow"), "Quillow"
    assert len(pages_naming(visitor, name)) >= 2

    sign_in(visitor, give_way_in("imran.dalvari"))
    visitor.go(BOARD)
    count = Taps(visitor)
    count.press(visitor.text("Hide %(name)s now", name=member.full_title))
    assert count.taps == 1
    assert pages_naming(visitor, name) == []
    visitor.go(BOARD)
    visitor.press(visitor.text("Ask to show %(name)s again", name=member.full_title))

    sign_in(visitor, give_way_in("ruth.quillfeather"))
    visitor.go(BOARD)
    visitor.press(visitor.text("Confirm: show %(name)s again", name=member.full_title))

    member.refresh_from_db()
    assert member.hidden_at is None
    assert len(pages_naming(visitor, name)) >= 2
