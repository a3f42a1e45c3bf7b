from datetime import date

import pytest

from neighbourhoods.models import Neighbourhood
from teams.models import AuditEvent, Member, Posting, RoleGrant
from teams.services.people import (
    AlreadyPosted,
    ReferenceTaken,
    add_member,
    change_member,
    end_member,
    end_posting,
    post_member,
)
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import (
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
    RoleGrantFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY, DAY_BEFORE, NEXT_DAY = date(2026, 3, 4), date(2026, 3, 3), date(2026, 3, 5)
DETAILS = {
    "name": "Tamsin Quillow",
    "reference": "CW-0417",
    "role": Member.Role.POLICE_OFFICER,
    "rank": Member.Rank.CONSTABLE,
}


@pytest.fixture
def administrator():
    return UserFactory(username="admin.brackenridge")


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "detail"))


def verbs():
    return [verb for _by, verb, _detail in acts()]


def stamp_of(place):
    return Neighbourhood.objects.get(pk=place.pk).stamp


def test_add_member_takes_a_person_into_the_force(administrator):
    force = ForceFactory()

    add_member(force=force, details=DETAILS, by=administrator)

    assert list(Member.objects.values("force", *DETAILS)) == [{"force": force.pk, **DETAILS}]
    assert acts() == [("admin.brackenridge", "member.added", {"force": force.pk})]


def test_a_reference_is_free_in_another_force_and_taken_in_its_own(administrator):
    force = MemberFactory(reference="CW-0417").force
    add_member(force=ForceFactory(), details=DETAILS, by=administrator)

    with pytest.raises(ReferenceTaken, match="Another person has this reference"):
        add_member(force=force, details=DETAILS, by=administrator)
    assert force.members.count() == 1


def test_change_member_writes_down_what_changed(administrator):
    posting = PostingFactory(member__reference="CW-0417")

    change_member(member=posting.member, details={**DETAILS, "rank": "sergeant"}, by=administrator)

    posting.member.refresh_from_db()
    assert posting.member.rank == Member.Rank.SERGEANT
    assert acts() == [("admin.brackenridge", "member.changed", {"fields": ["rank"]})]
    assert stamp_of(posting.neighbourhood) == 2


def test_change_member_refuses_the_reference_of_another(administrator):
    member = MemberFactory(reference="CW-0001")
    MemberFactory(force=member.force, reference="CW-0417")

    with pytest.raises(ReferenceTaken):
        change_member(member=member, details=DETAILS, by=administrator)
    member.refresh_from_db()
    assert (member.reference, acts()) == ("CW-0001", [])


def test_post_member_puts_them_into_the_team(administrator):
    place = NeighbourhoodFactory()
    member = MemberFactory(force=place.force)

    post_member(member=member, neighbourhood=place, from_on=DAY, lead=True, by=administrator)

    assert list(Posting.objects.values_list("member", "neighbourhood", "from_on", "lead")) == [
        (member.pk, place.pk, DAY, True)
    ]
    detail = {"neighbourhood": place.pk, "member": member.pk}
    assert acts() == [("admin.brackenridge", "posting.began", detail)]
    assert stamp_of(place) == 2


def test_post_member_again_after_an_end_but_not_while_it_is_open(administrator):
    ended = PostingFactory(ended=True)
    again = {"member": ended.member, "neighbourhood": ended.neighbourhood, "from_on": DAY}
    post_member(**again, lead=False, by=administrator)

    with pytest.raises(AlreadyPosted, match="They are in that team already"):
        post_member(**again, lead=False, by=administrator)
    assert (Posting.objects.count(), verbs()) == (2, ["posting.began"])


def test_end_posting_holds_to_its_last_day(administrator):
    posting = PostingFactory()

    end_posting(posting=posting, last_on=DAY, by=administrator)

    posting.refresh_from_db()
    assert posting.to_on == DAY
    detail = {"member": posting.member_id, "last_on": "2026-03-04"}
    assert acts() == [("admin.brackenridge", "posting.ended", detail)]
    assert stamp_of(posting.neighbourhood) == 2


def test_end_posting_removes_one_that_had_not_begun(administrator):
    posting = PostingFactory(from_on=NEXT_DAY)
    place, member = posting.neighbourhood, posting.member

    end_posting(posting=posting, last_on=DAY, by=administrator)

    assert list(Posting.objects.all()) == []
    assert acts() == [("admin.brackenridge", "posting.removed", {"member": member.pk})]
    assert stamp_of(place) == 2


def test_end_posting_before_its_officer_was_to_be_named_leaves_the_post_vacant(administrator):
    contact = NamedContactFactory(from_on=NEXT_DAY, posting__from_on=NEXT_DAY)

    end_posting(posting=contact.posting, last_on=DAY, by=administrator)

    contact.refresh_from_db()
    assert (contact.posting, Posting.objects.count()) == (None, 0)


def test_end_posting_of_an_officer_who_was_to_be_named_later(administrator):
    contact = NamedContactFactory(from_on=NEXT_DAY)

    end_posting(posting=contact.posting, last_on=DAY, by=administrator)

    contact.refresh_from_db()
    assert (contact.posting, Posting.objects.get().to_on) == (None, DAY)


def test_end_member_ends_every_posting_of_later_days(administrator):
    member = MemberFactory()
    over, open_end, longer, _future = [
        PostingFactory(member=member, neighbourhood__force=member.force, **dates)
        for dates in ({"to_on": DAY_BEFORE}, {}, {"to_on": NEXT_DAY}, {"from_on": NEXT_DAY})
    ]

    end_member(member=member, last_on=DAY, by=administrator, today=DAY)

    assert dict(member.postings.values_list("pk", "to_on")) == {
        over.pk: DAY_BEFORE,
        open_end.pk: DAY,
        longer.pk: DAY,
    }


def test_end_member_ends_postings_roles_and_sign_in(administrator):
    member = MemberFactory(with_account=True)
    posting = PostingFactory(member=member, neighbourhood__force=member.force)
    grant = RoleGrantFactory(user=member.user, neighbourhood=posting.neighbourhood)

    end_member(member=member, last_on=DAY_BEFORE, by=administrator, today=DAY)

    for row in (member, posting, grant, member.user):
        row.refresh_from_db()
    assert (member.ended_on, posting.to_on, grant.to_on) == (DAY_BEFORE,) * 3
    assert not member.user.is_active
    assert acts()[-1] == ("admin.brackenridge", "member.ended", {"last_on": "2026-03-03"})
    assert stamp_of(posting.neighbourhood) == 3


def test_end_member_today_leaves_them_in_to_the_end_of_the_day(administrator):
    member = MemberFactory(with_account=True)
    grant = RoleGrantFactory(user=member.user)
    later = RoleGrantFactory(user=member.user, from_on=NEXT_DAY)
    shorter = RoleGrantFactory(user=member.user, to_on=DAY_BEFORE)

    end_member(member=member, last_on=DAY, by=administrator, today=DAY)

    assert dict(RoleGrant.objects.values_list("pk", "to_on")) == {
        grant.pk: DAY,
        shorter.pk: DAY_BEFORE,
    }
    assert later.pk not in RoleGrant.objects.values_list("pk", flat=True)
    member.user.refresh_from_db()
    assert member.user.is_active


def test_end_member_without_an_account(administrator):
    member = MemberFactory()

    end_member(member=member, last_on=DAY_BEFORE, by=administrator, today=DAY)

    member.refresh_from_db()
    assert (member.ended_on, verbs()) == (DAY_BEFORE, ["member.ended"])
