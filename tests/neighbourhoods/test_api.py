from datetime import date

import pytest
from django.conf import settings
from shapely import MultiPolygon, Polygon, box

from neighbourhoods.api import point_as_json
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
)

pytestmark = pytest.mark.django_db

OLD = date(2020, 1, 1)
TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


@pytest.fixture
def boundary_set(force):
    return BoundarySetFactory(force=force, active=True)


def boundary_of(boundary_set, code, **fields):
    place = NeighbourhoodFactory(force=boundary_set.force, code=code)
    return BoundaryFactory(boundary_set=boundary_set, neighbourhood=place, **fields)


def refusal(response):
    return response.status_code, response["Content-Type"], response.content.decode()


NOT_FOUND = (404, TEXT, "Not Found")


class TestForces:
    def test_lists_id_and_name(self, client, force):
        ForceFactory(id="b-coast", name="Brithell Coast Police", name_cy="Heddlu Brithell")

        response = client.get("/api/forces")

        assert response["Content-Type"] == "application/json"
        assert response.json() == [
            {
                "id": "b-coast",
                "name": "Brithell Coast Police",
                "welsh_name": "Heddlu Brithell",
            },
            {"id": "casterwell", "name": "Casterwell Police", "welsh_name": ""},
        ]

    def test_without_a_force_is_an_empty_list(self, client):
        assert client.get("/api/forces").json() == []

    def test_has_no_welsh_twin_and_no_slash(self, client, force):
        assert client.get("/cy/api/forces").status_code == 404
        assert refusal(client.get("/api/forces/")) == NOT_FOUND

    def test_is_open_to_scripts_and_kept_for_an_hour(self, client, force):
        response = client.get("/api/forces")

        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cache-Control"] == "public, max-age=3600"
        assert response["ETag"]
        assert not response.cookies

    def test_answers_304_until_something_changes(self, client, force):
        etag = client.get("/api/forces")["ETag"]

        same = client.get("/api/forces", headers={"If-None-Match": etag})
        ForceFactory()
        other = client.get("/api/forces", headers={"If-None-Match": etag})

        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
        assert same["Access-Control-Allow-Origin"] == "*"
        assert other.status_code == 200

    def test_reads_only(self, client):
        assert client.post("/api/forces").status_code == 405
        assert client.head("/api/forces").status_code == 200

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_once(self, client, rows, django_assert_num_queries):
        ForceFactory.create_batch(rows)

        with django_assert_num_queries(1):
            client.get("/api/forces")


class TestNeighbourhoods:
    def test_lists_those_of_today_with_ids_as_written(self, client, force):
        NeighbourhoodFactory(force=force, code="Leake & K", name="Leake & Keyworth")
        NeighbourhoodFactory(force=force, code="b", name="Aberwennol", name_cy="Aberwennol")
        NeighbourhoodFactory(force=force, code="old", ended_on=OLD)
        NeighbourhoodFactory(code="b")

        assert client.get("/api/casterwell/neighbourhoods").json() == [
            {"id": "b", "name": "Aberwennol", "welsh_name": "Aberwennol"},
            {"id": "Leake & K", "name": "Leake & Keyworth", "welsh_name": ""},
        ]

    @pytest.mark.parametrize("unknown", ["nowhere", "Casterwell", "%00", "a%00b", "%FF"])
    def test_of_an_unknown_force_are_not_found(self, client, force, unknown):
        assert refusal(client.get(f"/api/{unknown}/neighbourhoods")) == NOT_FOUND

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_twice(self, client, force, rows, django_assert_num_queries):
        NeighbourhoodFactory.create_batch(rows, force=force)

        with django_assert_num_queries(2):
            client.get("/api/casterwell/neighbourhoods")


class TestBoundary:
    def test_is_the_outer_ring_of_the_largest_part_closed(self, client, boundary_set):
        large = Polygon(
            [(-1, 52), (-0.5, 52), (-0.5, 52.5)],
            holes=[[(-0.6, 52.1), (-0.55, 52.1), (-0.55, 52.15)]],
        )
        boundary_of(boundary_set, "N 1", polygon=MultiPolygon([box(0, 52, 0.1, 52.1), large]))

        response = client.get("/api/casterwell/N%201/boundary")

        assert response.json() == [
            {"latitude": "52.0", "longitude": "-1.0"},
            {"latitude": "52.0", "longitude": "-0.5"},
            {"latitude": "52.5", "longitude": "-0.5"},
            {"latitude": "52.0", "longitude": "-1.0"},
        ]
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_is_that_of_the_set_in_force(self, client, force, boundary_set):
        place = boundary_of(boundary_set, "N1").neighbourhood
        dark = BoundarySetFactory(force=force)
        BoundaryFactory(boundary_set=dark, neighbourhood=place, square=(55.0, -2.0))

        points = client.get("/api/casterwell/N1/boundary").json()

        assert {point["latitude"] for point in points} == {"52.0", "52.1"}

    def test_of_what_has_none_or_is_unknown_is_not_found(self, client, force, boundary_set):
        NeighbourhoodFactory(force=force, code="bare")
        NeighbourhoodFactory(force=force, code="old", ended_on=OLD)
        boundary_of(boundary_set, "N1")

        for path in ("bare", "old", "n1", "N1%20", "%00", "x" * 4000):
            assert refusal(client.get(f"/api/casterwell/{path}/boundary")) == NOT_FOUND
        assert refusal(client.get("/api/Casterwell/N1/boundary")) == NOT_FOUND


class TestLocateNeighbourhood:
    def test_names_force_and_neighbourhood(self, client, boundary_set):
        boundary_of(boundary_set, "N 1")

        response = client.get("/api/locate-neighbourhood?q=52.05,-0.95")

        assert response.json() == {"force": "casterwell", "neighbourhood": "N 1"}
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_where_several_hold_the_point_the_first_id_answers(self, client, boundary_set):
        for code in ("b", "B", "a"):
            boundary_of(boundary_set, code)

        answer = client.get("/api/locate-neighbourhood", {"q": " 52.05, -0.95 "}).json()

        assert answer == {"force": "casterwell", "neighbourhood": "B"}

    def test_outside_is_not_found(self, client, boundary_set):
        boundary_of(boundary_set, "N1")

        assert refusal(client.get("/api/locate-neighbourhood?q=0,0")) == NOT_FOUND

    @pytest.mark.parametrize(
        "q", ["", "q=", "q=52", "q=52,", "q=1,2,3", "q=north,west", "q=%00,%00", "q=" + "9" * 4000]
    )
    def test_what_is_no_pair_of_numbers_is_named(self, client, q):
        assert refusal(client.get(f"/api/locate-neighbourhood?{q}")) == (
            400,
            TEXT,
            "q must be latitude,longitude in degrees, like 52.63,-1.13.",
        )

    @pytest.mark.parametrize("q", ["91,0", "0,-181", "nan,0", "0,inf", "1e999,0"])
    def test_what_is_no_place_is_named(self, client, q):
        assert refusal(client.get("/api/locate-neighbourhood", {"q": q})) == (
            400,
            TEXT,
            "q is no place: latitude is -90 to 90, longitude -180 to 180.",
        )


class TestPostcode:
    @pytest.fixture
    def place(self, boundary_set):
        boundary = boundary_of(boundary_set, "N 1")
        PostcodeMatchFactory(postcode=PostcodeFactory(code="WQ25HD"), boundary=boundary)
        return boundary.neighbourhood

    @pytest.mark.parametrize("written", ["WQ2%205HD", "wq25hd", " wq2-5hd"])
    def test_names_its_neighbourhood_however_it_is_written(self, client, place, written):
        assert client.get(f"/api/postcodes/{written}").json() == {
            "postcode": "WQ2 5HD",
            "answer": "found",
            "terminated_on": None,
            "results": [
                {
                    "force": "casterwell",
                    "id": "N 1",
                    "name": place.name,
                    "welsh_name": "",
                    "url": f"{settings.SITE_URL}/areas/casterwell/N%201/",
                }
            ],
        }

    def test_that_straddles_a_line_has_several(self, client, boundary_set, place):
        other = boundary_of(boundary_set, "A2")
        PostcodeMatchFactory(postcode_id="WQ25HD", boundary=other)

        found = client.get("/api/postcodes/WQ25HD").json()

        assert found["answer"] == "several"
        assert [place["id"] for place in found["results"]] == ["A2", "N 1"]

    def test_that_has_ended_says_when_and_where_it_was(self, client, boundary_set):
        boundary = boundary_of(boundary_set, "N1")
        ended = PostcodeFactory(code="WQ99AA", terminated=True)
        PostcodeMatchFactory(postcode=ended, boundary=boundary)

        found = client.get("/api/postcodes/WQ99AA").json()

        assert (found["answer"], found["terminated_on"]) == ("terminated", "2029-06-01")
        assert [place["id"] for place in found["results"]] == ["N1"]

    def test_outside_has_none(self, client):
        PostcodeFactory(code="WQ99AA")

        assert client.get("/api/postcodes/WQ99AA").json() == {
            "postcode": "WQ9 9AA",
            "answer": "outside",
            "terminated_on": None,
            "results": [],
        }

    @pytest.mark.parametrize("text", ["nonsense", "WQ2", "%F0%9F%9A%93", "x" * 3000])
    def test_that_is_none_is_refused_with_a_code(self, client, text):
        response = client.get(f"/api/postcodes/{text}")

        assert response.status_code == 400
        assert response.json() == {
            "error": {
                "code": "invalid_postcode",
                "message": "This is no full UK postcode, such as WQ2 5HD.",
            }
        }

    def test_that_nobody_knows_is_not_found_with_a_code(self, client):
        PostcodeFactory(code="WQ99AB", without_place=True)

        for code in ("WQ99AA", "WQ99AB"):
            response = client.get(f"/api/postcodes/{code}")
            assert response.status_code == 404
            assert response.json() == {
                "error": {
                    "code": "unknown_postcode",
                    "message": f"WQ9 {code[-3:]} is not in the register, or has no place in it.",
                }
            }

    def test_is_kept_for_an_hour_and_answers_304(self, client, place):
        response = client.get("/api/postcodes/WQ25HD")

        assert response["Cache-Control"] == "public, max-age=3600"
        held = {"If-None-Match": response["ETag"]}
        assert client.get("/api/postcodes/WQ25HD", headers=held).status_code == 304

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_once(self, client, boundary_set, rows, django_assert_num_queries):
        postcode = PostcodeFactory(code="WQ25HD")
        for number in range(rows):
            boundary = boundary_of(boundary_set, f"N{number}")
            PostcodeMatchFactory(postcode=postcode, boundary=boundary)

        with django_assert_num_queries(1):
            client.get("/api/postcodes/WQ25HD")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", ["casterwell/N0/boundary", "locate-neighbourhood?q=52.05,-0.95"])
def test_a_boundary_and_a_point_ask_the_database_once(
    client, boundary_set, rows, path, django_assert_num_queries
):
    for number in range(rows):
        boundary_of(boundary_set, f"N{number}")

    with django_assert_num_queries(1):
        client.get(f"/api/{path}")


@pytest.mark.parametrize("path", ["", "nonsense", "a/b/c/d", "forces/%00/people"])
def test_anything_else_under_api_is_not_found_as_text(client, path):
    response = client.get(f"/api/{path}")

    assert refusal(response) == NOT_FOUND
    assert response["Access-Control-Allow-Origin"] == "*"


def test_points_are_exact_text_without_powers_of_ten():
    assert point_as_json(52.6235790036, -0.00001) == {
        "latitude": "52.6235790036",
        "longitude": "-0.00001",
    }
