import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from neighbourhoods.models import Neighbourhood, PolicingArea
from teams.access import (
    ENROLMENT_SESSION_KEY,
    enrolment_required,
    force_permission_required,
    forces_where,
    may_hold_area,
    neighbourhood_permission_required,
    neighbourhoods_where,
    permissions_by_force,
    permissions_over,
    publishes_alone,
    staff_required,
    writers_of,
)
from teams.permissions import ROLE_PERMISSIONS, Permission, Role
from teams.sessions import SessionStore
from tests.factories.neighbourhoods import (
    ForceFactory,
    NeighbourhoodFactory,
    PolicingAreaFactory,
)
from tests.factories.teams import PatrolUpdateFactory, PublishingTrustFactory, UserFactory
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    client_of,
    grant,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return NeighbourhoodFactory(in_area=True, force__id="casterwell", code="harkstow")


def request_of(user, **session):
    request = RequestFactory().get("/staff/")
    request.user, request.session = user, SessionStore()
    request.session.update(session)
    return request


@neighbourhood_permission_required(Permission.UPDATE_PUBLISH)
def publishing(request, neighbourhood):
    return HttpResponse(f"{neighbourhood.force_id} {neighbourhood.code}")


@force_permission_required(Permission.PEOPLE_MANAGE)
def managing(request, force):
    return HttpResponse(force.pk)


def publish(user, place):
    return publishing(request_of(user), **place.url_kwargs)


def manage(user, force):
    return managing(request_of(user), force_id=force.pk)


def test_anonymous_is_sent_to_sign_in_and_back(client, place):
    path = reverse("teams:neighbourhood_manage", kwargs=place.url_kwargs)

    for address in (path, "/staff/enrol/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (
            302,
            f"/staff/sign-in/?next={address}",
        )


def test_an_account_without_a_factor_is_told_what_it_needs(place):
    client = client_of(UserFactory())

    for address in ("/staff/", "/staff/enrol/", "/staff/recovery-codes/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, "/staff/enrol/needed/")
    assert client.get("/staff/enrol/needed/").status_code == 200


def test_a_session_that_began_with_an_invitation_is_sent_to_enrol(place):
    user = UserFactory()
    request = request_of(user, **{ENROLMENT_SESSION_KEY: user.pk})

    response = publishing(request, **place.url_kwargs)

    assert (response.status_code, response["Location"]) == (302, "/staff/enrol/")


def test_the_invitation_of_another_account_lets_nobody_enrol(place):
    request = request_of(UserFactory(), **{ENROLMENT_SESSION_KEY: UserFactory().pk})

    response = publishing(request, **place.url_kwargs)

    assert response["Location"] == "/staff/enrol/needed/"


def test_enrolment_is_for_who_came_by_an_invitation_and_has_no_factor_yet():
    view = enrolment_required(lambda request: HttpResponse("enrol"))
    new, enrolled = UserFactory(), UserFactory(enrolled=True)

    assert view(request_of(new, **{ENROLMENT_SESSION_KEY: new.pk})).content == b"enrol"
    assert view(request_of(new))["Location"] == "/staff/enrol/needed/"
    assert view(request_of(enrolled))["Location"] == "/staff/proof/?next=%2Fstaff%2F"


def test_a_staff_page_is_kept_by_no_cache():
    view = staff_required(lambda request: HttpResponse("staff"))

    response = view(request_of(UserFactory(enrolled=True)))

    assert (response.content, response["Cache-Control"]) == (b"staff", "private, no-store")


def test_a_view_says_which_permission_it_needs():
    assert publishing.required_permission == Permission.UPDATE_PUBLISH
    assert managing.required_permission == Permission.PEOPLE_MANAGE
    assert staff_required(lambda request: None).required_permission is None


def test_a_grant_reaches_its_neighbourhood_area_or_force(place):
    for role, over in ((SERGEANT, place), (INSPECTOR, place.area), (SERGEANT, place.force)):
        assert publish(account(role, over), place).content == b"casterwell harkstow"


def test_an_outsider_is_not_told_that_the_place_exists(place):
    neighbour = NeighbourhoodFactory(force=place.force)
    elsewhere = NeighbourhoodFactory(in_area=True, code=place.code)
    outsiders = [
        UserFactory(enrolled=True),
        account(SERGEANT, neighbour),
        account(SERGEANT, elsewhere),
        account(INSPECTOR, elsewhere.area),
        account(ADMINISTRATOR, elsewhere.force),
    ]

    for user in outsiders:
        with pytest.raises(Http404):
            publish(user, place)


def test_a_grant_over_an_area_reaches_the_places_of_the_areas_in_it(place):
    around = PolicingAreaFactory(force=place.force)
    beside = PolicingAreaFactory(force=place.force, parent=around)
    PolicingArea.objects.filter(pk=place.area.pk).update(parent=around)

    assert publish(account(INSPECTOR, around), place).status_code == 200
    with pytest.raises(PermissionDenied):
        publish(account(OFFICER, around), place)
    with pytest.raises(Http404):
        publish(account(INSPECTOR, beside), place)


def test_what_was_left_open_is_reached_by_those_who_have_the_successor(place):
    after = NeighbourhoodFactory(force=place.force, in_area=True)
    between = NeighbourhoodFactory(force=place.force, ended=True, successor=after)
    Neighbourhood.objects.filter(pk=place.pk).update(ended_on=today(-9), successor=between)
    stranger = account(SERGEANT, NeighbourhoodFactory(force=place.force))

    for user in (account(SERGEANT, place), account(SERGEANT, after), account(SERGEANT, after.area)):
        assert publish(user, place).status_code == 200
    for user, reached in ((account(SERGEANT, place), after), (stranger, place)):
        with pytest.raises(Http404):
            publish(user, reached)


def test_a_place_that_does_not_exist_answers_as_an_outsiders_does(place):
    request = request_of(account(SERGEANT, place))

    with pytest.raises(Http404):
        publishing(request, force_id="casterwell", neighbourhood_id="Harkstow")


def test_two_places_without_an_area_do_not_reach_each_other():
    place = NeighbourhoodFactory()

    assert publish(account(SERGEANT, place), place).status_code == 200
    with pytest.raises(Http404):
        publish(account(SERGEANT, NeighbourhoodFactory(force=place.force)), place)


def test_an_insider_whose_role_does_not_allow_it_is_told_so(place):
    for role, over in ((OFFICER, place), (OFFICER, place.area), (ADMINISTRATOR, place.force)):
        with pytest.raises(PermissionDenied):
            publish(account(role, over), place)


def test_of_several_grants_the_one_that_allows_it_counts(place):
    user = account(OFFICER, place)
    grant(user, INSPECTOR, place.area)

    assert publish(user, place).status_code == 200


@pytest.mark.parametrize(
    ("from_day", "to_day", "holds"),
    [(0, None, True), (-9, 0, True), (0, 0, True), (-9, -1, False), (1, None, False)],
)
def test_a_grant_holds_from_its_first_to_its_last_day(place, from_day, to_day, holds):
    user = UserFactory(enrolled=True)
    last = None if to_day is None else today(to_day)
    grant(user, SERGEANT, place, from_on=today(from_day), to_on=last)

    if holds:
        assert publish(user, place).status_code == 200
    else:
        with pytest.raises(Http404):
            publish(user, place)


def test_a_forces_people_are_managed_by_its_administrators(place):
    assert manage(account(ADMINISTRATOR, place.force), place.force).content == b"casterwell"
    with pytest.raises(PermissionDenied):
        manage(account(INSPECTOR, place.force), place.force)
    for user in (account(INSPECTOR, place.area), account(ADMINISTRATOR, ForceFactory())):
        with pytest.raises(Http404):
            manage(user, place.force)
    with pytest.raises(Http404):
        managing(request_of(account(ADMINISTRATOR, place.force)), force_id="brithell")


def test_permissions_over_a_place_are_those_of_all_grants_that_reach_it(place):
    user = account(OFFICER, place)
    grant(user, ADMINISTRATOR, place.force)
    grant(user, INSPECTOR, place, to_on=today(-1))

    expected = ROLE_PERMISSIONS[Role.OFFICER] | ROLE_PERMISSIONS[Role.FORCE_ADMINISTRATOR]
    assert permissions_over(user, place, on=today()) == expected
    assert permissions_over(UserFactory(), place, on=today()) == set()


def seen_by(user):
    where = neighbourhoods_where(user, Permission.NEIGHBOURHOOD_VIEW, on=today())
    return where.current(on=today())


def test_neighbourhoods_of_an_account_in_order_of_name(place):
    user = account(OFFICER, NeighbourhoodFactory(name="Zennock"))
    grant(user, INSPECTOR, place.area)
    other = NeighbourhoodFactory(name="Aldermere")
    grant(user, SERGEANT, other.force)
    grant(user, OFFICER, other)
    grant(user, OFFICER, NeighbourhoodFactory(ended=True, ended_on=today(-1)))
    grant(user, OFFICER, NeighbourhoodFactory(), to_on=today(-1))

    names = [found.name for found in seen_by(user)]

    assert names == ["Aldermere", place.name, "Zennock"]


def test_neighbourhoods_where_an_account_may_do_something(place):
    user = account(OFFICER, NeighbourhoodFactory())
    grant(user, INSPECTOR, place.area)

    found = neighbourhoods_where(user, Permission.UPDATE_PUBLISH, on=today())

    assert list(found) == [place]


def test_neighbourhoods_of_the_areas_in_an_area_and_those_that_ended_with_work_left(place):
    around = PolicingAreaFactory(force=place.force)
    PolicingArea.objects.filter(pk=place.area.pk).update(parent=around)
    ended = NeighbourhoodFactory(name="Zennock", ended=True, ended_on=today(-1), successor=place)
    NeighbourhoodFactory(name="Yarl", area=place.area, dark=True)
    user = account(INSPECTOR, around)

    assert list(seen_by(user)) == [place]
    assert list(neighbourhoods_where(user, Permission.UPDATE_PUBLISH, on=today())) == [place, ended]


def test_forces_where_an_account_has_a_permission(place):
    user = account(ADMINISTRATOR, place.force)
    grant(user, INSPECTOR, ForceFactory())
    grant(user, ADMINISTRATOR, ForceFactory(), to_on=today(-1))

    assert list(forces_where(user, Permission.PEOPLE_MANAGE, on=today())) == [place.force]


def test_permissions_by_force_are_those_of_all_its_roles(place):
    user = account(ADMINISTRATOR, place.force)
    grant(user, "translator", place.force)
    grant(user, INSPECTOR, ForceFactory())
    grant(user, SERGEANT, place)

    (administered, may), (inspected, _all) = sorted(
        permissions_by_force(user, on=today()), key=lambda found: found[0] != place.force
    )

    assert (administered, inspected) == (place.force, user.role_grants.all()[2].force)
    assert {Permission.PEOPLE_MANAGE, Permission.TEXT_TRANSLATE} <= may
    assert Permission.UPDATE_PUBLISH not in may


def test_access_costs_three_queries_however_many_grants(place, django_assert_num_queries):
    user = account(SERGEANT, place)
    for _ in range(3):
        with django_assert_num_queries(3):  # factor, place, roles
            publish(user, place)
        grant(user, OFFICER, NeighbourhoodFactory())


def test_lists_of_places_cost_one_query(place, django_assert_num_queries):
    user = account(INSPECTOR, place.area)

    with django_assert_num_queries(1):
        assert [found.force for found in seen_by(user)] == [place.force]
    with django_assert_num_queries(1):
        permissions_over(user, place, on=today())


def test_publishes_alone_whom_the_sergeant_trusts_with_what_needs_no_second_person(place):
    user = account(OFFICER, place)
    patrol = PatrolUpdateFactory(neighbourhood=place)
    appeal = PatrolUpdateFactory(neighbourhood=place, appeal=True)
    assert not publishes_alone(user, patrol, on=today())

    PublishingTrustFactory(user=user, neighbourhood=place)

    assert publishes_alone(user, patrol, on=today())
    assert not publishes_alone(user, appeal, on=today())


def test_trust_counts_only_with_a_role_that_writes(place):
    trust = PublishingTrustFactory(neighbourhood=place)

    assert not publishes_alone(trust.user, PatrolUpdateFactory(neighbourhood=place), on=today())


def test_writers_are_those_who_need_a_second_person(place):
    officer, both = account(OFFICER, place), account(OFFICER, place)
    grant(both, SERGEANT, place)
    grant(account(OFFICER, NeighbourhoodFactory()), INSPECTOR, place)

    assert list(writers_of(place, on=today())) == [officer]


def test_only_a_grant_over_the_area_holds_the_area(place):
    inspector, wide = account(INSPECTOR, place), account(INSPECTOR, place.area)

    assert not may_hold_area(inspector, place, on=today())
    assert may_hold_area(wide, place, on=today())
    assert not may_hold_area(wide, NeighbourhoodFactory(), on=today())
