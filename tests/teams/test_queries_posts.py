from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teams.queries import Answering, Answers, Post, PostState, answering_on, posts_on
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
    UserFactory,
)
from tests.teams.acting import INSPECTOR, SERGEANT, grant

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def answers(place, on=DAY):
    return answering_on([place], on)[place.pk]


def post(place, on=DAY):
    return posts_on([place], on)[place.pk]


def test_the_successor_has_the_post_from_whoever_had_it_before(place):
    first = NamedContactFactory(neighbourhood=place)
    second = NamedContactFactory(neighbourhood=place, from_on=date(2026, 3, 2))

    assert post(place) == Post(
        PostState.NAMED, second.posting.member, date(2026, 3, 2), first.posting.member
    )


def test_a_vacancy_lies_between_two_officers(place):
    first = NamedContactFactory(neighbourhood=place)
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2026, 2, 1))
    third = NamedContactFactory(neighbourhood=place, from_on=date(2026, 3, 2))

    assert post(place, date(2026, 2, 10)).before == first.posting.member
    assert post(place).before == first.posting.member
    assert post(place).member == third.posting.member


def test_whoever_comes_back_takes_over_from_nobody(place):
    first = NamedContactFactory(neighbourhood=place)
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2026, 2, 1))
    NamedContactFactory(neighbourhood=place, posting=first.posting, from_on=date(2026, 3, 2))

    assert post(place) == Post(PostState.NAMED, first.posting.member, date(2026, 3, 2))


def test_a_vacancy_that_is_said_late_began_when_the_officer_had_left(place):
    left = PostingFactory(neighbourhood=place, to_on=date(2026, 2, 1))
    NamedContactFactory(neighbourhood=place, posting=left)
    before = post(place)

    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2026, 2, 20))

    assert before == post(place) == Post(PostState.VACANT, None, date(2026, 2, 2), left.member)


def test_the_named_officer_answers_and_their_cover_while_they_are_away(place):
    member = MemberFactory(force=place.force, with_account=True)
    posting = PostingFactory(neighbourhood=place, member=member)
    NamedContactFactory(neighbourhood=place, posting=posting)
    cover = CoverFactory(neighbourhood=place, from_on=DAY, to_on=DAY)

    assert answers(place) == Answering(Answers.COVER, cover.member, None)
    tomorrow = DAY + timedelta(days=1)
    assert answers(place, tomorrow) == Answering(Answers.NAMED, member, member.user)


def test_of_two_covers_the_one_that_began_last_answers(place):
    CoverFactory(neighbourhood=place, from_on=DAY - timedelta(days=2), to_on=DAY)
    last = CoverFactory(neighbourhood=place, from_on=DAY, to_on=DAY)

    assert answers(place).member == last.member


def test_nobody_named_and_nobody_covers_the_highest_lead_answers(place):
    PostingFactory(neighbourhood=place, leading=True)
    sergeant = MemberFactory(force=place.force, sergeant=True)
    PostingFactory(neighbourhood=place, leading=True, member=sergeant)
    grant(UserFactory(), INSPECTOR, place)

    assert answers(place) == Answering(Answers.LEAD, sergeant)


def test_without_a_team_the_inspector_answers_whose_grant_is_the_narrowest():
    place = NeighbourhoodFactory(in_area=True)
    over_force, over_area = UserFactory(), UserFactory()
    grant(over_force, INSPECTOR, place.force)
    grant(UserFactory(left=True), INSPECTOR, place)
    grant(UserFactory(), SERGEANT, place)

    assert answers(place) == Answering(Answers.INSPECTOR, user=over_force)
    grant(over_area, INSPECTOR, place.area)
    assert answers(place) == Answering(Answers.INSPECTOR, user=over_area)


def test_where_nobody_is_at_all_the_force_answers(place):
    assert answers(place) == Answering(Answers.FORCE)


def test_for_one_that_has_ended_who_has_its_successor_answers(place):
    contact = NamedContactFactory(neighbourhood=place)
    ended = NeighbourhoodFactory(force=place.force, ended_on=DAY, successor=place)

    assert answers(ended) == Answering(Answers.NAMED, contact.posting.member)


@pytest.mark.parametrize("places", [1, 3])
def test_six_queries_however_many_places(places, django_assert_num_queries):
    asked = [NeighbourhoodFactory(in_area=True) for _place in range(places)]
    for place in asked:
        NamedContactFactory(neighbourhood=place)
        CoverFactory(neighbourhood=place)
        PostingFactory(neighbourhood=place, leading=True)
        grant(UserFactory(), INSPECTOR, place.area)

    with django_assert_num_queries(6):
        found = answering_on(asked, DAY)

    assert {answer.capacity for answer in found.values()} == {Answers.COVER}


SPAN = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@settings(max_examples=40, deadline=None)
@given(
    named=st.lists(st.tuples(SPAN, st.booleans(), st.booleans()), max_size=3),
    covers=st.lists(SPAN, max_size=2, unique_by=tuple),
    inspector=st.none() | SPAN,
)
def test_whatever_happens_somebody_who_is_there_answers_every_day(named, covers, inspector):
    place = NeighbourhoodFactory()
    serving = {}
    for number, ((begin, end), lead, leaves) in enumerate(named):
        member = MemberFactory(force=place.force, ended_on=_day(end) if leaves else None)
        posting = PostingFactory(
            neighbourhood=place, member=member, from_on=_day(begin), to_on=_day(end), lead=lead
        )
        NamedContactFactory(neighbourhood=place, posting=posting, from_on=_day(number))
        serving.setdefault(member.pk, set()).update(range(begin, end + 1))
    for begin, end in {begin: (begin, end) for begin, end in covers}.values():
        cover = CoverFactory(neighbourhood=place, from_on=_day(begin), to_on=_day(end))
        serving.setdefault(cover.member_id, set()).update(range(begin, end + 1))
    if inspector:
        first, last = map(_day, inspector)
        grant(UserFactory(), INSPECTOR, place, from_on=first, to_on=last)

    for number in range(12):
        answer = answers(place, _day(number))
        if answer.member:
            assert number in serving[answer.member.pk]
        elif answer.capacity == Answers.INSPECTOR:
            assert inspector[0] <= number <= inspector[1]
        else:
            assert answer == Answering(Answers.FORCE)


def _day(number: int) -> date:
    return DAY + timedelta(days=number)
