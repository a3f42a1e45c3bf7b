from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import OutboxEntry
from teams.models import Notice, RoleGrant, RoleRequest
from teams.news import role_lent, role_taken_back
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    MemberFactory,
    NoticeFactory,
    RoleGrantFactory,
    RoleRequestFactory,
    UserFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    client_of,
    errors_of,
    grant,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        in_area=True, force__id="casterwell", code="harkstow", name="Harkstow"
    )


@pytest.fixture
def member(place):
    return MemberFactory(force=place.force, with_account=True)


@pytest.fixture
def asker(place):
    return account(ADMINISTRATOR, place.force)


@pytest.fixture
def inspector(place):
    return account(INSPECTOR, place.area, name="Ruth Quillfeather")


@pytest.fixture
def officer(place):
    return account(OFFICER, place, name="Beth Arkenside")


def url(name, force, **more):
    return reverse(f"teams:{name}", kwargs={"force_id": force.pk, **more})


def at(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def typed(day):
    return day.strftime("%d %m %Y")


def says(client, path):
    return [str(message) for message in client.get(path).context["messages"]]


def waiting(place, **people):
    return RoleRequestFactory(neighbourhood=place, asked_at=timezone.now(), **people)


def test_an_administrator_gives_a_role_at_once(place, member, asker):
    client = client_of(asker)

    client.post(
        url("role_grant", place.force, pk=member.pk), {"role": SERGEANT, "neighbourhood": place.pk}
    )

    given = RoleGrant.objects.get(user=member.user)
    assert (given.role, given.scope, given.from_on, given.granted_by) == (
        ("sergeant", place, today(), asker)
    )


@pytest.mark.parametrize("role", ["officer_safety_lead", "force_administrator"])
def test_a_high_role_of_the_force_is_asked_for_and_confirmed_by_another(place, member, asker, role):
    client, path = client_of(asker), url("role_grant", place.force, pk=member.pk)
    page = url("role_request_list", place.force)

    client.post(path, {"role": role})
    assert says(client, page) == ["Asked. Another administrator has to confirm it within 7 days."]
    again = client.post(path, {"role": role})
    asked = RoleRequest.objects.get()
    assert errors_of(again) == {"role": ["This waits for another administrator already."]}
    assert RoleGrant.objects.filter(user=member.user).count() == 0

    client.post(url("role_request_confirm", place.force, pk=asked.pk))
    assert says(client, page) == ["Another administrator has to confirm it: neither of you two."]
    other = client_of(account(ADMINISTRATOR, place.force))
    other.post(url("role_request_confirm", place.force, pk=asked.pk))
    assert says(other, page) == ["Given. The role holds from now on."]
    assert RoleGrant.objects.get(user=member.user).scope == place.force


def test_a_role_of_the_whole_force_takes_no_place(place, member, asker):
    wrong = client_of(asker).post(
        url("role_grant", place.force, pk=member.pk),
        {"role": "officer_safety_lead", "neighbourhood": place.pk},
    )

    assert errors_of(wrong) == {"neighbourhood": ["This role is over the whole force"]}


def test_the_list_offers_each_administrator_what_they_may_do(place, member, asker):
    asked = waiting(place, user=member.user, asked_by=asker)
    grant(member.user, ADMINISTRATOR, place.force)
    member.user.authenticator_set.create(type="totp", data={"secret": "x"})
    page = url("role_request_list", place.force)
    confirm = url("role_request_confirm", place.force, pk=asked.pk)
    refuse = url("role_request_refuse", place.force, pk=asked.pk)

    seen = {
        name: client_of(user).get(page).content.decode()
        for name, user in [
            ("asker", asker),
            ("beneficiary", member.user),
            ("other", account(ADMINISTRATOR, place.force)),
        ]
    }

    offered = {name: (confirm in text, refuse in text) for name, text in seen.items()}
    assert offered == {
        "asker": (False, True),
        "beneficiary": (False, False),
        "other": (True, True),
    }


def test_a_refused_request_is_gone(place, member, asker):
    asked, client = waiting(place, user=member.user, asked_by=asker), client_of(asker)

    client.post(url("role_request_refuse", place.force, pk=asked.pk))

    page = client.get(url("role_request_list", place.force))
    assert [str(message) for message in page.context["messages"]] == [
        "Refused. The role is not given."
    ]
    assert "No role waits to be confirmed." in page.content.decode()


def test_the_page_of_a_member_says_what_is_asked_for_and_lent(place, member, asker, inspector):
    waiting(place, user=member.user, asked_by=asker)
    RoleGrantFactory(
        user=member.user, neighbourhood=place, lent=True, lent_by=inspector, from_on=today()
    )

    page = client_of(asker).get(url("member_manage", place.force, pk=member.pk)).content.decode()

    assert "Waits for another administrator" in page
    assert "Lent by Ruth Quillfeather until" in page


def test_requests_of_another_force_are_not_found(place, asker):
    asked = waiting(NeighbourhoodFactory())

    response = client_of(asker).post(url("role_request_confirm", place.force, pk=asked.pk))

    assert response.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_requests_asks_the_same_of_the_database(
    place, asker, django_assert_num_queries, rows
):
    for _ in range(rows):
        waiting(place)
    client = client_of(asker)

    with django_assert_num_queries(6):
        client.get(url("role_request_list", place.force))


def test_an_inspector_lends_the_sergeants_role_and_takes_it_back(place, inspector, officer):
    client, path = client_of(inspector), at("role_lend", place)
    manage = client_of(officer)
    assert manage.get(at("trust_list", place)).status_code == 403

    client.post(path, {"user": officer.pk, "to_on": typed(today(13))})

    lent = RoleGrant.objects.lent().get()
    page = client.get(path)
    assert [str(message) for message in page.context["messages"]] == [
        "Lent. Both of you are told by mail."
    ]
    assert "Lent to Beth Arkenside" in page.content.decode()
    assert manage.get(at("trust_list", place)).status_code == 200
    assert "Beth Arkenside holds the sergeant’s role until" in (
        manage.get(at("neighbourhood_manage", place)).content.decode()
    )

    client.post(at("role_take_back", place, pk=lent.pk))
    assert says(client, path) == ["The role has ended. Both of you are told by mail."]
    assert manage.get(at("trust_list", place)).status_code == 403


def test_whoever_it_is_lent_to_cannot_lend_it_on(place, officer):
    RoleGrantFactory(user=officer, neighbourhood=place, lent=True, from_on=today())
    other = account(OFFICER, place)

    response = client_of(officer).post(
        at("role_lend", place), {"user": other.pk, "to_on": typed(today())}
    )

    assert response.status_code == 403
    assert RoleGrant.objects.lent().count() == 1


def test_lending_names_what_is_wrong(place, inspector, officer):
    client, path = client_of(inspector), at("role_lend", place)

    nothing = client.post(path, {"to_on": ""})
    too_long = client.post(path, {"user": officer.pk, "to_on": typed(today(14))})
    stranger = client.post(path, {"user": UserFactory().pk, "to_on": typed(today())})

    assert errors_of(nothing) == {
        "user": ["Choose who acts as sergeant"],
        "to_on": ["Enter the last day"],
    }
    assert errors_of(too_long) == {"to_on": ["The last day must be within 14 days"]}
    assert errors_of(stranger) == {"user": ["Choose a person from the list"]}
    assert not OutboxEntry.objects.exists()


def test_a_role_that_was_not_lent_is_not_taken_back_here(place, inspector):
    own = grant(UserFactory(), SERGEANT, place)

    assert client_of(inspector).post(at("role_take_back", place, pk=own.pk)).status_code == 404


# What both are told ------------------------------------------------------------------------


def told(word, notice, now=None):
    return word(notice.pk, language="en-gb", now=now or timezone.now())


def notice(place, user, kind=Notice.Kind.LENT):
    return NoticeFactory(kind=kind, neighbourhood=place, user=user, about_on=today())


def test_both_are_told_of_a_role_that_is_lent(place, inspector, officer):
    lent = RoleGrantFactory(
        user=officer, neighbourhood=place, lent=True, lent_by=inspector, from_on=today()
    )

    to_officer, to_inspector = (
        told(role_lent, notice(place, user)) for user in (officer, inspector)
    )

    assert to_officer.title == to_inspector.title == "Sergeant's role lent: Harkstow"
    assert to_officer.text.startswith("The sergeant's role is lent to you. It ends by itself on")
    assert to_inspector.text.startswith("You lent the sergeant's role to somebody of this team.")
    assert f"{lent.to_on.day} " in to_officer.text


def test_nobody_is_told_of_a_role_that_is_no_longer_lent(place, officer):
    about = notice(place, officer)
    later = timezone.now() + timedelta(days=20)

    assert told(role_lent, about) is None
    RoleGrantFactory(user=officer, neighbourhood=place, lent=True, from_on=today())
    assert told(role_lent, about, now=later) is None
    assert role_lent(0, language="en-gb", now=timezone.now()) is None


def test_both_are_told_that_it_ended_early_unless_it_is_lent_again(place, officer):
    about = notice(place, officer, Notice.Kind.TAKEN_BACK)

    assert told(role_taken_back, about).title == "Sergeant's role no longer lent: Harkstow"
    RoleGrantFactory(user=officer, neighbourhood=place, lent=True, from_on=today())
    assert told(role_taken_back, about) is None
    assert role_taken_back(0, language="en-gb", now=timezone.now()) is None
