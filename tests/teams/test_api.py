from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
)
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
)

pytestmark = pytest.mark.django_db
PLACE = "/api/casterwell/harkstow"


@pytest.fixture
def place():
    force = ForceFactory(id="casterwell", name="Casterwell Police", name_cy="Heddlu Casterwell")
    return NeighbourhoodFactory(
        force=force,
        code="harkstow",
        name="Harkstow Estate",
        name_cy="Ystad Harkstow",
        description="Tern Court & Larch Way.",
        population=9100,
    )


def test_force_detail(client, place):
    assert client.get("/api/forces/casterwell").json() == {
        "id": "casterwell",
        "name": "Casterwell Police",
        "welsh_name": "Heddlu Casterwell",
        "description": "",
        "url": "https://force.example.org/",
        "telephone": "101",
        "engagement_methods": [],
    }


def test_force_people_are_the_senior_officers(client, place):
    post = PostingFactory(senior=True, member__force=place.force, member__bio="Leads <all>.")
    ContactRouteFactory(of_member=True, member=post.member, value="acc@example.org")

    assert client.get("/api/forces/casterwell/people").json() == [
        {
            "name": "Helena Strandwick",
            "rank": "ACC",
            "bio": "<p>Leads &lt;all&gt;.</p>",
            "contact_details": {"email": "acc@example.org"},
            "lead": False,
            "since": "2023-05-08",
            "police": True,
            "employer": "",
        }
    ]


def test_neighbourhood_detail(client, place):
    in_force = BoundarySetFactory(force=place.force, active=True)
    boundary = BoundaryFactory(boundary_set=in_force, neighbourhood=place)
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(neighbourhood=place, telephone=True)
    posting = PostingFactory(neighbourhood=place)
    NamedContactFactory(neighbourhood=place, posting=posting)
    today = timezone.localdate()
    CoverFactory(neighbourhood=place, from_on=today, to_on=today + timedelta(days=3))

    assert client.get(PLACE).json() == {
        "id": "harkstow",
        "name": "Harkstow Estate",
        "welsh_name": "Ystad Harkstow",
        "description": "<p>Tern Court &amp; Larch Way.</p>",
        "url_force": f"{settings.SITE_URL}/areas/casterwell/harkstow/",
        "contact_details": {"email": "team@example.org", "telephone": "01632 960 123"},
        "links": [],
        "centre": {
            "latitude": str(boundary.centre_lat),
            "longitude": str(boundary.centre_lng),
        },
        "locations": [],
        "population": "9100",
        "named_officer": {
            "state": "named",
            "since": "2023-05-08",
            "police_officer": True,
            "name": "Tamsin Quillow",
            "rank": "PC",
            "contact_details": {},
            "cover": {
                "name": "Tom Rackstraw",
                "rank": "PC",
                "until": (today + timedelta(days=3)).isoformat(),
                "contact_details": {},
            },
        },
    }


def test_neighbourhood_detail_of_which_little_is_known(client):
    place = NeighbourhoodFactory()

    detail = client.get(f"/api/{place.force_id}/{place.code}").json()

    assert detail["centre"] is None  # where empty texts would be read as numbers
    assert (detail["population"], detail["description"]) == ("0", "")
    assert (detail["contact_details"], detail["links"], detail["locations"]) == ({}, [], [])
    assert detail["named_officer"] == {
        "state": "none",
        "since": None,
        "police_officer": False,
        "name": "",
        "rank": "",
        "contact_details": {},
        "cover": None,
    }


def test_people_have_a_rank_that_is_text_and_say_who_is_named(client, place):
    NamedContactFactory(neighbourhood=place, posting=PostingFactory(neighbourhood=place))
    warden = MemberFactory(force=place.force, warden=True)
    PostingFactory(neighbourhood=place, member=warden)
    acting = MemberFactory(force=place.force, sergeant=True, acting=True)
    PostingFactory(neighbourhood=place, member=acting, lead=True)

    people = client.get(f"{PLACE}/people").json()

    assert [(p["rank"], p["name"], p["lead"], p["named"]) for p in people] == [
        ("A/Sgt", "Imran Dalvari", True, False),
        ("PC", "Tamsin Quillow", False, True),
        ("Warden", "Sharon Oakhangar", False, False),
    ]
    assert (people[2]["police"], people[2]["employer"]) == (False, "Harkstow Homes")
    assert people[2]["bio"] == ""
    assert people[2]["contact_details"] == {}


@pytest.mark.parametrize(
    "address",
    [
        "/api/forces/nowhere",
        "/api/forces/nowhere/people",
        "/api/casterwell/Harkstow",
        "/api/nowhere/harkstow",
        "/api/casterwell/nowhere/people",
    ],
)
def test_unknown_things_are_not_found_in_plain_text(client, place, address):
    response = client.get(address)

    assert (response.status_code, response.content) == (404, b"Not Found")
    assert response["Content-Type"].startswith("text/plain")


def test_an_ended_neighbourhood_is_not_found(client, place):
    Neighbourhood.objects.update(ended_on=date(2025, 1, 31))

    assert client.get(PLACE).status_code == 404
    assert client.get(f"{PLACE}/people").status_code == 404


@pytest.mark.parametrize(
    ("address", "max_age"),
    [
        ("/api/forces/casterwell", 3600),
        ("/api/forces/casterwell/people", 30),
        (PLACE, 30),
        (f"{PLACE}/people", 30),
    ],
)
def test_answers_that_name_a_person_are_kept_for_half_a_minute(client, place, address, max_age):
    response = client.get(address)

    assert set(response["Cache-Control"].split(", ")) == {"public", f"max-age={max_age}"}
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/api/forces/casterwell", 1),
        ("/api/forces/casterwell/people", 3),
        (PLACE, 6),
        (f"{PLACE}/people", 6),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(client, place, rows, address, queries, django_assert_num_queries):
    in_force = BoundarySetFactory(force=place.force, active=True)
    BoundaryFactory(boundary_set=in_force, neighbourhood=place)
    for month in range(1, rows + 1):
        member = MemberFactory(force=place.force)
        posting = PostingFactory(neighbourhood=place, member=member)
        NamedContactFactory(neighbourhood=place, posting=posting, from_on=date(2025, month, 1))
        ContactRouteFactory(of_member=True, member=member)
        PostingFactory(neighbourhood=None, member=member)

    with django_assert_num_queries(queries):
        client.get(address)
