import pytest
from django.urls import reverse

from teams.models import Member
from tests.factories.neighbourhoods import ForceFactory
from tests.factories.teams import MemberFactory, PostingFactory, UnhidingFactory
from tests.teams.acting import ADMINISTRATOR, account, acting, client_of

pytestmark = pytest.mark.django_db
LEAD = "officer_safety_lead"


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path)


@pytest.fixture
def force():
    return ForceFactory(id="casterwell")


def url(name, force, *keys):
    pk = {"pk": keys[0]} if keys else {}
    return reverse(f"teams:{name}", kwargs={"force_id": force.pk, **pk})


def shown(client, force, **query):
    return [
        member.pk for member in client.get(url("force_safety_board", force), query).context["page"]
    ]


def is_hidden(member):
    return Member.objects.hidden().filter(pk=member.pk).exists()


def test_the_lead_sees_who_is_hidden_in_the_force_those_asked_for_first(force):
    MemberFactory(force=force)
    MemberFactory(hidden=True)
    quiet = MemberFactory(force=force, hidden=True, name="Ana Example")
    asked = MemberFactory(force=force, hidden=True, name="Zephyrine Oakcanary")
    UnhidingFactory(member=asked)

    assert shown(acting(LEAD, force), force) == [asked.pk, quiet.pk]


def test_anybody_of_the_force_is_found_by_name_or_reference(force):
    senior = PostingFactory(senior=True, member__force=force, member__name="Ana Example").member
    MemberFactory(force=force, name="Ana Left", left=True)

    assert shown(acting(LEAD, force), force, q="ana") == [senior.pk]
    assert shown(acting(LEAD, force), force, q=senior.reference) == [senior.pk]
    page = acting(LEAD, force).get(url("force_safety_board", force), {"q": "nobody\0"})
    assert "Nobody has that name or reference." in page.content.decode()


def test_nobody_is_hidden(force):
    page = acting(LEAD, force).get(url("force_safety_board", force))

    assert "Nobody is hidden." in page.content.decode()


def test_a_senior_officer_is_hidden_and_shown_again_by_two(force):
    member = PostingFactory(senior=True, member__force=force).member
    lead, second = client_of(account(LEAD, force)), client_of(account(LEAD, force))

    lead.post(url("force_member_hide", force, member.pk))
    assert is_hidden(member)
    lead.post(url("force_member_unhide", force, member.pk))
    lead.post(url("force_unhiding_confirm", force, member.pk))
    assert is_hidden(member)
    page = second.get(url("force_safety_board", force))
    assert url("force_unhiding_confirm", force, member.pk) in page.content.decode()

    second.post(url("force_unhiding_confirm", force, member.pk))
    assert not is_hidden(member)


def test_an_administrator_hides_and_cannot_show_again(force):
    member, client = MemberFactory(force=force), acting(ADMINISTRATOR, force)
    client.post(url("force_member_hide", force, member.pk))
    UnhidingFactory(member=member)

    page = client.get(url("force_safety_board", force)).content.decode()
    refused = client.post(url("force_unhiding_confirm", force, member.pk))

    assert url("force_unhiding_confirm", force, member.pk) not in page
    assert (refused.status_code, is_hidden(member)) == (403, True)


def test_people_of_another_force_are_not_found(force):
    other = MemberFactory(hidden=True)
    UnhidingFactory(member=other)
    client = acting(LEAD, force)

    pages = [
        client.post(url(name, force, other.pk))
        for name in ("force_member_hide", "force_member_unhide", "force_unhiding_confirm")
    ]

    assert [page.status_code for page in pages] == [404] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_same_of_the_database(force, rows, django_assert_num_queries):
    for _ in range(rows):
        UnhidingFactory(member=MemberFactory(force=force, hidden=True))
    client = acting(LEAD, force)

    with django_assert_num_queries(8):
        assert len(shown(client, force)) == rows
