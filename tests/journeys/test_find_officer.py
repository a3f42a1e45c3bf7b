"""A resident types a postcode and meets their named officer, or learns what to do instead."""

import pytest

from neighbourhoods.models import Neighbourhood

pytestmark = pytest.mark.journey


def find(visitor, postcode: str) -> None:
    visitor.go("/")
    visitor.fill("Enter your postcode", postcode)
    visitor.press("Find my team")


def test_resident_meets_their_named_officer_and_can_reach_them(visitor):
    for typed in ("WQ2 5HD", "wq25hd"):
        find(visitor, typed)

        assert visitor.heading() == visitor.place("Harkstow Estate")
        assert visitor.sees("PC Tamsin Quillow")
        assert visitor.page.locator('main a[href^="mailto:"]').first.is_visible()
        assert visitor.page.locator('main a[href^="tel:"]').first.is_visible()


def test_officer_and_a_way_to_reach_them_stand_on_the_first_screen(visitor):
    find(visitor, "WQ2 5HD")

    for what in ("text=PC Tamsin Quillow", 'main a[href^="mailto:"]'):
        box = visitor.page.locator(what).first.bounding_box()
        assert box["y"] + box["height"] <= visitor.way.height


def test_resident_is_told_who_covers(visitor):
    visitor.go("/areas/casterwell/nettlegate/")

    assert visitor.sees("PC Marek Sollowby")
    assert visitor.sees("PC Yusuf Hallowmere")


def test_resident_on_an_overlap_chooses_between_two_teams(visitor):
    find(visitor, "WQ1 3QS")

    assert visitor.sees(visitor.place("Lanterngate and Old Quay"))
    visitor.follow(visitor.place("Tarrow Dock"))
    assert visitor.heading() == visitor.place("Tarrow Dock")


def test_postcode_without_a_team_has_its_own_honest_page(visitor):
    outside, terminated, unknown = "WQ9 2LB", "WQ3 7TR", "WQ6 4ZZ"
    shown = {outside: outside, terminated: visitor.place("Tarrow Dock"), unknown: unknown}
    for typed, text in shown.items():
        find(visitor, typed)

        assert visitor.sees(text)
        assert visitor.sees("101")


def test_mistyped_postcode_is_asked_about_and_not_guessed(visitor):
    find(visitor, "WQI 1AA")

    assert visitor.page.title().startswith(visitor.text("Error:"))
    visitor.follow("WQ1 1AA")
    assert visitor.heading() == visitor.place("Lanterngate and Old Quay")


def test_resident_reads_what_the_team_has_been_doing(visitor):
    visitor.go("/areas/casterwell/harkstow/")
    visitor.follow("Two e-bikes seized by Tern Court")

    assert visitor.heading() == "Two e-bikes seized by Tern Court"


def test_a_very_long_name_stays_within_the_page(visitor):
    long = "Llanhirgwyngyllbrithellgogerychwyrnddrobwllabercasterwell and the Long Levels"
    Neighbourhood.objects.filter(code="harkstow").update(name=long, name_cy="")

    visitor.go("/areas/casterwell/harkstow/")
    visitor.go("/areas/casterwell/harkstow/team/")

    assert visitor.sees(long)


PAGES = [
    "/areas/",
    "/areas/casterwell/",
    "/areas/casterwell/fennimore/",
    "/areas/casterwell/brackmoor/",
    "/areas/glannau-brithell/aberwennol/",
    "/areas/casterwell/harkstow/team/",
    "/areas/casterwell/harkstow/updates/",
    "/areas/casterwell/harkstow/who-deals-with-what/",
    "/areas/casterwell/harkstow/priorities/",
    "/areas/casterwell/lanterngate/vote/",
    "/areas/casterwell/harkstow/events/",
    "/areas/casterwell/harkstow/follow/",
    "/areas/casterwell/harkstow/message/",
    "/areas/casterwell/harkstow/message/danger/",
    "/areas/casterwell/harkstow/message/write/",
    "/accessibility/",
    "/privacy/",
    "/cookies/",
    "/developers/",
    "/areas/casterwell/nowhere/",
]


OPEN_TABLES = "() => document.querySelectorAll('details').forEach(d => { d.open = true })"


def test_every_public_page_is_without_barriers(visitor):
    for path in PAGES:
        visitor.go(path)

        assert visitor.heading(), path

    visitor.go("/areas/casterwell/harkstow/figures/")
    visitor.page.evaluate(OPEN_TABLES)
    visitor.check()
    visitor.go("/areas/casterwell/harkstow/bulletins/")
    visitor.main().locator('a[href*="/bulletins/"]').first.click()
    visitor.check()
    assert visitor.heading() == visitor.text("How well are your police doing?")
