"""A sergeant signs in with a second factor and tells residents what the team has done."""

import pytest

from neighbourhoods.models import Announcement
from teams.models import PatrolUpdate
from tests.journeys.staff import Taps, give_way_in, sign_in

pytestmark = pytest.mark.journey
PHRASES = ("Two locks on your shed", "Dau glo ar eich sied")
HARKSTOW = "/areas/casterwell/harkstow/"


def write(visitor) -> None:
    visitor.follow(visitor.place("Harkstow Estate"), exact=True)
    visitor.press("Write an update")
    visitor.fill("Title", "Bikes marked at the library")
    visitor.fill("What do you want residents to know?", "We marked 22 bikes on Saturday.")
    visitor.press("Save and preview")


def test_sergeant_publishes_an_update_and_it_is_announced_once(visitor):
    sign_in(visitor, give_way_in("imran.dalvari"))
    write(visitor)
    assert visitor.sees("We marked 22 bikes on Saturday.")

    visitor.press("Publish")

    visitor.go(HARKSTOW)
    assert visitor.sees("Bikes marked at the library")
    update = PatrolUpdate.objects.get(title="Bikes marked at the library")
    announced = Announcement.objects.filter(object_id=update.pk).values_list("kind", "topic")
    assert list(announced) == [("teams.update_published", "updates")]


def test_posting_takes_five_taps_from_the_staff_home(visitor):
    sign_in(visitor, give_way_in("imran.dalvari"))
    text = visitor.text("What do you want residents to know?")
    count = Taps(visitor)

    count.follow("Post an update")
    count.tap(visitor.page.get_by_role("link", name=PHRASES[in_welsh(visitor)]))
    count.tap(visitor.page.get_by_label(text, exact=True))
    count.press("Save and preview")
    count.press("Publish")

    update = PatrolUpdate.objects.get(title="Two locks on your shed")
    assert (update.state, count.taps) == (PatrolUpdate.State.PUBLISHED, 5)
    label = visitor.text("Copy for Facebook or WhatsApp")
    assert "Two locks on your shed" in visitor.page.get_by_label(label).first.input_value()


def in_welsh(visitor) -> bool:
    return visitor.way.language == "cy"


def test_sergeant_withdraws_an_update_and_residents_read_why(visitor):
    sign_in(visitor, give_way_in("imran.dalvari"))
    write(visitor)
    visitor.press("Publish")
    visitor.press("Withdraw this update")
    visitor.fill("Why are you withdrawing it?", "The day was wrong.")
    visitor.press("Withdraw this update")

    update = PatrolUpdate.objects.get(title="Bikes marked at the library")
    visitor.go(f"{HARKSTOW}updates/{update.pk}/")
    assert visitor.sees("The day was wrong.")
    assert not visitor.sees("We marked 22 bikes on Saturday.")


def test_missing_words_are_named_and_nothing_is_lost(visitor):
    sign_in(visitor, give_way_in("imran.dalvari"))
    visitor.follow(visitor.place("Harkstow Estate"), exact=True)
    visitor.press("Write an update")
    visitor.fill("What do you want residents to know?", "We marked 22 bikes on Saturday.")
    visitor.press("Save and preview")

    assert visitor.page.title().startswith(visitor.text("Error:"))
    visitor.follow("Enter a title")
    assert visitor.page.evaluate("document.activeElement.id") == "id_title"
    text = visitor.page.get_by_label(visitor.text("What do you want residents to know?"))
    assert text.input_value() == "We marked 22 bikes on Saturday."


def test_staff_pages_are_without_barriers(visitor):
    sign_in(visitor, give_way_in("owen.sparrowhall"))

    visitor.go("/staff/forces/casterwell/people/")
    visitor.follow("PC Tamsin Quillow")
    visitor.follow("Change details")
    visitor.go("/staff/areas/casterwell/harkstow/")
    visitor.follow("Enter cover")
    assert visitor.heading() == visitor.text("Who covers?")
