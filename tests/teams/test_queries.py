from datetime import date

import pytest

from teams.queries import (
    PostState,
    contact_routes,
    latest_updates,
    member_on,
    members_on,
    named_officer,
    senior_officers,
    team_on,
)
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def test_nobody_named_yet(place):
    officer = named_officer(place, DAY)

    assert (officer.state, officer.member, officer.since) == (PostState.NONE, None, None)
    assert not officer.is_police_officer


def test_the_named_officer_and_since_when(place):
    contact = NamedContactFactory(neighbourhood=place)

    officer = named_officer(place, DAY)

    assert (officer.state, officer.member) == (PostState.NAMED, contact.posting.member)
    assert officer.since == date(2023, 5, 8)
    assert officer.is_police_officer
    assert officer.away_until is None


def test_a_contact_said_again_for_the_same_posting_keeps_its_first_day(place):
    first = NamedContactFactory(neighbourhood=place)
    NamedContactFactory(neighbourhood=place, posting=first.posting, from_on=date(2025, 6, 1))

    assert named_officer(place, DAY).since == date(2023, 5, 8)


def test_the_timeline_of_a_later_day_is_not_told_early(place):
    NamedContactFactory(neighbourhood=place, from_on=date(2026, 3, 11))

    assert named_officer(place, DAY).state == PostState.NONE
    assert named_officer(place, date(2026, 3, 11)).state == PostState.NAMED


def test_another_neighbourhoods_contact_is_not_ours(place):
    NamedContactFactory()

    assert named_officer(place, DAY).state == PostState.NONE


def test_a_post_is_vacant_since_the_day_it_was_said(place):
    NamedContactFactory(neighbourhood=place)
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2026, 2, 14))

    officer = named_officer(place, DAY)

    assert (officer.state, officer.member, officer.since) == (
        PostState.VACANT,
        None,
        date(2026, 2, 14),
    )


@pytest.mark.parametrize(
    ("posting_to", "member_to"),
    [(DAY, None), (None, DAY), (date(2027, 1, 1), DAY), (DAY, date(2027, 1, 1))],
)
def test_a_contact_whose_posting_or_service_ends_holds_to_the_last_day(
    place, posting_to, member_to
):
    member = MemberFactory(force=place.force, ended_on=member_to)
    posting = PostingFactory(neighbourhood=place, member=member, to_on=posting_to)
    NamedContactFactory(neighbourhood=place, posting=posting)

    assert named_officer(place, DAY).state == PostState.NAMED
    after = named_officer(place, date(2026, 3, 12))
    assert (after.state, after.member, after.since) == (
        PostState.VACANT,
        None,
        date(2026, 3, 11),
    )


def test_cover_holds_on_its_first_and_last_day_only(place):
    NamedContactFactory(neighbourhood=place)
    cover = CoverFactory(neighbourhood=place, from_on=DAY, to_on=DAY)

    officer = named_officer(place, DAY)

    assert (officer.cover.member, officer.cover.until) == (cover.member, DAY)
    assert officer.away_until == DAY
    assert named_officer(place, date(2026, 3, 9)).cover is None
    assert named_officer(place, date(2026, 3, 11)).cover is None


def test_cover_of_a_vacant_post_makes_nobody_away(place):
    NamedContactFactory(neighbourhood=place, vacant=True)
    cover = CoverFactory(neighbourhood=place)

    officer = named_officer(place, DAY)

    assert officer.cover.member == cover.member
    assert officer.away_until is None


def test_nobody_covers_for_themselves(place):
    contact = NamedContactFactory(neighbourhood=place)
    CoverFactory(neighbourhood=place, member=contact.posting.member)

    assert named_officer(place, DAY).cover is None


def test_routes_of_the_officer_the_team_and_the_cover_are_kept_apart(place):
    contact = NamedContactFactory(neighbourhood=place)
    cover = CoverFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True, member=contact.posting.member, value="own@example.org")
    ContactRouteFactory(of_member=True, member=cover.member, value="cover@example.org")
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True)

    officer = named_officer(place, DAY)

    assert [route.value for route in officer.routes] == ["own@example.org"]
    assert [route.value for route in officer.cover.routes] == ["cover@example.org"]
    assert [route.value for route in officer.team_routes] == ["team@example.org"]
    assert officer.reached_by == officer.cover.routes
    assert named_officer(place, date(2026, 4, 1)).reached_by == officer.routes


def test_an_officer_without_own_routes_is_reached_through_the_team(place):
    NamedContactFactory(neighbourhood=place)
    ContactRouteFactory(neighbourhood=place)

    officer = named_officer(place, DAY)

    assert [route.value for route in officer.reached_by] == ["team@example.org"]


def test_a_cover_without_own_routes_is_reached_through_the_team(place):
    contact = NamedContactFactory(neighbourhood=place)
    CoverFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True, member=contact.posting.member)
    ContactRouteFactory(neighbourhood=place)

    officer = named_officer(place, DAY)

    assert [route.value for route in officer.reached_by] == ["team@example.org"]


def test_routes_stand_in_order_and_no_other_scheme_becomes_a_link(place):
    for kind, value in [
        ("web", "javascript:alert(1)"),
        ("address", "1 Tern Court"),
        ("mobile", "07700 900 123"),
        ("telephone", "01632 960 123"),
        ("email", "team@example.org"),
    ]:
        ContactRouteFactory(neighbourhood=place, kind=kind, value=value)

    assert [(route.kind, route.href) for route in contact_routes(place)] == [
        ("email", "mailto:team@example.org"),
        ("telephone", ""),
        ("mobile", ""),
        ("web", ""),
        ("address", ""),
    ]


def test_the_team_stands_leads_first_then_by_role_rank_and_name(place):
    def post(*, lead=False, **member):
        return PostingFactory(
            neighbourhood=place, lead=lead, member=MemberFactory(force=place.force, **member)
        )

    post(accredited=True)
    post(warden=True)
    post(volunteer=True)
    post(special=True)
    post(pcso=True)
    post(name="Yusuf Hallowmere")
    post(name="Adaeze Umbrell")
    post(sergeant=True)
    post(inspector=True)
    post(name="Zephyrine Oakcanary", lead=True)
    PostingFactory(neighbourhood=place, ended=True)
    PostingFactory()

    assert [entry.member.title for entry in team_on(place, DAY)] == [
        "PC Zephyrine Oakcanary",
        "Insp Ruth Quillfeather",
        "Sgt Imran Dalvari",
        "PC Adaeze Umbrell",
        "PC Yusuf Hallowmere",
        "PCSO Dee Ferncastle",
        "SC Lena Voskerry",
        "Ron Aldercombe",
        "Sharon Oakhangar",
        "Marcus Pellindrum",
    ]


def test_a_member_with_two_postings_on_a_day_stands_once_since_the_first(place):
    first = PostingFactory(neighbourhood=place, to_on=date(2026, 12, 31))
    PostingFactory(neighbourhood=place, member=first.member, from_on=date(2025, 1, 1))

    assert [entry.since for entry in team_on(place, DAY)] == [first.from_on]


def test_member_on_finds_only_those_posted_there_on_the_day(place):
    posting = PostingFactory(neighbourhood=place, to_on=DAY)
    elsewhere = PostingFactory()

    assert member_on(place, posting.member_id, DAY).member == posting.member
    assert member_on(place, posting.member_id, date(2026, 3, 11)) is None
    assert member_on(place, elsewhere.member_id, DAY) is None


def test_senior_officers_are_those_with_a_post_in_the_force_itself():
    force = ForceFactory()
    chief = PostingFactory(senior=True, member__force=force)
    PostingFactory(senior=True)
    PostingFactory(neighbourhood__force=force)

    assert [entry.member for entry in senior_officers(force, DAY)] == [chief.member]


def test_latest_updates_are_the_newest_published_ones(place):
    older, newer = PatrolUpdateFactory.create_batch(2, neighbourhood=place, published=True)
    PatrolUpdateFactory(neighbourhood=place)
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True)
    PatrolUpdateFactory(published=True)

    assert latest_updates(place, 3, on=date(2026, 3, 4)) == [newer, older]
    assert latest_updates(place, 1, on=date(2026, 3, 4)) == [newer]


@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts_do_not_grow_with_rows(place, rows, django_assert_num_queries):
    for month in range(1, rows + 1):
        contact = NamedContactFactory(neighbourhood=place, from_on=date(2025, month, 1))
        ContactRouteFactory(of_member=True, member=contact.posting.member)
        CoverFactory(neighbourhood=place, from_on=date(2026, 3, month))
        PostingFactory(senior=True, member__force=place.force)

    with django_assert_num_queries(3):
        named_officer(place, DAY)
    with django_assert_num_queries(2):
        team = team_on(place, DAY)
    with django_assert_num_queries(1):
        assert members_on(place, DAY) == [entry.member for entry in team]
    with django_assert_num_queries(2):
        member_on(place, contact.posting.member_id, DAY)
    with django_assert_num_queries(2):
        senior_officers(place.force, DAY)
