"""The demonstration's duty and patrols, counted from the rows by code of the test's own."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from config.demo.loading import load_demo
from neighbourhoods.clock import LONDON
from neighbourhoods.models import Neighbourhood
from reports.queries import staff_home_of
from teams.models import Duty, HalfDay, PatrolTotal, User
from teams.queries import answering_on, helping_elsewhere, patrol_time, team_time

NOW = datetime(2026, 5, 14, 10, 30, tzinfo=UTC)
D = NOW.astimezone(LONDON).date()
FIRST, LAST = D - timedelta(days=63), D - timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo():
    load_demo(now=NOW)


def place(code: str) -> Neighbourhood:
    return Neighbourhood.objects.get(code=code)


def hours(*names: str) -> Counter:
    """By reason what these people worked in the nine weeks."""
    spent = Counter()
    for duty in Duty.objects.filter(member__name__in=names):
        if FIRST <= duty.starts_at.astimezone(LONDON).date() <= LAST:
            spent[duty.reason] += (duty.ends_at - duty.starts_at).total_seconds() / 3600
    return spent


def test_lanterngates_hours_and_what_took_them_away():
    team = ("Adaeze Umbrell", "Tom Rackstraw", "Gurdeep Sandhollow", "Lena Voskerry")
    spent = hours(*team)
    assert spent == {"": 326, "EVENT": 48, "RESPONSE": 26, "CUSTODY": 12}

    found = team_time(place("lanterngate"), FIRST, LAST)

    assert (found.hours, found.hours_elsewhere) == (412, 86)
    assert found.elsewhere == {"CUSTODY": 12, "EVENT": 48, "RESPONSE": 26}
    assert round(found.percent_elsewhere, 1) == 20.9
    assert found.is_public


def test_thornhay_is_not_recorded_well_enough_to_publish():
    found = team_time(place("thornhay"), FIRST, LAST)

    assert (found.days_recorded, found.days, found.is_recorded) == (31, 63, False)


@pytest.mark.parametrize(
    ("code", "minutes", "at_peak"), [("lanterngate", 139, 38), ("harkstow", 174, 24)]
)
def test_hours_on_patrol_and_their_share_at_peak(code, minutes, at_peak):
    rows = PatrolTotal.objects.filter(neighbourhood__code=code)
    peak = sum(
        row.minutes for row in rows if row.on.weekday() in (4, 5) and row.half_day == "AFTERNOON"
    )
    assert sum(row.minutes for row in rows) == minutes * 60

    found = patrol_time(place(code), FIRST, LAST)

    assert (found.hours, found.area) == (minutes, None)
    assert round(found.percent_at_peak) == round(peak / minutes / 0.6) == at_peak


def test_nettlegate_is_too_small_for_a_figure_of_its_own():
    found = patrol_time(place("nettlegate"), FIRST, LAST)

    assert found.area == place("nettlegate").area
    assert found.hours > 66


def test_lanterngates_team_helps_elsewhere_until_tomorrow_and_its_cover_answers():
    lanterngate = place("lanterngate")

    assert helping_elsewhere(lanterngate, NOW) == HalfDay(D + timedelta(days=1), True)
    assert answering_on([lanterngate], D)[lanterngate.pk].member.name == "Tom Rackstraw"
    others = Neighbourhood.objects.exclude(pk=lanterngate.pk)
    assert [helping_elsewhere(other, NOW) for other in others] == [None] * len(others)


@pytest.mark.parametrize("hour", [0, 9, 12, 23])
def test_at_any_hour_of_loading(hour):
    now = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    load_demo(now=now)

    until = helping_elsewhere(place("lanterngate"), now)
    assert until == HalfDay(date(2026, 10, 26), True)


def test_the_sergeants_roll_call_is_ready():
    user = User.objects.get(username="imran.dalvari")

    waiting = staff_home_of(user, on=D, now=NOW, language="en-gb").waiting

    ready = [item.place.code for item in waiting if item.kind == "roll_call"]
    assert ready == ["harkstow", "nettlegate"]
