import pytest
from django.urls import reverse

from teams.models import Member, RoleGrant, Unhiding
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    CoverFactory,
    MemberFactory,
    PostingFactory,
    UnhidingFactory,
    UserFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    account,
    acting,
    client_of,
    errors_of,
)

pytestmark = pytest.mark.django_db
LEAD = RoleGrant.Role.OFFICER_SAFETY_LEAD
POSTS = ["member_hide", "member_unhide", "unhiding_confirm"]


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow", name="Harkstow")


@pytest.fixture
def member(place):
    return PostingFactory(neighbourhood=place, member__name="Zephyrine Oakcanary").member


def url(name, place, *keys):
    pk = {"pk": keys[0]} if keys else {}
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **pk})


def said(response):
    return [str(message) for message in response.context["messages"]]


def is_hidden(member):
    return Member.objects.hidden().filter(pk=member.pk).exists()


def test_an_outsider_is_told_nothing(place, member):
    outsider = acting(INSPECTOR, NeighbourhoodFactory(force=place.force))

    pages = [
        outsider.get(url("safety_board", place)),
        outsider.get(url("first_name_set", place, member.pk)),
        *(outsider.post(url(name, place, member.pk)) for name in POSTS),
    ]

    assert [page.status_code for page in pages] == [404] * 5
    assert not is_hidden(member)


@pytest.mark.parametrize(
    ("role", "board", "confirm", "shorten"),
    [
        (OFFICER, 403, 403, 403),
        (SERGEANT, 200, 403, 403),
        (INSPECTOR, 200, 404, 200),
        (LEAD, 200, 404, 403),
        (ADMINISTRATOR, 200, 403, 403),
    ],
)
def test_each_role_does_what_it_may(place, member, role, board, confirm, shorten):
    client = acting(role, place.force if role in (LEAD, ADMINISTRATOR) else place)

    assert client.get(url("safety_board", place)).status_code == board
    assert client.post(url("unhiding_confirm", place, member.pk)).status_code == confirm
    assert client.get(url("first_name_set", place, member.pk)).status_code == shorten


def test_buttons_are_pressed_not_followed(place, member):
    client = acting(INSPECTOR, place)

    assert [client.get(url(name, place, member.pk)).status_code for name in POSTS] == [405] * 3
    assert client.get(reverse("teams:own_name_hide")).status_code == 405


def test_a_sergeant_hides_with_one_press(place, member):
    response = acting(SERGEANT, place).post(url("member_hide", place, member.pk), follow=True)

    assert said(response) == ["Hidden. Nobody can read the name any more."]
    assert is_hidden(member)
    assert b"PC Zephyrine Oakcanary" in response.content  # staff still know who it is


def test_nobody_of_another_team_is_hidden_from_here(place):
    elsewhere = PostingFactory().member

    response = acting(SERGEANT, place).post(url("member_hide", place, elsewhere.pk))

    assert (response.status_code, is_hidden(elsewhere)) == (404, False)


def test_whoever_covers_can_be_hidden_too(place):
    cover = CoverFactory(neighbourhood=place)

    acting(SERGEANT, place).post(url("member_hide", place, cover.member.pk))

    assert is_hidden(cover.member)


def test_anybody_hides_their_own_name_without_a_role(member):
    member.user = UserFactory(enrolled=True)
    member.save()
    client = client_of(member.user)
    assert b"Hide my name now" in client.get(reverse("reports:staff_home")).content

    response = client.post(reverse("teams:own_name_hide"), follow=True)

    assert said(response) == ["Your name is hidden. Nobody can read it any more."]
    assert is_hidden(member)
    assert b"Hide my name now" not in response.content


def test_an_account_of_nobody_in_a_team_has_no_name_to_hide(place):
    assert acting(OFFICER, place).post(reverse("teams:own_name_hide")).status_code == 404


def test_hiding_ones_own_name_needs_a_second_factor(member):
    member.user = UserFactory()
    member.save()

    response = client_of(member.user).post(reverse("teams:own_name_hide"))

    assert (response.status_code, is_hidden(member)) == (302, False)


def test_one_asks_and_another_confirms(place, member):
    hidden = url("member_hide", place, member.pk)
    sergeant, inspector = acting(SERGEANT, place), acting(INSPECTOR, place)
    sergeant.post(hidden)

    asked = sergeant.post(url("member_unhide", place, member.pk), follow=True)
    assert said(asked)[1:] == ["Asked. An inspector or the officer-safety lead has to confirm it."]
    assert b"Somebody has asked to show the name again." in asked.content
    done = inspector.post(url("unhiding_confirm", place, member.pk), follow=True)

    assert said(done) == ["Residents can read the name again."]
    assert not is_hidden(member)


def test_an_inspector_does_not_confirm_what_they_asked_for(place, member):
    inspector = acting(INSPECTOR, place)
    inspector.post(url("member_hide", place, member.pk))
    asked = inspector.post(url("member_unhide", place, member.pk), follow=True)
    assert b"Confirm: show" not in asked.content

    refused = inspector.post(url("unhiding_confirm", place, member.pk), follow=True)

    assert said(refused) == ["Another person has to confirm it."]
    assert is_hidden(member)


def test_asking_for_who_is_not_hidden_is_refused(place, member):
    response = acting(SERGEANT, place).post(url("member_unhide", place, member.pk), follow=True)

    assert said(response) == ["This person is not hidden."]
    assert Unhiding.objects.count() == 0


def test_an_inspector_shortens_a_name_and_staff_read_why(place, member):
    inspector = acting(INSPECTOR, place)

    page = inspector.post(
        url("first_name_set", place, member.pk), {"reason": "A threat in May."}, follow=True
    )

    assert said(page) == ["Saved. Residents see it as it is now."]
    assert b"Residents read PC Zephyrine. A threat in May." in b" ".join(page.content.split())


def test_a_surname_in_the_words_about_them_is_named(place, member):
    Member.objects.filter(pk=member.pk).update(bio="Oakcanary sails.")

    response = acting(INSPECTOR, place).post(
        url("first_name_set", place, member.pk), {"reason": "A threat."}
    )

    assert errors_of(response) == {
        "reason": ["Take the surname out of the words about them first."]
    }


@pytest.mark.parametrize("number", [1, 3])
def test_the_board_asks_the_same_of_one_and_of_three(place, number, django_assert_num_queries):
    for _ in range(number):
        PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force))
    UnhidingFactory(member=Member.objects.first())
    client = client_of(account(INSPECTOR, place))
    client.get(url("safety_board", place))

    with django_assert_num_queries(7):
        client.get(url("safety_board", place))
