"""A resident beside a line learns who is on its other side; a device may say where it is."""

import pytest

from tests.journeys.test_find_officer import find

pytestmark = pytest.mark.journey
IN_NETTLEGATE = {"latitude": 52.303781, "longitude": -4.903831, "accuracy": 15}


def test_resident_near_a_line_meets_both_sides(visitor):
    find(visitor, "WQ6 9PL")

    assert visitor.heading() == visitor.place("Nettlegate Rise")
    assert visitor.sees("PC Marek Sollowby")
    assert visitor.sees(visitor.text("You are near the edge of this area."))
    assert visitor.sees("PC Tom Rackstraw")
    assert "9PL" not in visitor.page.url
    visitor.page.locator(".govuk-inset-text a").click()
    visitor.check()
    assert visitor.heading() == visitor.place("Fennimore and the University")
    visitor.follow("Opening hours and how to get in")
    assert visitor.sees(visitor.text("%(begins)s to %(ends)s", begins="12:00", ends="14:00"))


def test_resident_lets_their_device_say_where_they_are(visitor):
    context = visitor.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(IN_NETTLEGATE)
    visitor.go("/")
    button = visitor.page.locator('[data-module="portal-location"] button')

    if not visitor.way.javascript:
        assert not button.is_visible()
        return
    button.click()  # the page leaves by itself, so it is checked where it leads to
    visitor.page.wait_for_url("**/nettlegate/**")
    visitor.check()

    assert visitor.heading() == visitor.place("Nettlegate Rise")
    assert visitor.sees("PC Tom Rackstraw")
    assert "52.3" not in visitor.page.url


def test_a_device_that_does_not_know_well_enough_is_not_believed(visitor):
    context = visitor.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(IN_NETTLEGATE | {"accuracy": 3_000})
    visitor.go("/")

    if visitor.way.javascript:
        visitor.press("Use my location")
        told = visitor.page.locator('[data-say="vague"]')
        told.wait_for()
        visitor.check()
    assert visitor.heading() == visitor.text("Enter your postcode")
