from datetime import date
from functools import partial

import pytest

from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent, ContactRoute, Cover, NamedContact
from teams.services.posts import (
    CoverBeginsTwice,
    NotInThisTeam,
    OtherForce,
    end_cover,
    set_cover,
    set_member_routes,
    set_named_contact,
    set_team_routes,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    PostingFactory,
    UserFactory,
)
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
DAY, NEXT_DAY = date(2026, 3, 4), date(2026, 3, 5)


@pytest.fixture
def inspector():
    return UserFactory(username="insp.quillfeather")


@pytest.fixture
def place():
    return NeighbourhoodFactory()


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "detail"))


def timeline():
    return list(NamedContact.objects.order_by("from_on").values_list("from_on", "posting"))


def stamp_of(place):
    return Neighbourhood.objects.get(pk=place.pk).stamp


def test_set_named_contact_names_the_officer_from_that_day_on(place, inspector):
    posting = PostingFactory(neighbourhood=place)

    contact = set_named_contact(neighbourhood=place, posting=posting, from_on=DAY, by=inspector)

    assert timeline() == [(DAY, posting.pk)]
    detail = {"neighbourhood": place.pk, "posting": posting.pk, "from_on": "2026-03-04"}
    assert acts() == [("insp.quillfeather", "named_contact.set", detail)]
    assert AuditEvent.objects.get().subject_id == str(contact.pk)
    assert stamp_of(place) == 2


def test_set_named_contact_to_nobody_makes_the_post_vacant(place, inspector):
    posting = PostingFactory(neighbourhood=place)
    set_named_contact(neighbourhood=place, posting=posting, from_on=DAY, by=inspector)

    set_named_contact(neighbourhood=place, posting=None, from_on=NEXT_DAY, by=inspector)

    assert timeline() == [(DAY, posting.pk), (NEXT_DAY, None)]


def test_set_named_contact_twice_for_a_day_keeps_the_later_word(place, inspector):
    first, second = PostingFactory.create_batch(2, neighbourhood=place)
    set_named_contact(neighbourhood=place, posting=first, from_on=DAY, by=inspector)

    set_named_contact(neighbourhood=place, posting=second, from_on=DAY, by=None)

    assert timeline() == [(DAY, second.pk)]
    assert [by for by, *_ in acts()] == ["insp.quillfeather", "(command line)"]


@pytest.mark.parametrize(
    "posting",
    [
        {},  # in another neighbourhood
        {"from_on": NEXT_DAY},
        {"to_on": date(2026, 3, 3)},
        {"member__ended_on": date(2026, 3, 3)},
    ],
)
def test_set_named_contact_needs_a_posting_there_on_that_day(place, inspector, posting):
    team = {"neighbourhood": place} if posting else {}
    outside = PostingFactory(**team, **posting)

    with pytest.raises(NotInThisTeam) as refusal:
        set_named_contact(neighbourhood=place, posting=outside, from_on=DAY, by=inspector)

    assert str(refusal.value) == (
        "PC Tamsin Quillow is not in this team on that day. Post them there first."
    )
    assert (timeline(), acts(), stamp_of(place)) == ([], [], 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_name_an_officer_for_one_day_one_row_comes():
    place, inspector = NeighbourhoodFactory(), UserFactory()
    postings = PostingFactory.create_batch(2, neighbourhood=place)
    name = partial(set_named_contact, neighbourhood=place, from_on=DAY, by=inspector)

    ends = race(
        *(partial(name, posting=posting) for posting in postings),
        at=Neighbourhood.objects.filter(pk=place.pk),
    )

    assert [type(end) for end in ends] == [NamedContact, NamedContact]
    last_word = AuditEvent.objects.order_by("pk").last().detail["posting"]
    assert timeline() == [(DAY, last_word)]


def test_set_cover_takes_somebody_of_another_team_of_the_force(place, inspector):
    member = PostingFactory(neighbourhood__force=place.force).member

    cover = set_cover(neighbourhood=place, member=member, from_on=DAY, to_on=NEXT_DAY, by=inspector)

    cover.refresh_from_db()
    assert (cover.member, cover.from_on, cover.to_on) == (member, DAY, NEXT_DAY)
    days = {"from_on": "2026-03-04", "to_on": "2026-03-05"}
    detail = {"neighbourhood": place.pk, "member": member.pk, **days}
    assert acts() == [("insp.quillfeather", "cover.set", detail)]
    assert stamp_of(place) == 2


def test_set_cover_refuses_another_force(place, inspector):
    with pytest.raises(OtherForce, match="Cover has to come from the same force"):
        set_cover(neighbourhood=place, member=MemberFactory(), from_on=DAY, to_on=DAY, by=inspector)
    assert (Cover.objects.count(), acts(), stamp_of(place)) == (0, [], 1)


def test_set_cover_refuses_two_that_begin_on_one_day(place, inspector):
    member = CoverFactory(neighbourhood=place, from_on=DAY).member

    with pytest.raises(CoverBeginsTwice, match="End that one first, or choose another day"):
        set_cover(neighbourhood=place, member=member, from_on=DAY, to_on=DAY, by=inspector)
    assert (Cover.objects.count(), acts(), stamp_of(place)) == (1, [], 1)


@pytest.mark.parametrize(
    ("last_on", "to_on"),
    [
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 4, 10), date(2026, 3, 31)),  # it does not grow longer
    ],
)
def test_end_cover_shortens_it(place, inspector, last_on, to_on):
    cover = CoverFactory(neighbourhood=place)

    end_cover(cover=cover, last_on=last_on, by=inspector)

    cover.refresh_from_db()
    assert cover.to_on == to_on
    detail = {"neighbourhood": place.pk, "last_on": last_on.isoformat()}
    assert acts() == [("insp.quillfeather", "cover.ended", detail)]
    assert stamp_of(place) == 2


def test_end_cover_removes_one_that_had_not_begun(place, inspector):
    cover = CoverFactory(neighbourhood=place)
    pk = cover.pk

    end_cover(cover=cover, last_on=date(2026, 2, 28), by=inspector)

    assert list(Cover.objects.all()) == []
    assert AuditEvent.objects.get().subject_id == str(pk)


def test_set_team_routes_keeps_the_check_day_of_what_stays(place, inspector):
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(neighbourhood=place, telephone=True)
    new = {"email": "team@example.org", "telephone": "", "mobile": "07700 900 123", "web": ""}

    set_team_routes(neighbourhood=place, routes=new, by=inspector)

    assert set(place.contact_routes.values_list("kind", "value", "verified_on")) == {
        ("email", "team@example.org", date(2026, 2, 20)),
        ("mobile", "07700 900 123", None),
    }
    assert acts() == [("insp.quillfeather", "contact_routes.set", {"kinds": ["email", "mobile"]})]
    assert stamp_of(place) == 2


def test_a_changed_route_has_to_be_checked_again(place, inspector):
    ContactRouteFactory(neighbourhood=place)

    set_team_routes(neighbourhood=place, routes={"email": "new@example.org"}, by=inspector)

    assert list(ContactRoute.objects.values_list("value", "verified_on")) == [
        ("new@example.org", None)
    ]


def test_set_member_routes_raises_the_stamps_of_the_members_teams(place, inspector):
    member = PostingFactory(neighbourhood=place).member
    covered = CoverFactory(member=member, neighbourhood__force=place.force).neighbourhood
    elsewhere = NeighbourhoodFactory(force=place.force)

    set_member_routes(member=member, routes={"email": "ana@example.org"}, by=inspector)

    assert list(member.contact_routes.values_list("kind", "value")) == [
        ("email", "ana@example.org")
    ]
    assert acts() == [("insp.quillfeather", "contact_routes.set", {"kinds": ["email"]})]
    assert [stamp_of(p) for p in (place, covered, elsewhere)] == [2, 2, 1]
