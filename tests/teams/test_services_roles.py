from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from neighbourhoods.models import Neighbourhood, OutboxEntry
from teams.models import AuditEvent, Member, Notice, RoleGrant, RoleRequest
from teams.services.people import end_member
from teams.services.roles import (
    AskedAlready,
    NoAccount,
    NoLongerAsked,
    NotLent,
    OwnRole,
    ask_for_role,
    confirm_role,
    end_role,
    grant_role,
    lend_role,
    refuse_role,
    take_back_role,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import MemberFactory, RoleGrantFactory, RoleRequestFactory, UserFactory
from tests.racing import on_postgresql, race
from tests.teams.acting import ADMINISTRATOR, INSPECTOR, OFFICER, SERGEANT, grant

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY, DAY_BEFORE, NEXT_DAY = date(2026, 3, 4), date(2026, 3, 3), date(2026, 3, 5)
OWN = "Nobody changes their own roles. Ask another administrator."

# (constraint, given, the change that the database refuses)
BROKEN_GRANTS = [
    ("rolegrant_has_exactly_one_scope", {}, {"neighbourhood": None}),
    ("rolegrant_scope_fits_role", {}, {"role": "force_administrator"}),
    ("rolegrant_scope_fits_role", {}, {"role": "officer_safety_lead"}),
    ("rolegrant_ends_after_it_begins", {}, {"to_on": date(2023, 5, 7)}),
    ("rolegrant_lent_is_a_sergeants_and_ends", {"lent": True}, {"to_on": None}),
    ("rolegrant_lent_is_a_sergeants_and_ends", {"lent": True}, {"to_on": date(2023, 5, 22)}),
    ("rolegrant_lent_is_a_sergeants_and_ends", {"lent": True}, {"role": "officer"}),
]
BROKEN_REQUESTS = [
    ("rolerequest_has_exactly_one_scope", {}, {"neighbourhood": None}),
    ("rolerequest_scope_fits_role", {}, {"role": "force_administrator"}),
    ("rolerequest_of_a_high_role", {}, {"role": "sergeant"}),
]
WAITS_ONCE = ("neighbourhood", "area", "force")
BROKEN = {
    *(name for name, *_ in (*BROKEN_GRANTS, *BROKEN_REQUESTS)),
    *(f"rolerequest_over_{scope}_waits_once" for scope in WAITS_ONCE),
    "rolegrant_never_to_oneself",
    "rolegrant_of_a_high_role_takes_two",
    "rolerequest_never_for_oneself",
}


@pytest.fixture
def place():
    return NeighbourhoodFactory(in_area=True)


@pytest.fixture
def member(place):
    return MemberFactory(force=place.force, with_account=True)


def administrator(place, **account):
    user = UserFactory(**account)
    grant(user, ADMINISTRATOR, place.force)
    return user


@pytest.fixture
def asker(place):
    return administrator(place, username="owen.sparrowhall")


@pytest.fixture
def other(place):
    return administrator(place, username="hal.brightwater")


@pytest.fixture
def asked(place, member, asker):
    return ask_for_role(member=member, role=INSPECTOR, scope=place.area, by=asker, now=NOON)


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "detail"))


def mails():
    return list(OutboxEntry.objects.order_by("pk").values_list("kind", "to"))


@pytest.mark.parametrize(("constraint", "given", "change"), BROKEN_GRANTS)
def test_the_database_refuses_the_grant(constraint, given, change):
    row = RoleGrantFactory(**given)

    with pytest.raises(IntegrityError, match=constraint):
        RoleGrant.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(("constraint", "given", "change"), BROKEN_REQUESTS)
def test_the_database_refuses_the_request(constraint, given, change):
    row = RoleRequestFactory(**given)

    with pytest.raises(IntegrityError, match=constraint):
        RoleRequest.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize("who", ["granted_by", "confirmed_by", "lent_by"])
def test_the_database_refuses_a_role_for_oneself(who):
    row = RoleGrantFactory(lent=True)

    with pytest.raises(IntegrityError, match="rolegrant_never_to_oneself"):
        RoleGrant.objects.filter(pk=row.pk).update(**{who: row.user})


def test_the_database_refuses_a_request_for_oneself():
    row = RoleRequestFactory()

    with pytest.raises(IntegrityError, match="rolerequest_never_for_oneself"):
        RoleRequest.objects.filter(pk=row.pk).update(asked_by=row.user)


@pytest.mark.parametrize("role", ["inspector", "officer_safety_lead", "force_administrator"])
@pytest.mark.parametrize("second", [False, True])
def test_the_database_refuses_a_high_role_from_one_person(place, role, second):
    one = UserFactory()
    held = RoleGrantFactory(role=role, neighbourhood=None, force=place.force)

    with pytest.raises(IntegrityError, match="rolegrant_of_a_high_role_takes_two"):
        RoleGrant.objects.filter(pk=held.pk).update(
            granted_by=one, confirmed_by=one if second else None
        )


@pytest.mark.parametrize("scope", WAITS_ONCE)
def test_the_database_refuses_the_same_request_twice(place, scope):
    over = {"neighbourhood": place, "area": place.area, "force": place.force}
    again = copy(RoleRequestFactory(**{"neighbourhood": None, scope: over[scope]}))
    again.pk = None

    with pytest.raises(IntegrityError, match=f"rolerequest_over_{scope}_waits_once"):
        RoleRequest.objects.bulk_create([again])


@pytest.mark.parametrize("kind", ["neighbourhood", "area"])
def test_grant_role_over_one_scope(place, member, asker, kind):
    scope = {"neighbourhood": place, "area": place.area}[kind]

    given = grant_role(member=member, role=SERGEANT, scope=scope, from_on=DAY, by=asker)

    given.refresh_from_db()
    assert (given.user, given.role, given.scope, given.from_on, given.to_on, given.granted_by) == (
        (member.user, "sergeant", scope, DAY, None, asker)
    )
    detail = {"role": "sergeant", "scope": str(scope.pk), "user": member.user_id}
    assert acts() == [("owen.sparrowhall", "role.granted", detail)]


def test_grant_role_gives_no_role_that_takes_two(place, member, asker):
    with pytest.raises(IntegrityError, match="rolegrant_of_a_high_role_takes_two"):
        grant_role(member=member, role=INSPECTOR, scope=place, from_on=DAY, by=asker)


def test_a_role_needs_an_account(place, asker):
    member = MemberFactory(force=place.force)

    with pytest.raises(NoAccount, match="Invite them to sign in first"):
        grant_role(member=member, role=OFFICER, scope=place, from_on=DAY, by=asker)
    with pytest.raises(NoAccount, match="Invite them to sign in first"):
        ask_for_role(member=member, role=INSPECTOR, scope=place, by=asker, now=NOON)
    assert (RoleRequest.objects.count(), acts()) == (0, [])


def test_end_role_takes_it_back_at_once(asker):
    held = RoleGrantFactory()

    end_role(grant=held, by=asker, today=DAY)

    held.refresh_from_db()
    assert held.to_on == DAY_BEFORE
    detail = {"role": "sergeant", "user": held.user_id}
    assert acts() == [("owen.sparrowhall", "role.ended", detail)]


def test_end_role_that_began_today_removes_it(asker):
    held = RoleGrantFactory(from_on=DAY)
    pk = held.pk

    end_role(grant=held, by=asker, today=DAY)

    assert not RoleGrant.objects.filter(pk=pk).exists()
    assert AuditEvent.objects.get().subject_id == str(pk)


def test_nobody_changes_their_own_roles(place, asker):
    member = MemberFactory(user=asker, force=place.force)
    own, before = RoleGrant.objects.get(), acts()

    with pytest.raises(OwnRole, match=OWN):
        grant_role(member=member, role=OFFICER, scope=place, from_on=DAY, by=asker)
    with pytest.raises(OwnRole, match=OWN):
        ask_for_role(member=member, role=INSPECTOR, scope=place, by=asker, now=NOON)
    with pytest.raises(OwnRole, match=OWN):
        end_role(grant=own, by=asker, today=DAY)
    with pytest.raises(OwnRole, match=OWN):
        end_member(member=member, last_on=DAY, by=asker, today=DAY)
    assert (list(RoleGrant.objects.all()), acts()) == ([own], before)


# By two ------------------------------------------------------------------------------------


def test_a_role_that_was_asked_for_allows_nothing(place, member, asked):
    assert not RoleGrant.objects.filter(user=member.user).exists()
    detail = {"role": "inspector", "scope": str(place.area.pk), "user": member.user_id}
    assert acts() == [("owen.sparrowhall", "role.asked", detail)]


def test_confirm_role_gives_it_as_the_second_person(place, member, asker, other, asked):
    given = confirm_role(request=asked, by=other, now=NOON)

    given.refresh_from_db()
    assert (given.user, given.role, given.scope, given.from_on) == (
        (member.user, "inspector", place.area, DAY)
    )
    assert (given.granted_by, given.confirmed_by, given.request) == (asker, other, asked)
    asked.refresh_from_db()
    assert asked.ended_at == NOON
    by, verb, detail = acts()[-1]
    assert (by, verb, detail["asked_by"]) == ("hal.brightwater", "role.granted", asker.pk)


def test_neither_who_asked_nor_whom_it_is_for_confirms(place, member, asker, asked):
    grant(member.user, ADMINISTRATOR, place.force)

    for by in (asker, member.user):
        with pytest.raises(OwnRole, match="neither of you two"):
            confirm_role(request=asked, by=by, now=NOON)
    with pytest.raises(OwnRole, match=OWN):
        refuse_role(request=asked, by=member.user, now=NOON)
    assert not RoleGrant.objects.filter(request=asked).exists()


def test_a_request_ends_by_itself_after_seven_days(asked, other):
    assert asked.ends_at == NOON + timedelta(days=7)

    with pytest.raises(NoLongerAsked, match="Nobody asks for this any more"):
        confirm_role(request=asked, by=other, now=asked.ends_at)
    with pytest.raises(NoLongerAsked):
        refuse_role(request=asked, by=other, now=asked.ends_at)
    assert confirm_role(request=asked, by=other, now=asked.ends_at - timedelta(seconds=1))


def test_the_same_is_asked_again_only_when_it_no_longer_waits(place, member, asker, asked):
    ask = partial(ask_for_role, member=member, role=INSPECTOR, scope=place.area, by=asker)

    with pytest.raises(AskedAlready, match="waits for another administrator already"):
        ask(now=asked.ends_at - timedelta(seconds=1))
    ask(now=asked.ends_at)

    asked.refresh_from_db()
    assert (asked.ended_at, RoleRequest.objects.count()) == (asked.ends_at, 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("asker is no administrator", "is no administrator any more"),
        ("asker has left", "is no administrator any more"),
        ("member is leaving", "is leaving or has left"),
        ("account is closed", "is leaving or has left"),
    ],
)
def test_what_changed_between_the_two_steps_counts(
    place, member, asker, other, asked, change, says
):
    if change == "asker is no administrator":
        end_role(grant=RoleGrant.objects.get(user=asker), by=other, today=DAY)
    elif change == "member is leaving":
        Member.objects.filter(pk=member.pk).update(ended_on=NEXT_DAY)
    else:
        user = asker if change == "asker has left" else member.user
        user.is_active = False
        user.save()

    with pytest.raises(NoLongerAsked, match=says):
        confirm_role(request=asked, by=other, now=NOON)
    assert not RoleGrant.objects.filter(user=member.user).exists()


@pytest.mark.parametrize("who", ["asker", "other"])
def test_refuse_role_ends_it(asker, other, asked, who):
    by = {"asker": asker, "other": other}[who]

    refuse_role(request=asked, by=by, now=NOON)

    assert not RoleRequest.objects.waiting(now=NOON).exists()
    assert acts()[-1][:2] == (by.username, "role.refused")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_confirm_at_once_one_gives_it(place, member, other, asked):
    third = administrator(place, username="third.administrator")

    ends = race(
        *(partial(confirm_role, request=asked, by=by, now=NOON) for by in (other, third)),
        at=RoleRequest.objects.all(),
    )

    assert sorted(type(end).__name__ for end in ends) == ["NoLongerAsked", "RoleGrant"]
    assert RoleGrant.objects.filter(user=member.user).count() == 1
    assert [verb for _by, verb, _detail in acts()].count("role.granted") == 1


# Lent --------------------------------------------------------------------------------------


@pytest.fixture
def inspector(place):
    user = UserFactory(username="ruth.quillfeather")
    grant(user, INSPECTOR, place.area)
    return user


@pytest.fixture
def officer(place):
    user = UserFactory(username="beth.arkenside", language="cy")
    grant(user, OFFICER, place)
    return user


@pytest.fixture
def lend(place, officer, inspector):
    return partial(lend_role, neighbourhood=place, user=officer, by=inspector, now=NOON)


def test_lend_role_lets_an_officer_act_as_sergeant_and_ends_by_itself(
    place, officer, inspector, lend
):
    lent = lend(to_on=DAY + timedelta(days=13))

    lent.refresh_from_db()
    assert (lent.user, lent.role, lent.scope, lent.from_on, lent.to_on, lent.lent_by) == (
        (officer, "sergeant", place, DAY, date(2026, 3, 17), inspector)
    )
    held = RoleGrant.objects.reaching(place).filter(user=officer, role=SERGEANT)
    assert [held.on(day).exists() for day in (lent.to_on, lent.to_on + timedelta(days=1))] == [
        True,
        False,
    ]
    detail = {"user": officer.pk, "last_on": "2026-03-17"}
    assert acts() == [("ruth.quillfeather", "role.lent", detail)]
    assert mails() == [("teams.role_lent", user.email) for user in (officer, inspector)]


@pytest.mark.parametrize("days", [-1, 14])
def test_lend_role_for_fourteen_days_at_the_longest(lend, days):
    with pytest.raises(NotLent, match="within 14 days"):
        lend(to_on=DAY + timedelta(days=days))
    assert (RoleGrant.objects.lent().exists(), mails()) == (False, [])


def test_lend_role_to_an_officer_of_the_team_alone(place, officer, inspector, lend):
    elsewhere, left = UserFactory(), UserFactory(left=True)
    grant(elsewhere, OFFICER, NeighbourhoodFactory(force=place.force))
    grant(left, OFFICER, place)
    grant(inspector, OFFICER, place)
    lend(to_on=NEXT_DAY)

    for user in (elsewhere, left, inspector, officer):  # the last one holds it already
        with pytest.raises(NotLent, match="Choose somebody of this team"):
            lend(user=user, to_on=NEXT_DAY)


def test_take_back_role_ends_it_at_once_and_tells_both(place, officer, inspector, lend):
    lent = lend(to_on=NEXT_DAY)
    OutboxEntry.objects.all().delete()

    take_back_role(grant=lent, by=inspector, now=NOON)

    assert not RoleGrant.objects.lent().exists()
    assert mails() == [("teams.role_taken_back", user.email) for user in (officer, inspector)]
    assert acts()[-1] == ("ruth.quillfeather", "role.taken_back", {"user": officer.pk})


def test_a_role_that_is_lent_again_on_the_same_day_is_told_again(inspector, lend):
    take_back_role(grant=lend(to_on=NEXT_DAY), by=inspector, now=NOON)

    lend(to_on=NEXT_DAY)

    assert [kind for kind, _to in mails()].count("teams.role_lent") == 4
    assert Notice.objects.filter(kind=Notice.Kind.LENT).count() == 2


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_inspectors_who_lend_at_once_one_does(place, officer, inspector, lend):
    second = UserFactory()
    grant(second, INSPECTOR, place.area)

    ends = race(
        *(partial(lend, by=by, to_on=NEXT_DAY) for by in (inspector, second)),
        at=Neighbourhood.objects.filter(pk=place.pk),
    )

    assert sorted(type(end).__name__ for end in ends) == ["NotLent", "RoleGrant"]
    assert RoleGrant.objects.lent().count() == 1
