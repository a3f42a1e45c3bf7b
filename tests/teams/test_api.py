from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from neighbourhoods.models import Neighbourhood, Place
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
)
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    EventFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
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
        "engagement_methods": [
            {
                "url": "https://force.example.org/",
                "type": "web",
                "description": "",
                "title": "Website",
            }
        ],
    }


def test_a_force_without_addresses_has_no_engagement_methods(client):
    ForceFactory(id="b-coast", url="")

    assert client.get("/api/forces/b-coast").json()["engagement_methods"] == []


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
            "employer_kind": "force",
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
                "police": True,
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


def station(place, **fields):
    return Place.objects.create(
        **{"force": place.force, "kind": "STATION", "address": "1 Mill Lane, Casterwell"} | fields
    )


def test_locations_are_places_in_text_throughout(client, place):
    station(
        place,
        name="Casterwell & Moor",
        name_cy="Gorsaf",
        postcode="WQ2 5HD",
        lat=52.3,
        lng=-4.95,
        telephone="01632 960 001",
        access="Step-free",
        access_cy="Di-ris",
    )
    station(place, name="Van", kind="CONTACT_POINT", address="Market")

    assert client.get(PLACE).json()["locations"] == [
        {
            "name": "Casterwell & Moor",
            "welsh_name": "Gorsaf",
            "type": "station",
            "description": "Step-free",
            "welsh_description": "Di-ris",
            "address": "1 Mill Lane, Casterwell",
            "postcode": "WQ2 5HD",
            "telephone": "01632 960 001",
            "latitude": "52.3",
            "longitude": "-4.95",
        },
        {
            "name": "Van",
            "welsh_name": "",
            "type": "contact_point",
            "description": "",
            "welsh_description": "",
            "address": "Market",
            "postcode": "",
            "telephone": "",
            "latitude": "",
            "longitude": "",
        },
    ]


def test_updates_are_those_that_residents_see_as_they_were_typed(client, place):
    told = PatrolUpdateFactory(
        neighbourhood=place, published=True, welsh=True, title="Bikes & <b>", text="One.\n\nTwo."
    )
    PatrolUpdateFactory(neighbourhood=place)
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True)

    assert client.get(f"{PLACE}/updates").json() == {
        "results": [
            {
                "id": told.pk,
                "kind": "patrol",
                "title": "Bikes & <b>",
                "welsh_title": "Dau e-feic wedi'u cipio",
                "text": "One.\n\nTwo.",
                "welsh_text": "Cipiwyd dau e-feic ddydd Sadwrn.",
                "ends_on": None,
                "published_at": "2026-03-02T14:30:00+00:00",
                "url": f"{settings.SITE_URL}/areas/casterwell/harkstow/updates/{told.pk}/",
            }
        ]
    }


def test_updates_of_an_unknown_neighbourhood_are_not_found_with_a_code(client, place):
    response = client.get("/api/casterwell/nowhere/updates")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


HOSTILE = "<script>alert(1)</script> & <img src=x onerror=alert(1)> &amp; \"'"
HARMLESS = (
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x onerror=alert(1)&gt; "
    "&amp;amp; &quot;&#x27;</p>"
)


def test_what_staff_type_is_no_markup_where_clients_expect_html(client, place):
    Neighbourhood.objects.update(name="Leake & Keyworth", description=HOSTILE)
    member = MemberFactory(force=place.force, bio=HOSTILE)
    PostingFactory(neighbourhood=place, member=member)

    detail = client.get(PLACE).json()
    [person] = client.get(f"{PLACE}/people").json()

    assert (detail["name"], detail["description"]) == ("Leake & Keyworth", HARMLESS)
    assert person["bio"] == HARMLESS


def test_a_change_is_seen_by_who_holds_the_answer(client, place):
    held = {"If-None-Match": client.get(f"{PLACE}/people")["ETag"]}
    assert client.get(f"{PLACE}/people", headers=held).status_code == 304

    Neighbourhood.objects.raise_stamps()

    assert client.get(f"{PLACE}/people", headers=held).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_who_holds_the_answer_costs_one_query(client, place, rows, django_assert_num_queries):
    PostingFactory.create_batch(rows, neighbourhood=place)
    held = {"If-None-Match": client.get(PLACE)["ETag"]}

    with django_assert_num_queries(1):
        client.get(PLACE, headers=held)


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
        (f"{PLACE}/events", 30),
        (f"{PLACE}/updates", 30),
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
        (PLACE, 7),
        (f"{PLACE}/people", 6),
        (f"{PLACE}/events", 4),
        (f"{PLACE}/updates", 2),
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
        PatrolUpdateFactory(neighbourhood=place, published=True)
        EventFactory(neighbourhood=place)
        station(place, name=f"Station {month}")

    with django_assert_num_queries(queries):
        client.get(address)
