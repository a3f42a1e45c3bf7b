from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent, Duty, HalfDay, Member
from teams.models.duty import Kind, Reason
from teams.queries.roll_call import Entry, called_on, roll_of
from teams.services.duty import call_roll, undo_roll_call
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import DutyFactory, MemberFactory, PostingFactory, UserFactory
from tests.racing import on_postgresql, race
from tests.teams.acting import INSPECTOR, OFFICER, SERGEANT, acting, errors_of, today

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
MORNING, AFTERNOON = HalfDay(DAY, False), HalfDay(DAY, True)
EIGHT = datetime(2026, 3, 10, 8, tzinfo=UTC)
TWO = datetime(2026, 3, 10, 14, tzinfo=UTC)
URL = "/staff/areas/casterwell/harkstow/roll-call/"


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


@pytest.fixture
def team(place):
    """A sergeant, a constable and a PCSO, in the order of the page."""
    people = [
        PostingFactory(neighbourhood=place, member__sergeant=True, lead=True),
        PostingFactory(neighbourhood=place),
        PostingFactory(neighbourhood=place, member__pcso=True),
    ]
    PostingFactory(neighbourhood=place, member__warden=True)
    PostingFactory(neighbourhood=place, member__volunteer=True)
    return [posting.member for posting in people]


@pytest.fixture
def by():
    return UserFactory(username="imran.dalvari")


def called():
    rows = Duty.objects.called().order_by("member", "starts_at")
    return list(rows.values_list("member", "starts_at", "ends_at", "kind", "reason"))


def call(place, by, kinds, halves=(MORNING, AFTERNOON), reason=""):
    return call_roll(neighbourhood=place, halves=halves, kinds=kinds, reason=reason, by=by)


# What it begins with ----------------------------------------------------------------------------


def test_everybody_is_taken_to_be_here_and_the_morning_asks_for_all_day(
    place, team, django_assert_num_queries
):
    with django_assert_num_queries(2):
        roll = roll_of(place, EIGHT)

    assert roll.halves == (MORNING, AFTERNOON)
    assert roll.entries == tuple(Entry(member, Kind.HERE, False) for member in team)
    assert (roll.on, roll.part, roll.query, roll.is_called) == (DAY, "", "?part=DAY", False)


@pytest.mark.parametrize(
    ("now", "part", "halves"),
    [
        (TWO, "", (AFTERNOON,)),
        (TWO, "MORNING", (MORNING,)),
        (TWO, "DAY", (MORNING, AFTERNOON)),
        (EIGHT, "AFTERNOON", (AFTERNOON,)),
        (EIGHT, "NIGHT", (MORNING, AFTERNOON)),
    ],
)
def test_it_asks_for_what_is_left_of_the_day_or_for_the_half_that_is_named(
    place, now, part, halves
):
    assert roll_of(place, now, part).halves == halves


def test_whoever_was_away_the_half_day_before_is_filled_in_as_away(place, team, by):
    before = MORNING.before
    kinds = {team[0]: Kind.HERE, team[1]: Kind.ELSEWHERE, team[2]: Kind.AWAY}
    call(place, by, kinds, halves=[before], reason=Reason.CUSTODY)

    roll = roll_of(place, EIGHT)

    assert [entry.kind for entry in roll.entries] == [Kind.HERE, Kind.ELSEWHERE, Kind.AWAY]
    assert (roll.reason, roll.is_called) == (Reason.CUSTODY, False)


def test_what_the_duty_system_says_is_not_asked_for(place, team):
    DutyFactory(member=team[1], away=True)
    DutyFactory(member=team[2], starts_at=EIGHT - timedelta(days=1), away=True)  # over

    roll = roll_of(place, EIGHT)

    assert roll.entries[1] == Entry(team[1], Kind.AWAY, True)
    assert roll.to_call == [team[0], team[2]]
    assert roll.entries[2].kind == Kind.HERE


def test_whoever_left_is_not_asked_for(place, team):
    Member.objects.filter(pk=team[1].pk).update(ended_on=DAY - timedelta(days=1))

    assert called_on(place, DAY) == [team[0], team[2]]


# What it writes ---------------------------------------------------------------------------------


def test_a_roll_call_is_duty_rows_one_audit_line_and_new_pages(place, team, by):
    stamp = place.stamp

    off = call(place, by, {team[0]: Kind.HERE, team[1]: Kind.ELSEWHERE}, reason=Reason.EVENT)

    noon = MORNING.ends_at
    assert off == 1
    assert called() == [
        (team[0].pk, MORNING.begins_at, noon, "HERE", ""),
        (team[0].pk, noon, AFTERNOON.ends_at, "HERE", ""),
        (team[1].pk, MORNING.begins_at, noon, "ELSEWHERE", "EVENT"),
        (team[1].pk, noon, AFTERNOON.ends_at, "ELSEWHERE", "EVENT"),
    ]
    line = AuditEvent.objects.get()
    assert (line.by, line.verb, line.subject_id) == ("imran.dalvari", "roll.called", str(place.pk))
    assert line.detail == {
        "halves": ["2026-03-10-MORNING", "2026-03-10-AFTERNOON"],
        "people": 2,
    }
    place.refresh_from_db()
    assert place.stamp == stamp + 1


def test_called_again_for_half_a_day_the_other_half_stays(place, team, by):
    call(place, by, {team[0]: Kind.HERE})

    call(place, by, {team[0]: Kind.AWAY}, halves=[AFTERNOON])

    assert [(row[1], row[3]) for row in called()] == [
        (MORNING.begins_at, "HERE"),
        (AFTERNOON.begins_at, "AWAY"),
    ]


def test_what_was_imported_meanwhile_stays(place, team, by):
    DutyFactory(member=team[0])

    assert call(place, by, {team[0]: Kind.AWAY, team[1]: Kind.AWAY}) == 1

    assert {row[0] for row in called()} == {team[1].pk}


def test_a_roll_call_is_taken_back(place, team, by):
    call(place, by, dict.fromkeys(team, Kind.HERE))
    imported = DutyFactory(member=team[0], starts_at=EIGHT + timedelta(days=3))

    undo_roll_call(neighbourhood=place, halves=[MORNING, AFTERNOON], members=team, by=by)

    assert Duty.objects.get() == imported
    assert AuditEvent.objects.latest("pk").verb == "roll.undone"
    assert Neighbourhood.objects.get(pk=place.pk).stamp == place.stamp + 2


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_sergeants_who_save_at_once_take_their_turn(place, team, by):
    kinds = [dict.fromkeys(team, kind) for kind in (Kind.HERE, Kind.AWAY)]
    keys = [member.pk for member in team]

    race(*(partial(call, place, by, said) for said in kinds), at=Member.objects.filter(pk__in=keys))

    assert len(called()) == 6
    assert len({row[3] for row in called()}) == 1


# The page ---------------------------------------------------------------------------------------


@pytest.fixture
def client_of_sergeant(place):
    return acting(SERGEANT, place)


def grid(team, reason="", **said):
    """What the grid posts: everybody here but those ``said``, by their place in the team."""
    kinds = {f"member_{member.pk}": Kind.HERE for member in team}
    kinds |= {f"member_{team[int(n[1:])].pk}": kind for n, kind in said.items()}
    return kinds | ({"reason": reason} if reason else {})


def test_the_grid_is_filled_in_and_saves_with_one_press(client_of_sergeant, team):
    page = client_of_sergeant.get(URL + "?part=DAY")
    text = page.content.decode()
    assert [text.count(f">{member.full_title}</legend>") for member in team] == [1, 1, 1]
    assert text.count('value="HERE"') == text.count("checked") == 3

    saved = client_of_sergeant.post(URL + "?part=DAY", grid(team, _1=Kind.AWAY), follow=True)

    assert [str(message) for message in saved.context["messages"]] == [
        "Saved. 1 person is not here."
    ]
    halves = [HalfDay(today(), False), HalfDay(today(), True)]
    assert [(row[0], row[1], row[3]) for row in called()] == [
        (member.pk, half.begins_at, "AWAY" if member == team[1] else "HERE")
        for member in team
        for half in halves
    ]
    assert saved.context["roll"].is_called


def test_nobody_away_is_said_so(client_of_sergeant, team):
    saved = client_of_sergeant.post(URL, grid(team), follow=True)

    assert [str(message) for message in saved.context["messages"]] == ["Saved. Everybody is here."]


def test_helping_elsewhere_asks_for_the_reason(client_of_sergeant, team):
    refused = client_of_sergeant.post(URL, grid(team, _1=Kind.ELSEWHERE))

    assert errors_of(refused) == {"reason": ["Choose why they are helping elsewhere"]}
    assert "Error: Roll-call" in refused.content.decode()
    assert called() == []

    client_of_sergeant.post(URL, grid(team, Reason.EVENT, _1=Kind.ELSEWHERE))
    assert {row[4] for row in called() if row[0] == team[1].pk} == {"EVENT"}


def test_somebody_left_out_and_words_that_are_no_choice_are_named(client_of_sergeant, team):
    said = grid(team, "PARTY", _0="SICK")
    del said[f"member_{team[2].pk}"]

    assert errors_of(client_of_sergeant.post(URL, said)) == {
        f"member_{team[0].pk}": [f"Choose where {team[0].full_title} is"],
        f"member_{team[2].pk}": [f"Choose where {team[2].full_title} is"],
        "reason": ["Choose a reason from the list"],
    }


def test_what_the_duty_system_says_is_shown_and_not_asked(client_of_sergeant, team):
    DutyFactory(member=team[0], away=True, starts_at=HalfDay(today(), False).begins_at)

    text = client_of_sergeant.get(URL + "?part=DAY").content.decode()

    assert f"<strong>{team[0].full_title}</strong>: Away (from the duty system)" in text
    assert text.count('value="HERE"') == 2


def test_a_roll_call_is_taken_back_with_one_press(client_of_sergeant, team):
    client_of_sergeant.post(URL, grid(team))
    assert "Take this roll-call back" in client_of_sergeant.get(URL).content.decode()

    answer = client_of_sergeant.post(URL + "undo/", follow=True)

    assert called() == []
    assert "Take this roll-call back" not in answer.content.decode()


def test_an_empty_team_has_nothing_to_call(client_of_sergeant):
    text = client_of_sergeant.get(URL).content.decode()

    assert "Nobody is posted to this team today." in text
    assert "Save the roll-call" not in text


def test_whoever_may_not_call_the_roll_is_told_so(place, client):
    assert acting(OFFICER, place).get(URL).status_code == 403
    assert acting(INSPECTOR, place).get(URL).status_code == 200
    assert acting(SERGEANT, NeighbourhoodFactory(force=place.force)).get(URL).status_code == 404
    assert acting(SERGEANT, place).get(URL + "undo/").status_code == 405
    assert client.get(URL).url.startswith("/staff/sign-in/")


def test_officers_read_who_is_here_and_never_why_somebody_is_not(place, team):
    half = HalfDay.at(timezone.now())
    fields = {"starts_at": half.begins_at, "ends_at": half.ends_at}
    DutyFactory(member=team[0], **fields)
    DutyFactory(member=team[1], away=True, **fields)
    DutyFactory(member=team[2], elsewhere=True, **fields)

    text = acting(OFFICER, place).get("/staff/areas/casterwell/harkstow/").content.decode()

    assert f"Here: {team[0].full_title}<" in text
    assert f"Not here: {team[1].full_title}, {team[2].full_title}<" in text
    assert "Away" not in text
    assert "Helping elsewhere" not in text


def test_the_sergeants_home_asks_for_the_roll_until_it_was_called(place, team):
    client = acting(SERGEANT, place)
    assert rolls_to_call(client) == [place]
    assert "Roll-call: " in client.get("/staff/").content.decode()

    client.post(URL, grid(team))

    assert rolls_to_call(client) == []
    assert rolls_to_call(acting(OFFICER, place)) == []


def rolls_to_call(client):
    waiting = client.get("/staff/").context["home"].waiting
    return [item.place for item in waiting if item.kind == "roll_call"]


def test_residents_read_that_the_team_helps_elsewhere_and_never_who(place, team, client):
    half = HalfDay.at(timezone.now())
    DutyFactory(member=team[1], elsewhere=True, starts_at=half.begins_at, ends_at=half.ends_at)
    MemberFactory(force=place.force)

    for address in ("", "team/"):
        text = client.get(f"/areas/casterwell/harkstow/{address}").content.decode()
        assert "Your team is helping elsewhere until" in text

    Duty.objects.all().delete()
    Neighbourhood.objects.filter(pk=place.pk).raise_stamps()
    text = client.get("/areas/casterwell/harkstow/").content.decode()
    assert "Your team is helping elsewhere until" not in text
