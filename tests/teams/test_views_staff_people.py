from datetime import timedelta

import pytest
from django.urls import reverse

from neighbourhoods.models import OutboxEntry
from teams.models import Member, Posting, RoleGrant
from teams.queries import PostState, named_officer
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
    RoleGrantFactory,
    UserFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    account,
    acting,
    client_of,
    errors_of,
    grant,
    today,
)

pytestmark = pytest.mark.django_db
OF_A_MEMBER = [
    "member_manage",
    "member_change",
    "member_routes_set",
    "member_invite",
    "member_end",
    "posting_add",
    "role_grant",
]
PERSON = {"name": "Tamsin Quillow", "reference": "CW-0417", "role": "pcso"}


@pytest.fixture
def force():
    return ForceFactory(id="casterwell")


@pytest.fixture
def member(force):
    return MemberFactory(force=force, reference="CW-0001")


@pytest.fixture
def client(force):
    return acting(ADMINISTRATOR, force)


def url(name, force, **more):
    return reverse(f"teams:{name}", kwargs={"force_id": force.pk, **more})


def of(name, member, **more):
    return url(name, member.force, pk=member.pk, **more)


def typed(day):
    return day.strftime("%d %m %Y")


def banner(client, member):
    page = client.get(of("member_manage", member))
    return [str(message) for message in page.context["messages"]]


def addresses(member):
    """Every page of a force's people, as (method, path)."""
    posting, granted = PostingFactory(member=member), RoleGrantFactory(user=UserFactory())
    return [
        ("get", url("member_list", member.force)),
        ("get", url("member_add", member.force)),
        *(("get", of(name, member)) for name in OF_A_MEMBER),
        ("get", of("posting_end", member, posting_pk=posting.pk)),
        ("post", of("role_end", member, grant_pk=granted.pk)),
    ]


def statuses(client, member):
    return {getattr(client, method)(path).status_code for method, path in addresses(member)}


def test_an_outsider_is_told_nothing(member):
    place = NeighbourhoodFactory(force=member.force)

    assert statuses(acting(ADMINISTRATOR, ForceFactory()), member) == {404}
    assert statuses(acting(INSPECTOR, place), member) == {404}


def test_an_insider_without_the_role_is_refused(member):
    assert statuses(acting(INSPECTOR, member.force), member) == {403}


def test_a_member_is_found_in_their_own_force_only(client, force):
    other = MemberFactory(with_account=True)
    posting = PostingFactory(member=other)
    granted = RoleGrantFactory(user=other.user)

    pages = [client.get(url(name, force, pk=other.pk)) for name in OF_A_MEMBER]
    pages += [
        client.get(url("posting_end", force, pk=other.pk, posting_pk=posting.pk)),
        client.post(url("role_end", force, pk=other.pk, grant_pk=granted.pk)),
    ]

    assert {page.status_code for page in pages} == {404}


def test_what_changes_something_is_a_post_and_what_is_read_is_none(client, member):
    granted = RoleGrantFactory(user=UserFactory())

    response = client.get(of("role_end", member, grant_pk=granted.pk))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert client.post(url("member_list", member.force)).status_code == 405
    assert client.post(of("member_manage", member)).status_code == 405


def test_member_list_costs_the_same_for_one_and_three(client, force, django_assert_num_queries):
    for rows in (1, 3):
        while force.members.count() < rows:
            MemberFactory(force=force, with_account=True)
        with django_assert_num_queries(7):
            page = client.get(url("member_list", force))
        assert len(page.context["page"].object_list) == rows


def test_member_list_finds_by_name_or_reference(client, force):
    ana = MemberFactory(force=force, name="Ana Example", reference="CW-1")
    bryn = MemberFactory(force=force, name="Bryn Example", reference="CW-12")
    MemberFactory(force=force, name="Ana Left", left=True)
    MemberFactory(name="Ana Elsewhere")

    def found(words):
        page = client.get(url("member_list", force), {"q": words})
        return list(page.context["page"].object_list)

    assert [found(words) for words in ("ana", " cw-1 ", "example", "\0", "zz")] == [
        [ana],
        [ana],
        [ana, bryn],
        [ana, bryn],
        [],
    ]


def test_member_list_says_that_it_is_empty(client, force):
    empty = client.get(url("member_list", force)).content.decode()
    nobody = client.get(url("member_list", force), {"q": "x"}).content.decode()

    assert "Nobody has been added yet." in empty
    assert "Nobody has that name or reference." in nobody


def test_member_list_has_pages_of_fifty(client, force):
    MemberFactory.create_batch(51, force=force)

    sizes = [
        len(client.get(url("member_list", force), {"page": page}).context["page"].object_list)
        for page in ("1", "2", "99", "x")
    ]

    assert sizes == [50, 1, 1, 50]


def test_member_add(client, force):
    assert client.get(url("member_add", force)).status_code == 200

    response = client.post(url("member_add", force), PERSON)

    member = Member.objects.get()
    assert (member.force, member.title, member.reference) == (
        force,
        "PCSO Tamsin Quillow",
        "CW-0417",
    )
    assert response["Location"] == of("member_manage", member)
    assert banner(client, member) == ["Added. Now put them into a team."]


def test_whoever_has_just_arrived_is_reached_through_the_team_until_the_day(client, force):
    place = NeighbourhoodFactory(force=force)
    later = today(2)
    client.post(url("member_add", force), PERSON | {"visible_from": f"{later:%d %m %Y}"})
    member = Member.objects.get()
    NamedContactFactory(
        neighbourhood=place, posting=PostingFactory(neighbourhood=place, member=member)
    )

    assert member.visible_from == later
    assert named_officer(place, later - timedelta(days=1)).state == PostState.TEAM
    assert named_officer(place, later).member == member
    home = client.get(f"/areas/{force.pk}/{place.code}/team/").content.decode()
    assert "Contact the team." in home
    assert member.name not in home

    client.post(of("member_change", member), PERSON)
    member.refresh_from_db()
    assert member.visible_from is None


def test_member_add_names_what_is_wrong_and_saves_nothing(client, member):
    wrong = client.post(url("member_add", member.force), {"role": "police_officer"})
    taken = client.post(url("member_add", member.force), PERSON | {"reference": "CW-0001"})

    assert errors_of(wrong) == {
        "name": ["Enter a name"],
        "reference": ["Enter a reference"],
        "rank": ["Choose the officer's rank"],
    }
    assert errors_of(taken) == {"reference": ["Another person has this reference."]}
    assert Member.objects.get() == member


def test_member_manage_shows_what_holds_now_and_later(client, force):
    member = MemberFactory(force=force, with_account=True)
    posting = PostingFactory(member=member, neighbourhood__force=force)
    senior = PostingFactory(member=member, neighbourhood=None, from_on=today(3))
    PostingFactory(member=member, neighbourhood__force=force, ended=True)
    granted = grant(member.user, INSPECTOR, posting.neighbourhood)
    grant(member.user, INSPECTOR, force, to_on=today(-1))
    route = ContactRouteFactory(of_member=True, member=member)

    page = client.get(of("member_manage", member))

    assert page.status_code == 200
    assert [list(page.context[name]) for name in ("postings", "grants", "routes")] == [
        [posting, senior],
        [granted],
        [route],
    ]


def test_member_manage_costs_the_same_for_one_and_three(client, force, django_assert_num_queries):
    member = MemberFactory(force=force, with_account=True)
    kinds = ["email", "telephone", "mobile"]
    for rows in (1, 3):
        while (done := member.postings.count()) < rows:
            posting = PostingFactory(member=member, neighbourhood__force=force)
            grant(member.user, INSPECTOR, posting.neighbourhood)
            ContactRouteFactory(of_member=True, member=member, kind=kinds[done])
        with django_assert_num_queries(11):
            page = client.get(of("member_manage", member))
        assert len(page.context["grants"]) == rows


def test_member_manage_offers_nobody_their_own_roles(force):
    user = account(ADMINISTRATOR, force)
    own = MemberFactory(force=force, user=user)

    page = client_of(user).get(of("member_manage", own)).content.decode()

    assert [of(name, own) in page for name in ("role_grant", "member_end")] == [False, False]


def test_member_change(client, member):
    assert b"CW-0001" in client.get(of("member_change", member)).content

    response = client.post(of("member_change", member), PERSON)

    member.refresh_from_db()
    assert response["Location"] == of("member_manage", member)
    assert banner(client, member) == ["Saved."]
    assert (member.title, member.reference) == ("PCSO Tamsin Quillow", "CW-0417")


def test_member_change_names_what_is_wrong_and_saves_nothing(client, member):
    MemberFactory(force=member.force, reference="CW-0417")

    taken = client.post(of("member_change", member), PERSON)
    wrong = client.post(of("member_change", member), PERSON | {"rank": "sergeant"})

    assert errors_of(taken) == {"reference": ["Another person has this reference."]}
    says = "Only police officers and special constables hold a rank"
    assert errors_of(wrong) == {"rank": [says]}
    member.refresh_from_db()
    assert (member.role, member.reference) == ("police_officer", "CW-0001")


def test_member_routes_set(client, member):
    ContactRouteFactory(of_member=True, member=member, value="old@example.org")
    assert b"old@example.org" in client.get(of("member_routes_set", member)).content

    client.post(of("member_routes_set", member), {"email": "new@example.org"})

    assert banner(client, member) == ["Saved."]
    assert member.contact_routes.values_list("kind", "value").get() == ("email", "new@example.org")


def test_member_routes_set_names_what_is_wrong_and_saves_nothing(client, member):
    response = client.post(of("member_routes_set", member), {"email": "new", "web": "x y"})

    assert errors_of(response) == {
        "email": ["Enter an email address like name@example.com"],
        "web": ["Enter a web address that begins with https://"],
    }
    assert member.contact_routes.count() == 0


def test_member_invite(client, member):
    assert client.get(of("member_invite", member)).status_code == 200

    client.post(of("member_invite", member), {"email": "t@example.org", "language": "cy"})

    member.refresh_from_db()
    assert banner(client, member) == ["The link is on its way. It works once, for 3 days."]
    assert (member.user.email, member.user.language) == ("t@example.org", "cy")
    assert OutboxEntry.objects.get().to == "t@example.org"


def test_member_invite_offers_the_address_of_the_account(client, force):
    member = MemberFactory(force=force, user=UserFactory(email="known@example.org"))

    assert b"known@example.org" in client.get(of("member_invite", member)).content


def test_member_invite_names_what_is_wrong_and_mails_nothing(client, member):
    UserFactory(email="taken@example.org")
    path = of("member_invite", member)

    taken = client.post(path, {"email": "Taken@example.org", "language": "cy"})
    wrong = client.post(path, {"email": "t", "language": ""})
    Member.objects.update(ended_on=today(-1))
    left = client.post(path, {"email": "t@example.org", "language": "cy"})

    assert [errors_of(page) for page in (taken, wrong, left)] == [
        {"email": ["Another account has this email address."]},
        {
            "email": ["Enter an email address like name@example.com"],
            "language": ["Choose a language"],
        },
        {"email": ["This person has left the force, so no link can be sent."]},
    ]
    assert OutboxEntry.objects.count() == 0


def test_posting_add(client, member):
    place = NeighbourhoodFactory(force=member.force)
    assert typed(today()).encode() in client.get(of("posting_add", member)).content

    client.post(
        of("posting_add", member),
        {"neighbourhood": place.pk, "from_on": typed(today(2)), "lead": "on"},
    )

    assert banner(client, member) == ["Saved."]
    assert Posting.objects.values_list("member", "neighbourhood", "from_on", "lead").get() == (
        member.pk,
        place.pk,
        today(2),
        True,
    )


def test_posting_add_names_what_is_wrong_and_saves_nothing(client, member):
    posting = PostingFactory(member=member, neighbourhood__force=member.force)
    again = {"neighbourhood": posting.neighbourhood_id, "from_on": typed(today())}

    twice = client.post(of("posting_add", member), again)
    wrong = client.post(of("posting_add", member), {"neighbourhood": "", "from_on": "x"})

    assert errors_of(twice) == {"neighbourhood": ["They are in that team already."]}
    assert errors_of(wrong) == {
        "neighbourhood": ["Choose a neighbourhood"],
        "from_on": ["Enter a real day, like 27 11 2026"],
    }
    assert Posting.objects.get() == posting


def test_posting_end(client, member):
    posting = PostingFactory(member=member, neighbourhood__force=member.force)
    path = of("posting_end", member, posting_pk=posting.pk)
    assert client.get(path).status_code == 200

    wrong = client.post(path, {"last_on": ""})
    client.post(path, {"last_on": typed(today(5))})

    assert errors_of(wrong) == {"last_on": ["Enter the last day"]}
    assert banner(client, member) == ["Saved."]
    assert Posting.objects.get().to_on == today(5)


def test_member_end(client, force):
    member = MemberFactory(force=force, user=UserFactory(enrolled=True))
    elsewhere = client_of(member.user)
    assert elsewhere.get("/staff/").status_code == 200

    client.post(of("member_end", member), {"last_on": typed(today(-1))})

    member.refresh_from_db()
    assert (member.ended_on, banner(client, member)) == (today(-1), ["Saved."])
    assert elsewhere.get("/staff/").status_code == 302


def test_member_end_names_what_is_wrong_and_ends_nobody(force):
    user = account(ADMINISTRATOR, force)
    own, other = MemberFactory(force=force, user=user), MemberFactory(force=force)
    client = client_of(user)

    wrong = client.post(of("member_end", other), {"last_on": "30 2 2026"})
    oneself = client.post(of("member_end", own), {"last_on": typed(today())})

    assert errors_of(wrong) == {"last_on": ["Enter a real day, like 27 11 2026"]}
    says = "Nobody changes their own roles. Ask another administrator."
    assert errors_of(oneself) == {"last_on": [says]}
    assert not Member.objects.filter(ended_on__isnull=False).exists()


def test_role_grant(client, force):
    member = MemberFactory(force=force, with_account=True)
    place = NeighbourhoodFactory(force=force)
    assert client.get(of("role_grant", member)).status_code == 200

    client.post(of("role_grant", member), {"role": "sergeant", "neighbourhood": place.pk})

    granted = RoleGrant.objects.get(user=member.user)
    assert (granted.role, granted.scope, granted.from_on) == ("sergeant", place, today())
    assert banner(client, member) == ["Saved."]


def test_role_grant_names_what_is_wrong_and_gives_nothing(client, member):
    place = NeighbourhoodFactory(force=member.force)

    no_account = client.post(
        of("role_grant", member), {"role": "officer", "neighbourhood": place.pk}
    )
    wrong = client.post(of("role_grant", member), {"role": "officer"})

    assert errors_of(no_account) == {"role": ["Invite them to sign in first."]}
    assert errors_of(wrong) == {"neighbourhood": ["Choose a neighbourhood or a policing area"]}
    assert RoleGrant.objects.exclude(role=ADMINISTRATOR).count() == 0


def test_role_end_takes_effect_at_the_next_click(client, force):
    user = account(INSPECTOR, place := NeighbourhoodFactory(force=force))
    member, elsewhere = MemberFactory(force=force, user=user), client_of(user)
    page = reverse("teams:neighbourhood_manage", kwargs=place.url_kwargs)
    assert elsewhere.get(page).status_code == 200

    response = client.post(of("role_end", member, grant_pk=user.role_grants.get().pk))

    assert response["Location"] == of("member_manage", member)
    assert banner(client, member) == ["The role has ended."]
    assert elsewhere.get(page).status_code == 404


def test_role_end_of_ones_own_is_refused(force):
    user = account(ADMINISTRATOR, force)
    own, client = MemberFactory(force=force, user=user), client_of(user)

    client.post(of("role_end", own, grant_pk=user.role_grants.get().pk))

    assert banner(client, own) == ["Nobody changes their own roles. Ask another administrator."]
    assert user.role_grants.get().to_on is None


def test_role_end_of_somebody_elses_grant_is_not_found(client, force):
    member = MemberFactory(force=force, with_account=True)
    other = RoleGrantFactory()

    assert client.post(of("role_end", member, grant_pk=other.pk)).status_code == 404
    assert RoleGrant.objects.get(pk=other.pk).to_on is None
