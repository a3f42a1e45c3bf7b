from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from neighbourhoods.clock import london_instant
from teams.models import Duty, HalfDay
from teams.models.duty import Kind, Reason
from teams.queries import (
    Answering,
    Answers,
    OnDuty,
    TeamTime,
    answering_on,
    helping_elsewhere,
    on_duty_at,
    team_time,
)
from teams.queries.duty import strength_on
from teams.retention import delete_expired
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    CoverFactory,
    DutyCodeFactory,
    DutyFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
    UserFactory,
)
from tests.teams.acting import INSPECTOR, grant

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
MORNING, AFTERNOON = HalfDay(DAY, False), HalfDay(DAY, True)
NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow", in_area=True)


def member_of(*places, **traits):
    member = MemberFactory(force=places[0].force, **traits)
    for place in places:
        PostingFactory(neighbourhood=place, member=member)
    return member


def shift(member, kind=Kind.HERE, *, days=0, begins=7, hours=8, **fields):
    """A shift from ``begins`` o'clock of DAY, or so many days later."""
    starts_at = london_instant(DAY + days * ONE_DAY) + begins * HOUR
    reason = {"reason": Reason.EVENT} if kind == Kind.ELSEWHERE else {}
    return DutyFactory(
        member=member,
        kind=kind,
        starts_at=starts_at,
        ends_at=starts_at + hours * HOUR,
        **reason | fields,
    )


# What the database refuses ----------------------------------------------------------------------

# the constraints that are broken below
BROKEN = {
    "duty_begins_once",
    "duty_ends_after_it_begins",
    "duty_reason_goes_with_elsewhere",
    "duty_worked_within_a_day",
    "dutycode_has_code",
    "dutycode_once",
    "dutycode_reason_goes_with_elsewhere",
}


@pytest.mark.parametrize(
    ("truth", "fields"),
    [
        ("duty_ends_after_it_begins", {"ends_at": datetime(2026, 3, 10, 7, tzinfo=UTC)}),
        ("duty_worked_within_a_day", {"ends_at": datetime(2026, 3, 11, 7, 1, tzinfo=UTC)}),
        ("duty_reason_goes_with_elsewhere", {"kind": Kind.ELSEWHERE}),
        ("duty_reason_goes_with_elsewhere", {"reason": Reason.EVENT}),
        ("duty_reason_goes_with_elsewhere", {"kind": Kind.ELSEWHERE, "reason": "PARTY"}),
    ],
)
def test_a_duty_that_cannot_be_is_refused(truth, fields):
    with pytest.raises(IntegrityError, match=truth), transaction.atomic():
        DutyFactory(**fields)


def test_two_duties_of_one_person_do_not_begin_at_once():
    duty = DutyFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory(member=duty.member, away=True)


def test_an_absence_may_last_longer_than_a_day():
    duty = DutyFactory(away=True, ends_at=datetime(2026, 3, 24, 7, tzinfo=UTC))

    assert str(duty) == f"duty {duty.pk}"
    assert duty.worked == timedelta(days=14)


@pytest.mark.parametrize(
    ("truth", "fields"),
    [
        ("dutycode_has_code", {"code": ""}),
        ("dutycode_reason_goes_with_elsewhere", {"reason": Reason.EVENT}),
    ],
)
def test_a_code_that_cannot_be_is_refused(truth, fields):
    with pytest.raises(IntegrityError, match=truth), transaction.atomic():
        DutyCodeFactory(**fields)


def test_a_code_means_one_thing():
    code = DutyCodeFactory(code="E")

    assert str(code) == f"E of {code.force_id}"
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyCodeFactory(force=code.force, code="E", kind=Kind.AWAY)


# On duty now ------------------------------------------------------------------------------------


def test_who_is_here_and_who_is_not_without_saying_why(place, django_assert_num_queries):
    here, elsewhere, away, over, unknown = (member_of(place) for _n in range(5))
    shift(here)
    shift(elsewhere, Kind.ELSEWHERE)
    shift(away, Kind.AWAY)
    shift(over, begins=0, hours=6)

    with django_assert_num_queries(1):
        found = on_duty_at([here, elsewhere, away, over, unknown], NINE)

    assert found == OnDuty(here=(here,), off=(elsewhere, away, over), unknown=(unknown,))


# Who answers ------------------------------------------------------------------------------------


@pytest.fixture
def named(place):
    member = member_of(place)
    NamedContactFactory(neighbourhood=place, posting=member.postings.get())
    return member


@pytest.fixture
def lead(place):
    posting = PostingFactory(neighbourhood=place, leading=True)
    return posting.member


def answers(place, on=DAY):
    return answering_on([place], on)[place.pk]


@pytest.mark.parametrize("kind", [Kind.ELSEWHERE, Kind.COURT, Kind.TRAINING, Kind.AWAY])
def test_the_lead_answers_while_the_named_officer_is_off_duty(place, named, lead, kind):
    shift(named, kind)

    assert answers(place) == Answering(Answers.LEAD, lead)
    assert answers(place).otherwise == named
    assert answers(place, DAY + ONE_DAY) == Answering(Answers.NAMED, named)


def test_whoever_works_here_part_of_the_day_answers(place, named, lead):
    shift(named, Kind.COURT, hours=2)
    shift(named, begins=10)

    assert answers(place).member == named


def test_a_night_that_ends_this_morning_is_no_duty_of_today(place, named, lead):
    shift(named, days=-1, begins=22, hours=8)
    shift(named, Kind.AWAY, begins=6, hours=40)

    assert answers(place, DAY - ONE_DAY).member == named
    assert answers(place).member == lead


def test_a_night_elsewhere_is_of_the_day_on_which_it_began(place, named, lead):
    shift(named, Kind.ELSEWHERE, days=-1, begins=22, hours=8)

    assert answers(place, DAY - ONE_DAY).member == lead
    assert answers(place).member == named


def test_cover_that_is_off_duty_itself_passes_it_on(place, named, lead):
    cover = CoverFactory(neighbourhood=place, from_on=DAY, to_on=DAY).member
    assert answers(place) == Answering(Answers.COVER, cover)

    shift(cover, Kind.AWAY)

    assert answers(place) == Answering(Answers.NAMED, named)
    assert answers(place).otherwise == cover


def test_with_everybody_off_duty_the_inspector_answers(place, named, lead):
    inspector = UserFactory()
    grant(inspector, INSPECTOR, place.area)
    shift(named, Kind.AWAY)
    shift(lead, Kind.AWAY)

    assert answers(place) == Answering(Answers.INSPECTOR, None, inspector)
    assert answers(place).otherwise == named


def test_without_an_inspector_it_is_still_the_officer_whose_post_it_is(place, named, lead):
    shift(named, Kind.AWAY)
    shift(lead, Kind.AWAY)

    assert answers(place) == Answering(Answers.NAMED, named)


# Helping elsewhere ------------------------------------------------------------------------------


def test_a_team_half_of_which_is_elsewhere_is_said_to_help_there(place, django_assert_num_queries):
    one, other = member_of(place), member_of(place)
    shift(one)
    with django_assert_num_queries(1):
        assert helping_elsewhere(place, NINE) is None

    shift(other, Kind.ELSEWHERE)

    with django_assert_num_queries(2):
        assert helping_elsewhere(place, NINE) == AFTERNOON


def test_less_than_half_is_not_told(place):
    shift(member_of(place))
    shift(member_of(place), Kind.TRAINING)
    shift(member_of(place), Kind.ELSEWHERE)

    assert helping_elsewhere(place, NINE) is None


def test_leave_and_sickness_change_nothing_that_residents_read(place):
    for _n in range(3):
        shift(member_of(place), Kind.AWAY)

    assert helping_elsewhere(place, NINE) is None


def test_only_police_of_the_team_count(place):
    shift(member_of(place, warden=True), Kind.ELSEWHERE)
    shift(member_of(NeighbourhoodFactory(force=place.force)), Kind.ELSEWHERE)
    left = member_of(place)
    left.postings.update(to_on=DAY - ONE_DAY)
    shift(left, Kind.ELSEWHERE)

    assert helping_elsewhere(place, NINE) is None


def test_nights_without_anybody_on_duty_do_not_end_it(place):
    member = member_of(place)
    for days in range(3):
        shift(member, Kind.ELSEWHERE, days=days)

    assert helping_elsewhere(place, NINE) == HalfDay(DAY + 2 * ONE_DAY, True)


def test_it_ends_with_the_half_day_before_the_team_is_back(place):
    member = member_of(place)
    shift(member, Kind.ELSEWHERE, hours=4)
    shift(member, begins=12, hours=4)

    assert helping_elsewhere(place, NINE) == MORNING
    assert helping_elsewhere(place, NINE + 4 * HOUR) is None


def test_three_free_days_in_between_end_it(place):
    member = member_of(place)
    shift(member, Kind.ELSEWHERE)
    shift(member, Kind.ELSEWHERE, days=4)

    assert helping_elsewhere(place, NINE) == AFTERNOON


def test_nobody_is_told_of_more_than_two_weeks(place):
    member = member_of(place)
    for days in range(20):
        shift(member, Kind.ELSEWHERE, days=days)

    assert helping_elsewhere(place, NINE) == HalfDay(DAY + 13 * ONE_DAY, True)


# Hours ------------------------------------------------------------------------------------------


def test_hours_of_a_team_and_what_took_them_away(place, django_assert_num_queries):
    one, other, third = (member_of(place) for _n in range(3))
    for days in range(2):
        shift(one, days=days)
        shift(other, Kind.ELSEWHERE, days=days)
    shift(third, Kind.COURT, hours=4)
    shift(third, Kind.AWAY, days=1)

    with django_assert_num_queries(2):
        found = team_time(place, DAY, DAY + ONE_DAY)

    assert found == TeamTime(
        days=2, days_recorded=2, strength=3, hours=36.0, elsewhere={"EVENT": 16.0}
    )
    assert (found.hours_elsewhere, round(found.percent_elsewhere, 1)) == (16.0, 44.4)
    assert found.is_public


def test_somebody_in_two_teams_counts_half_for_each(place):
    beside = NeighbourhoodFactory(force=place.force)
    member = member_of(place, beside)
    member.postings.filter(neighbourhood=beside).update(to_on=DAY)
    shift(member)
    shift(member, days=1)

    assert team_time(place, DAY, DAY + ONE_DAY).hours == 12
    assert team_time(beside, DAY, DAY + ONE_DAY).hours == 4
    assert (team_time(place, DAY, DAY).strength, strength_on(beside, DAY)) == (0.5, 0.5)


def test_a_shift_counts_for_the_day_on_which_it_begins(place):
    shift(member_of(place), begins=22, hours=8)

    assert team_time(place, DAY, DAY).hours == 8
    assert team_time(place, DAY + ONE_DAY, DAY + ONE_DAY).hours == 0


def test_a_night_that_began_before_the_period_does_not_count(place):
    shift(member_of(place), days=-1, begins=22, hours=8)

    assert team_time(place, DAY, DAY) == TeamTime(1, 1, 1, 0, {})


def test_each_day_of_an_absence_is_recorded_and_none_is_worked(place):
    shift(member_of(place), Kind.AWAY, days=-3, hours=24 * 7)

    found = team_time(place, DAY, DAY + 9 * ONE_DAY)

    assert (found.days_recorded, found.hours, found.percent_elsewhere) == (5, 0, None)
    assert not found.is_recorded


def test_a_half_day_of_a_roll_call_counts_four_hours(place):
    DutyFactory(member=member_of(place), called=True)

    assert team_time(place, DAY, DAY).hours == 4


def test_of_duties_that_overlap_the_one_that_began_last_holds(place):
    member = member_of(place)
    shift(member)
    shift(member, Kind.ELSEWHERE, begins=12, hours=8)

    assert team_time(place, DAY, DAY).elsewhere == {"EVENT": 8.0}
    assert team_time(place, DAY, DAY).hours == 13


def test_of_a_team_of_two_no_figures_are_public(place):
    for _n in range(2):
        shift(member_of(place))

    found = team_time(place, DAY, DAY)

    assert found.is_recorded
    assert not found.is_public


def test_who_came_later_counts_from_then_on(place):
    member = MemberFactory(force=place.force)
    PostingFactory(neighbourhood=place, member=member, from_on=DAY + ONE_DAY)
    shift(member)
    shift(member, days=1)

    assert team_time(place, DAY, DAY + ONE_DAY).hours == 8


def test_nothing_told_is_nothing_recorded(place):
    member_of(place)

    assert team_time(place, DAY, DAY) == TeamTime(1, 0, 1, 0, {})
    assert Duty.objects.count() == 0


def test_duties_are_deleted_when_nothing_is_compared_with_them_any_more(place):
    duty = shift(member_of(place))
    at = duty.ends_at + timedelta(days=400)

    assert delete_expired(now=at) == "0 sessions, 0 files of people, 0 duties"
    assert delete_expired(now=at + HOUR) == "0 sessions, 0 files of people, 1 duties"
