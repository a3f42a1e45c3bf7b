import json
from datetime import date

import pytest
from django.conf import settings

from reports.models import CrimeType
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.reports import BulletinFactory, CrimeCountFactory, DataMonthFactory

pytestmark = pytest.mark.django_db
PLACE = "/api/casterwell/harkstow"
APRIL, MAY, JUNE = (date(2031, month, 1) for month in (4, 5, 6))
NOT_FOUND = {
    "error": {
        "code": "not_found",
        "message": "There is nothing at this address. What there is: /developers/",
    }
}


@pytest.fixture
def place():
    return NeighbourhoodFactory(force=ForceFactory(id="casterwell"), code="harkstow")


def plain(response):
    return response.status_code, response.content.decode()


class TestCrimeCategories:
    def test_lists_the_names_of_the_files_under_the_models_short_names(self, client):
        found = client.get("/api/crime-categories").json()

        assert found[0] == {"url": "all-crime", "name": "All crime"}
        assert [category["name"] for category in found[1:]] == CrimeType.values
        assert [category["url"] for category in found[1:]] == [
            "anti-social-behaviour",
            "bicycle-theft",
            "burglary",
            "criminal-damage-arson",
            "drugs",
            "other-crime",
            "other-theft",
            "possession-of-weapons",
            "public-disorder-weapons",
            "public-order",
            "robbery",
            "shoplifting",
            "theft-from-the-person",
            "vehicle-crime",
            "violent-crime",
        ]

    def test_are_the_same_for_every_month(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            of_a_month = client.get("/api/crime-categories?date=2012-01").json()

        assert of_a_month == client.get("/api/crime-categories").json()

    @pytest.mark.parametrize("text", ["", "2031", "2031-13", "2031-1", "0000-01", "%00", "٢٠٣١-٠١"])
    def test_of_no_month_are_refused(self, client, text):
        assert plain(client.get(f"/api/crime-categories?date={text}")) == (
            400,
            "date must be a month like 2026-11.",
        )


class TestCrimeLastUpdated:
    def test_is_the_newest_month_that_came(self, client):
        DataMonthFactory(month=MAY)
        DataMonthFactory(month=APRIL)
        DataMonthFactory(month=JUNE, missing=True)

        assert client.get("/api/crime-last-updated").json() == {"date": "2031-05-01"}

    def test_without_any_month_is_not_found(self, client):
        assert plain(client.get("/api/crime-last-updated")) == (404, "Not Found")


class TestCrimesStreetDates:
    def test_newest_month_first_with_the_forces_it_came_of(self, client, place):
        DataMonthFactory(force=place.force, month=APRIL)
        DataMonthFactory(force=place.force, month=MAY)
        DataMonthFactory(force=ForceFactory(id="b-coast"), month=APRIL)
        DataMonthFactory(force=place.force, month=JUNE, missing=True)

        assert client.get("/api/crimes-street-dates").json() == [
            {"date": "2031-05", "stop-and-search": [], "crime": ["casterwell"]},
            {"date": "2031-04", "stop-and-search": [], "crime": ["b-coast", "casterwell"]},
        ]


class TestCrimeCounts:
    @pytest.fixture
    def counted(self, place):
        for month in (APRIL, MAY, JUNE):
            DataMonthFactory(force=place.force, month=month)
        CrimeCountFactory(neighbourhood=place, month=MAY, count=4)
        CrimeCountFactory(neighbourhood=place, month=JUNE, crime_type="Violence on Mars", count=2)
        CrimeCountFactory(neighbourhood=place, month=JUNE, crime_type=CrimeType.VIOLENCE, count=7)
        CrimeCountFactory(month=JUNE)
        return place

    def test_by_month_and_type_with_the_months_supplied(self, client, counted):
        assert client.get(f"{PLACE}/crime-counts").json() == {
            "months": ["2031-04", "2031-05", "2031-06"],
            "results": [
                {
                    "month": "2031-05",
                    "category": "burglary",
                    "crime_type": "Burglary",
                    "count": 4,
                },
                {
                    "month": "2031-06",
                    "category": "violent-crime",
                    "crime_type": "Violence and sexual offences",
                    "count": 7,
                },
                {
                    "month": "2031-06",
                    "category": "violence-on-mars",
                    "crime_type": "Violence on Mars",
                    "count": 2,
                },
            ],
        }

    @pytest.mark.parametrize(
        ("asked", "months", "results"),
        [
            ("from=2031-06", ["2031-06"], 2),
            ("to=2031-05", ["2031-04", "2031-05"], 1),
            ("from=2031-05&to=2031-05", ["2031-05"], 1),
            ("from=2031-06&to=2031-05", [], 0),
            ("from=1990-01&to=2090-12", ["2031-04", "2031-05", "2031-06"], 3),
        ],
    )
    def test_between_two_months(self, client, counted, asked, months, results):
        found = client.get(f"{PLACE}/crime-counts?{asked}").json()

        assert (found["months"], len(found["results"])) == (months, results)

    def test_of_a_month_that_did_not_come_nothing_is_told(self, client, place):
        DataMonthFactory(force=place.force, month=MAY, missing=True)
        CrimeCountFactory(neighbourhood=place, month=MAY)

        assert client.get(f"{PLACE}/crime-counts").json() == {"months": [], "results": []}

    @pytest.mark.parametrize("name", ["from", "to"])
    def test_what_is_no_month_is_refused_with_a_code(self, client, place, name):
        response = client.get(f"{PLACE}/crime-counts?{name}=June")

        assert response.status_code == 400
        assert response.json() == {
            "error": {"code": "invalid_month", "message": f"{name} must be a month like 2026-11."}
        }


class TestBulletins:
    def test_are_those_published_newest_first_with_their_files(self, client, place):
        older = BulletinFactory(neighbourhood=place, published=True, quarter=date(2030, 7, 1))
        newer = BulletinFactory(neighbourhood=place, published=True)
        BulletinFactory(neighbourhood=place, submitted=True, quarter=date(2031, 1, 1))
        BulletinFactory(published=True)

        found = client.get(f"{PLACE}/bulletins").json()["results"]

        page = f"{settings.SITE_URL}/areas/casterwell/harkstow/bulletins/2030-Q4/"
        assert found[0] == {
            "quarter": "2030-Q4",
            "published_at": "2031-01-06T09:00:00+00:00",
            "sha256": newer.sha256,
            "url": page,
            "pdf": f"{page}bulletin.pdf",
            "figures_json": f"{page}figures.json",
            "figures_csv": f"{page}figures.csv",
        }
        assert [bulletin["sha256"] for bulletin in found] == [newer.sha256, older.sha256]

    def test_name_the_file_that_has_their_fingerprint(self, client, place):
        BulletinFactory(neighbourhood=place, published=True)
        [told] = client.get(f"{PLACE}/bulletins").json()["results"]

        document = client.get(told["figures_json"].removeprefix(settings.SITE_URL))

        assert json.loads(document.content)["quarter"] == told["quarter"]


@pytest.mark.parametrize("what", ["crime-counts", "bulletins"])
def test_an_unknown_neighbourhood_is_not_found_with_a_code(client, place, what):
    for unknown in ("casterwell/nowhere", "nowhere/harkstow", "casterwell/Harkstow"):
        response = client.get(f"/api/{unknown}/{what}")

        assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "path",
    [
        "/api/crime-categories",
        "/api/crime-last-updated",
        "/api/crimes-street-dates",
        f"{PLACE}/crime-counts",
        f"{PLACE}/bulletins",
    ],
)
def test_is_kept_for_an_hour_and_answers_304(client, place, path):
    DataMonthFactory(force=place.force)

    response = client.get(path)

    assert response["Cache-Control"] == "public, max-age=3600"
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/api/crime-last-updated", 1),
        ("/api/crimes-street-dates", 1),
        (f"{PLACE}/crime-counts", 3),
        (f"{PLACE}/bulletins", 2),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(client, place, path, queries, rows, django_assert_num_queries):
    for month in range(1, rows + 1):
        DataMonthFactory(force=place.force, month=date(2031, month, 1))
        CrimeCountFactory(neighbourhood=place, month=date(2031, month, 1))
        BulletinFactory(neighbourhood=place, published=True, quarter=date(2020 + month, 1, 1))

    with django_assert_num_queries(queries):
        client.get(path)
