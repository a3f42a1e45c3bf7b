from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun, Neighbourhood
from teams.importers.patrols import import_patrols
from teams.models import AuditEvent, HalfDay, Patrol, PatrolTotal, User
from teams.queries import PatrolTime, patrol_last_month, patrol_time
from teams.services.patrols import finish_patrol, start_patrol
from teams.snapshots import count_patrols
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    MemberFactory,
    PatrolFactory,
    PatrolTotalFactory,
    PostingFactory,
    UserFactory,
)
from tests.racing import on_postgresql, race
from tests.teams.acting import OFFICER, account, acting, client_of, today

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "patrols"
NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow", in_area=True)


@pytest.fixture
def force(place):
    NeighbourhoodFactory(force=place.force, code="lanterngate", area=place.area)
    return place.force


def import_file(name, force, **options):
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return import_patrols(lines, force=force, source=name, sha256="0" * 64, **options)


def import_lines(force, *lines):
    header = "neighbourhood,date,half_day,minutes"
    return import_patrols([header, *lines], force=force, source="p.csv", sha256="0" * 64)


def totals():
    rows = PatrolTotal.objects.order_by("neighbourhood__code", "on", "-half_day")
    fields = ("neighbourhood__code", "on", "half_day", "minutes", "source")
    return [
        (code, on.isoformat(), half, minutes, source)
        for code, on, half, minutes, source in rows.values_list(*fields)
    ]


GOOD = [
    ("harkstow", "2026-03-10", "MORNING", 95, "IMPORT"),
    ("harkstow", "2026-03-10", "AFTERNOON", 180, "IMPORT"),
    ("harkstow", "2026-03-13", "AFTERNOON", 240, "IMPORT"),
    ("lanterngate", "2026-03-12", "MORNING", 0, "IMPORT"),
]


# Imports ----------------------------------------------------------------------------------------


def test_totals_of_half_days_are_all_that_is_kept(force, place):
    report = import_file("patrols.csv", force)

    assert totals() == GOOD
    assert report.notes == ["New 4, changed 0, ended 0, as before 0"]
    assert ImportRun.objects.get().counts == {"read": 4, "kept": 4, "replaced": 0}
    assert Neighbourhood.objects.get(pk=place.pk).stamp == place.stamp + 1


def test_the_same_file_twice_gives_the_same_rows(force):
    import_file("patrols.csv", force)
    keys = set(PatrolTotal.objects.values_list("pk", flat=True))

    report = import_file("patrols.csv", force)

    assert report.notes == ["New 0, changed 0, ended 0, as before 4"]
    assert (totals(), set(PatrolTotal.objects.values_list("pk", flat=True))) == (GOOD, keys)


def test_a_file_replaces_its_own_days_alone_and_the_earlier_one_undoes_it(force):
    import_file("patrols.csv", force)

    import_lines(force, "harkstow,2026-03-10,morning,15", "harkstow,2026-03-12,morning,15")

    assert totals() == [
        ("harkstow", "2026-03-10", "MORNING", 15, "IMPORT"),
        ("harkstow", "2026-03-12", "MORNING", 15, "IMPORT"),
        ("harkstow", "2026-03-13", "AFTERNOON", 240, "IMPORT"),
    ]
    import_file("patrols.csv", force)
    assert totals() == GOOD


BAD = """\
bad_rows.csv:2: neighbourhood is empty, ''
bad_rows.csv:3: no neighbourhood with this id in the force, 'nowhere'
bad_rows.csv:4: date is not a day like 2026-11-27, '10 March'
bad_rows.csv:5: half_day is neither morning nor afternoon, 'night'
bad_rows.csv:6: minutes is no whole number up to 72000, '-5'
bad_rows.csv:7: minutes is no whole number up to 72000, '1.5'
bad_rows.csv:8: minutes is no whole number up to 72000, '72001'
bad_rows.csv:9: minutes is no whole number up to 72000, '٩'
bad_rows.csv:11: the same half-day stands in bad_rows.csv:10, '2026-03-11'
bad_rows.csv: nothing was imported; mend these lines"""


def test_every_bad_line_is_named_and_nothing_is_imported(force):
    with pytest.raises(UnusableFile) as refused:
        import_file("bad_rows.csv", force)

    assert (str(refused.value), totals()) == (BAD, [])
    with pytest.raises(UnusableFile, match="no total in it"):
        import_lines(force)


REHEARSED = """\
patrols.csv:3: new
patrols.csv:4: new
patrols.csv:5: new
patrols.csv:2: was 15 minutes
Ends: harkstow, 2026-03-12
New 3, changed 1, ended 1, as before 0
Dry run: nothing was changed."""


def test_the_rehearsal_lists_what_would_change_and_changes_nothing(force, capsys):
    import_lines(force, "harkstow,2026-03-10,morning,15", "harkstow,2026-03-12,morning,15")
    before = totals()
    path = str(DATA / "patrols.csv")

    call_command("import_patrols", "casterwell", path, "--dry-run")

    assert capsys.readouterr().out.startswith(REHEARSED)
    assert totals() == before
    call_command("import_patrols", "casterwell", path)
    assert totals() == GOOD


def test_a_long_rehearsal_says_how_many_more(force):
    lines = [f"harkstow,{FIRST + timedelta(days=n)},morning,5" for n in range(52)]
    header = "neighbourhood,date,half_day,minutes"

    report = import_patrols(
        [header, *lines], force=force, source="p.csv", sha256="0" * 64, in_detail=True
    )

    assert report.notes[50:] == ["… and 2 more new", "New 52, changed 0, ended 0, as before 0"]


# What the database refuses ----------------------------------------------------------------------

# the constraints that are broken below
BROKEN = {
    "patrol_begins_once",
    "patrol_ends_by_itself",
    "patroltotal_is_possible",
    "patroltotal_once_a_half_day",
}


def test_a_half_day_has_one_total_of_each_source():
    total = PatrolTotalFactory()
    PatrolTotalFactory(neighbourhood=total.neighbourhood, source=PatrolTotal.Source.PRESSED)

    assert str(total) == f"patrol in {total.neighbourhood_id} on 2026-03-10, MORNING"
    with pytest.raises(IntegrityError), transaction.atomic():
        PatrolTotalFactory(neighbourhood=total.neighbourhood)
    with pytest.raises(IntegrityError, match="patroltotal_is_possible"), transaction.atomic():
        PatrolTotalFactory(minutes=72_001)


@pytest.mark.parametrize("ends_at", [NINE - HOUR, NINE + 4 * HOUR])
def test_no_patrol_lasts_longer_than_three_hours(ends_at):
    with pytest.raises(IntegrityError, match="patrol_ends_by_itself"), transaction.atomic():
        PatrolFactory(ends_at=ends_at)


def test_nobody_begins_two_patrols_at_once():
    patrol = PatrolFactory()

    assert str(patrol) == f"patrol {patrol.pk}"
    with pytest.raises(IntegrityError), transaction.atomic():
        PatrolFactory(user=patrol.user)


# One press --------------------------------------------------------------------------------------


@pytest.fixture
def by():
    return UserFactory(username="dee.ferncastle")


def spells():
    return list(Patrol.objects.values_list("neighbourhood", "started_at", "ends_at"))


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb"))


def test_a_patrol_ends_by_itself_and_never_stands_open(place, by):
    start_patrol(neighbourhood=place, by=by, now=NINE)

    assert spells() == [(place.pk, NINE, NINE + 3 * HOUR)]
    assert not finish_patrol(by=by, now=NINE + 3 * HOUR)
    assert verbs() == [("dee.ferncastle", "patrol.started")]


def test_a_patrol_is_finished_with_one_press(place, by):
    start_patrol(neighbourhood=place, by=by, now=NINE)

    assert finish_patrol(by=by, now=NINE + HOUR)

    assert spells() == [(place.pk, NINE, NINE + HOUR)]
    assert verbs()[1:] == [("dee.ferncastle", "patrol.finished")]


def test_pressed_again_it_goes_on_and_elsewhere_it_moves(place, by):
    first = start_patrol(neighbourhood=place, by=by, now=NINE)
    assert start_patrol(neighbourhood=place, by=by, now=NINE + HOUR) == first

    beside = NeighbourhoodFactory(force=place.force)
    start_patrol(neighbourhood=beside, by=by, now=NINE + 2 * HOUR)

    assert spells() == [
        (place.pk, NINE, NINE + 2 * HOUR),
        (beside.pk, NINE + 2 * HOUR, NINE + 5 * HOUR),
    ]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_patrol(place, by):
    press = [
        partial(start_patrol, neighbourhood=place, by=by, now=NINE + n * timedelta(seconds=1))
        for n in range(2)
    ]

    race(*press, at=User.objects.filter(pk=by.pk))

    assert Patrol.objects.count() == 1


def test_by_the_night_only_totals_are_left(place, by):
    eleven = NINE + 2 * HOUR
    PatrolFactory(neighbourhood=place, user=by, started_at=eleven)  # until two o'clock
    PatrolFactory(neighbourhood=place, started_at=NINE, ends_at=NINE + HOUR / 2)
    PatrolFactory(neighbourhood=place, started_at=NINE + timedelta(days=1))
    morning = NINE + timedelta(days=1) - HOUR

    assert count_patrols(now=morning) == 2
    assert count_patrols(now=morning) == 0

    assert totals() == [
        ("harkstow", "2026-03-10", "MORNING", 90, "PRESSED"),
        ("harkstow", "2026-03-10", "AFTERNOON", 120, "PRESSED"),
    ]
    assert Patrol.objects.count() == 1
    assert Neighbourhood.objects.get(pk=place.pk).stamp == place.stamp + 1


def test_a_later_night_adds_to_what_is_there(place):
    PatrolTotalFactory(neighbourhood=place, source=PatrolTotal.Source.PRESSED)
    PatrolFactory(neighbourhood=place, ends_at=NINE + HOUR)

    count_patrols(now=NINE + timedelta(days=1))

    assert totals() == [("harkstow", "2026-03-10", "MORNING", 120, "PRESSED")]


def test_officers_press_on_their_home(place):
    client = client_of(account(OFFICER, place))
    assert "On patrol here" in client.get("/staff/").content.decode()

    client.post("/staff/areas/casterwell/harkstow/patrol/start/")
    page = client.get("/staff/").content.decode()
    assert "It ends by itself at" in page
    assert client.get("/staff/").context["home"].patrol.neighbourhood == place

    answer = client.post("/staff/patrol/finish/", follow=True)
    assert "Your patrol has ended." in answer.content.decode()
    assert answer.context["home"].patrol is None
    again = client.post("/staff/patrol/finish/", follow=True)
    assert "Your patrol had ended by itself." in again.content.decode()


def test_nobody_presses_for_another_place(place):
    beside = NeighbourhoodFactory(force=place.force, code="lanterngate")
    client = acting(OFFICER, beside)

    assert client.post("/staff/areas/casterwell/harkstow/patrol/start/").status_code == 404
    assert client.get("/staff/areas/casterwell/lanterngate/patrol/start/").status_code == 405
    assert client.get("/staff/patrol/finish/").status_code == 405
    assert spells() == []


# What residents read ----------------------------------------------------------------------------


def staffed(place, people=3):
    for _n in range(people):
        PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force))
    return place


def test_hours_and_how_many_of_them_at_peak(place, django_assert_num_queries):
    staffed(place)
    PatrolTotalFactory(neighbourhood=place, minutes=600)
    friday = {"on": date(2026, 3, 13), "half_day": HalfDay(date(2026, 3, 13), True).part}
    PatrolTotalFactory(neighbourhood=place, minutes=900, **friday)
    PatrolTotalFactory(neighbourhood=place, on=date(2026, 2, 28))

    with django_assert_num_queries(2):
        found = patrol_time(place, FIRST, LAST)

    assert found == PatrolTime(FIRST, LAST, None, 25.0, 15.0)
    assert found.percent_at_peak == 60
    assert patrol_last_month(place, date(2026, 4, 20)) == found


def test_an_import_counts_where_officers_pressed_too(place):
    staffed(place)
    PatrolTotalFactory(neighbourhood=place, minutes=600, source=PatrolTotal.Source.PRESSED)
    PatrolTotalFactory(neighbourhood=place, minutes=60)

    assert patrol_time(place, FIRST, LAST).hours == 1


def test_nothing_supplied_is_not_zero_and_few_hours_have_no_share(place):
    staffed(place)

    assert patrol_time(place, FIRST, LAST) == PatrolTime(FIRST, LAST, None, None, 0)
    assert patrol_time(place, FIRST, LAST).percent_at_peak is None
    PatrolTotalFactory(neighbourhood=place, minutes=0)
    assert patrol_time(place, FIRST, LAST).hours == 0
    assert patrol_time(place, FIRST, LAST).percent_at_peak is None


def test_of_a_small_team_the_hours_of_its_area_are_told(place, django_assert_num_queries):
    staffed(place, people=2)
    beside = NeighbourhoodFactory(force=place.force, area=place.area)
    for there in (place, beside):
        PatrolTotalFactory(neighbourhood=there)

    with django_assert_num_queries(3):
        assert patrol_time(place, FIRST, LAST) == PatrolTime(FIRST, LAST, place.area, 2.0, 0)
    assert patrol_time(NeighbourhoodFactory(), FIRST, LAST) is None


def last_month():
    return today().replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize(
    ("people", "minutes", "words"),
    [
        (3, 1530, "the team was on patrol here for 26 hours"),
        (2, 1530, "This team is too small for a figure of its own."),
        (3, None, "have not been supplied"),
    ],
)
def test_the_teams_page_tells_of_the_last_month(place, client, people, minutes, words):
    staffed(place, people)
    if minutes:
        PatrolTotalFactory(neighbourhood=place, minutes=minutes, on=last_month())

    text = client.get("/areas/casterwell/harkstow/team/").content.decode()

    assert words in text
    assert ("% of that was on Fridays" in text) == bool(minutes)


def test_without_an_area_a_small_team_has_no_word_of_it(client):
    NeighbourhoodFactory(force__id="casterwell", code="harkstow")

    text = client.get("/areas/casterwell/harkstow/team/").content.decode()

    assert "Time on patrol" not in text
