from datetime import timedelta

import pytest
from django.urls import reverse

from teams.models import ContactRoute, Cover, NamedContact
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
)
from tests.teams.acting import (
    ADMINISTRATOR,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    acting,
    errors_of,
    today,
)

pytestmark = pytest.mark.django_db
FORMS = ["cover_set", "named_contact_set", "team_routes_set"]


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow", name="Harkstow")


def url(name, place, **more):
    return reverse(f"teams:{name}", kwargs={**place.url_kwargs, **more})


def typed(day):
    return day.strftime("%d %m %Y")


def banner(client, place):
    page = client.get(url("neighbourhood_manage", place))
    return [str(message) for message in page.context["messages"]]


def test_an_outsider_is_told_nothing(place):
    cover = CoverFactory(neighbourhood=place)
    outsider = acting(INSPECTOR, NeighbourhoodFactory(force=place.force))

    pages = [outsider.get(url(name, place)) for name in ["neighbourhood_manage", *FORMS]]
    pages.append(outsider.post(url("cover_end", place, pk=cover.pk)))

    assert [page.status_code for page in pages] == [404] * 5


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (OFFICER, "cover_set", 403),
        (OFFICER, "named_contact_set", 403),
        (OFFICER, "team_routes_set", 403),
        (SERGEANT, "named_contact_set", 403),
        (OFFICER, "neighbourhood_manage", 200),
        (SERGEANT, "cover_set", 200),
        (SERGEANT, "team_routes_set", 200),
        (INSPECTOR, "named_contact_set", 200),
        (ADMINISTRATOR, "neighbourhood_manage", 200),
        (ADMINISTRATOR, "named_contact_set", 200),
        (ADMINISTRATOR, "cover_set", 200),
    ],
)
def test_each_role_opens_what_it_may(place, role, name, status):
    client = acting(role, place.force if role == ADMINISTRATOR else place)

    assert client.get(url(name, place)).status_code == status


def test_an_officer_does_not_end_cover(place):
    cover = CoverFactory(neighbourhood=place)

    response = acting(OFFICER, place).post(url("cover_end", place, pk=cover.pk))

    assert (response.status_code, Cover.objects.get()) == (403, cover)


def test_what_changes_something_is_a_post(place):
    cover, client = CoverFactory(neighbourhood=place), acting(SERGEANT, place)

    response = client.get(url("cover_end", place, pk=cover.pk))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert client.post(url("neighbourhood_manage", place)).status_code == 405
    assert client.put(url("cover_set", place)).status_code == 405


def test_the_neighbourhoods_page_of_a_new_place(place):
    page = acting(SERGEANT, place).get(url("neighbourhood_manage", place))

    text = page.content.decode()
    assert [
        line in text
        for line in (
            "Nothing has been published here yet.",
            "Nobody has been named yet.",
            "Nobody covers now or later.",
            "No way to reach the team is shown yet.",
        )
    ] == [True] * 4


def test_the_neighbourhoods_page_offers_what_the_role_may(place):
    offered = {}
    for role in (OFFICER, SERGEANT, INSPECTOR):
        text = acting(role, place).get(url("neighbourhood_manage", place)).content.decode()
        links = [name for name in ["update_write", *FORMS] if f'"{url(name, place)}"' in text]
        offered[role] = links

    assert offered == {
        OFFICER: ["update_write"],
        SERGEANT: ["update_write", "cover_set", "team_routes_set"],
        INSPECTOR: ["update_write", *FORMS],
    }


def test_the_neighbourhoods_page_lists_at_the_same_cost(place, django_assert_num_queries):
    client = acting(INSPECTOR, place)
    kinds = list(ContactRoute.Kind)
    for rows in (1, 3):
        while (done := place.covers.count()) < rows:
            day = today(done)
            CoverFactory(neighbourhood=place, from_on=day, to_on=day + timedelta(days=9))
            NamedContactFactory(neighbourhood=place, from_on=today(-done), posting__from_on=day)
            ContactRouteFactory(neighbourhood=place, kind=kinds[done])
        with django_assert_num_queries(17):
            page = client.get(url("neighbourhood_manage", place))
        assert [len(page.context[name]) for name in ("covers", "named_contacts", "routes")] == [
            rows
        ] * 3


def test_cover_set(place):
    member, client = MemberFactory(force=place.force), acting(SERGEANT, place)
    days = {"from_on": typed(today()), "to_on": typed(today(7))}

    response = client.post(url("cover_set", place), {"member": member.pk, **days})

    assert response["Location"] == url("neighbourhood_manage", place)
    assert banner(client, place) == ["Cover saved. Residents see it on its days."]
    assert Cover.objects.values_list("neighbourhood", "member", "from_on", "to_on").get() == (
        place.pk,
        member.pk,
        today(),
        today(7),
    )


def test_cover_set_names_what_is_wrong_and_saves_nothing(place):
    member = MemberFactory()  # of another force

    response = acting(SERGEANT, place).post(
        url("cover_set", place), {"member": member.pk, "from_on": "soon", "to_on": ""}
    )

    assert (response.status_code, errors_of(response)) == (
        200,
        {
            "member": ["Choose a person from the list"],
            "from_on": ["Enter a real day, like 27 11 2026"],
            "to_on": ["Enter the last day"],
        },
    )
    assert Cover.objects.count() == 0


def test_cover_set_twice_for_one_day_says_what_to_do(place):
    cover = CoverFactory(neighbourhood=place, from_on=today(), to_on=today(3))
    day = typed(today())

    response = acting(SERGEANT, place).post(
        url("cover_set", place), {"member": cover.member_id, "from_on": day, "to_on": day}
    )

    says = "Another cover begins on that day. End that one first, or choose another day."
    assert errors_of(response) == {"from_on": [says]}
    assert Cover.objects.get() == cover


@pytest.mark.parametrize(("began", "left"), [(-5, [-1]), (0, []), (3, [])])
def test_cover_end_ends_it_at_once(place, began, left):
    cover = CoverFactory(neighbourhood=place, from_on=today(began), to_on=today(9))
    client = acting(SERGEANT, place)

    response = client.post(url("cover_end", place, pk=cover.pk))

    assert response["Location"] == url("neighbourhood_manage", place)
    assert banner(client, place) == ["Cover ended."]
    assert list(Cover.objects.values_list("to_on", flat=True)) == [today(days) for days in left]


def test_cover_end_of_another_neighbourhood(place):
    cover = CoverFactory()

    assert acting(SERGEANT, place).post(url("cover_end", place, pk=cover.pk)).status_code == 404


def test_named_contact_set(place):
    posting, client = PostingFactory(neighbourhood=place), acting(INSPECTOR, place)

    response = client.post(
        url("named_contact_set", place), {"posting": posting.pk, "from_on": typed(today())}
    )

    assert response["Location"] == url("neighbourhood_manage", place)
    assert banner(client, place) == ["Named officer saved."]
    assert NamedContact.objects.values_list("posting", "from_on").get() == (posting.pk, today())


def test_named_contact_set_to_nobody(place):
    client = acting(INSPECTOR, place)

    client.post(url("named_contact_set", place), {"posting": "", "from_on": typed(today())})

    assert NamedContact.objects.values_list("posting", "from_on").get() == (None, today())
    assert b"Vacant" in client.get(url("neighbourhood_manage", place)).content


@pytest.mark.parametrize(
    ("own", "day", "says"),
    [
        (
            False,
            "",
            {"posting": "Choose a person from the list", "from_on": "Enter the day it begins"},
        ),
        (
            True,
            "1 1 2020",
            {
                "posting": "PC Tamsin Quillow is not in this team on that day. "
                "Post them there first."
            },
        ),
    ],
)
def test_named_contact_set_names_what_is_wrong_and_saves_nothing(place, own, day, says):
    posting = PostingFactory(neighbourhood=place) if own else PostingFactory()

    response = acting(INSPECTOR, place).post(
        url("named_contact_set", place), {"posting": posting.pk, "from_on": day}
    )

    assert errors_of(response) == {name: [message] for name, message in says.items()}
    assert NamedContact.objects.count() == 0


def test_team_routes_set_offers_the_present_ones_and_replaces_them(place):
    ContactRouteFactory(neighbourhood=place, value="old@example.org")
    client = acting(SERGEANT, place)
    assert b"old@example.org" in client.get(url("team_routes_set", place)).content

    client.post(url("team_routes_set", place), {"telephone": "01632 960 123"})

    assert banner(client, place) == ["Contact details saved."]
    assert list(place.contact_routes.values_list("kind", "value")) == [
        ("telephone", "01632 960 123")
    ]


def test_team_routes_set_names_what_is_wrong_and_saves_nothing(place):
    route = ContactRouteFactory(neighbourhood=place)

    response = acting(SERGEANT, place).post(url("team_routes_set", place), {"telephone": "ring"})

    says = "Enter a telephone number, like 01632 960 001"
    assert errors_of(response) == {"telephone": [says]}
    assert ContactRoute.objects.get() == route
