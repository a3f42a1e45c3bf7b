"""Clients made for data.police.uk, as published, read our API once they have its address."""

import asyncio
from datetime import date, datetime

import police_api
import pytest
import streetworks.exceptions
import streetworks.police
import uk_police
import uk_police_api
from django.conf import settings

from neighbourhoods.models import Place
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
)
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.reports import DataMonthFactory
from tests.factories.teams import (
    ContactRouteFactory,
    EventFactory,
    MemberFactory,
    NamedContactFactory,
    PostingFactory,
)

FORCE, ID, BARE = "casterwell", "CW 01", "bare"
NAME = "Leake & Keyworth"
INSIDE, OUTSIDE = (52.05, -0.95), (52.5, -0.5)
CORNERS = {(52.0, -1.0), (52.0, -0.9), (52.1, -0.9), (52.1, -1.0)}
HOME = f"{settings.SITE_URL}/areas/casterwell/CW%2001/"
TEAM = [("Imran Dalvari", "Sgt"), ("Tamsin Quillow", "PC"), ("Sharon Oakhangar", "Warden")]
ISSUES = ["<p>Speeding on Mill Lane</p>", "<p>E-bikes &amp; noise</p>"]
CATEGORIES = 15


@pytest.fixture
def place(transactional_db):
    """A neighbourhood of which everything is known, and another of which nothing is."""
    force = ForceFactory(id=FORCE, name="Casterwell Police")
    place = NeighbourhoodFactory(
        force=force, code=ID, name=NAME, description="Tern Court.", population=9100
    )
    NeighbourhoodFactory(force=force, code=BARE, name="Bare Moor")
    boundary_set = BoundarySetFactory(force=force, active=True)
    BoundaryFactory(boundary_set=boundary_set, neighbourhood=place)
    EventFactory(neighbourhood=place, title="Beat meeting")
    for month in (1, 2):
        DataMonthFactory(force=force, month=date(2031, month, 1))
    _people(place)
    _places(place)
    _priorities(place)
    return place


def _people(place):
    force = place.force
    senior = MemberFactory(force=force, name="Helena Strandwick", rank="assistant_chief_constable")
    PostingFactory(neighbourhood=None, member=senior)
    constable = MemberFactory(force=force, bio="Rides a bike.")
    posting = PostingFactory(neighbourhood=place, member=constable)
    NamedContactFactory(neighbourhood=place, posting=posting)
    lead = MemberFactory(force=force, sergeant=True)
    PostingFactory(neighbourhood=place, member=lead, lead=True)
    PostingFactory(neighbourhood=place, member=MemberFactory(force=force, warden=True))
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True, member=constable, telephone=True)


def _places(place):
    given = {"force": place.force, "kind": "STATION", "address": "1 Mill Lane"}
    Place.objects.create(**given, name="Harkstow", lat=52.05, lng=-0.95, telephone="01632 960 001")
    Place.objects.create(**given, name="Moor")


def _priorities(place):
    bikes = PriorityFactory(
        neighbourhood=place, place=1, title="E-bikes & noise", adopted_on=date(2031, 1, 8)
    )
    ActionFactory(priority=bikes, what="Marked 22 bikes", done_on=date(2031, 1, 20))
    PriorityFactory(
        neighbourhood=place, place=2, title="Speeding on Mill Lane", adopted_on=date(2031, 2, 3)
    )


@pytest.fixture
def base_url(live_server, place):
    return f"{live_server.url}/api"


class TestPoliceApiClient:
    @pytest.fixture
    def api(self, base_url):
        return police_api.PoliceAPI(base_url=f"{base_url}/")

    def test_reads_a_force_and_its_neighbourhoods(self, api):
        [force] = api.get_forces()

        assert (force.id, force.name, force.telephone) == (FORCE, "Casterwell Police", "101")
        assert (force.description, force.url) == ("", "https://force.example.org/")
        assert [method["title"] for method in force.engagement_methods] == ["Website"]
        assert [(o.name, o.rank) for o in force.senior_officers] == [("Helena Strandwick", "ACC")]
        assert [(n.id, n.name) for n in force.neighbourhoods] == [(BARE, "Bare Moor"), (ID, NAME)]
        assert [n.id for n in api.get_neighbourhoods(FORCE)] == [BARE, ID]

    def test_reads_a_neighbourhood(self, api):
        place = api.get_neighbourhood(FORCE, ID)

        assert (place.name, place.population, place.url_force) == (NAME, 9100, HOME)
        assert place.description == "<p>Tern Court.</p>"
        assert place.contact_details == {"email": "team@example.org"}
        assert [location["name"] for location in place.locations] == ["Harkstow", "Moor"]
        assert place.centre.keys() == {"latitude", "longitude"}
        assert set(place.boundary) == CORNERS
        assert place.boundary[0] == place.boundary[-1]
        assert place.links == []

    def test_reads_what_goes_on_in_it(self, api):
        place = api.get_force(FORCE).get_neighbourhood(ID)

        assert [(o.name, o.rank) for o in place.officers] == TEAM
        assert place.officers[1].contact_details == {"telephone": "01632 960 123"}
        assert [(e.title, e.start_date) for e in place.events] == [
            ("Beat meeting", datetime(2056, 3, 2, 18, 30))  # noqa: DTZ001
        ]
        assert [p.issue for p in place.priorities] == ISSUES
        assert [
            (p.issue_date.day, p.action_date and p.action_date.day) for p in place.priorities
        ] == [
            (3, None),
            (8, 20),
        ]

    def test_finds_a_neighbourhood_and_what_is_kept_of_crime(self, api):
        assert api.locate_neighbourhood(*INSIDE).id == ID
        assert api.locate_neighbourhood(*OUTSIDE) is None
        assert (api.get_dates(), api.get_latest_date()) == (["2031-02", "2031-01"], "2031-02")
        assert len(api.get_crime_categories(date="2031-02")) == CATEGORIES
        assert api.get_crime_category("violent-crime").name == "Violence and sexual offences"

    def test_reads_a_neighbourhood_of_which_nothing_is_known(self, api):
        place = api.get_neighbourhood(FORCE, BARE)

        assert (place.population, place.centre, place.contact_details) == (0, None, {})
        assert [place.officers, place.events, place.priorities] == [[], [], []]
        with pytest.raises(police_api.APIError) as missing:
            _ = place.boundary
        assert missing.value.status_code == 404
        with pytest.raises(police_api.APIError):
            _ = api.get_neighbourhood(FORCE, "nowhere").name


class TestStreetworks:
    def test_reads_every_neighbourhood_method(self, base_url):
        with streetworks.police.PoliceClient(base_url=base_url) as api:
            assert [force["id"] for force in api.forces()] == [FORCE]
            assert [n["name"] for n in api.neighbourhoods(FORCE)] == ["Bare Moor", NAME]
            assert api.neighbourhood(FORCE, ID)["name"] == NAME
            assert api.neighbourhood(FORCE, BARE)["centre"] is None
            assert set(api.neighbourhood_boundary(FORCE, ID)) == CORNERS
            assert api.locate_neighbourhood(*INSIDE) == {"force": FORCE, "neighbourhood": ID}
            assert api.last_updated() == "2031-02-01"
            assert len(api.crime_categories(date="2031-02")) == CATEGORIES + 1
            assert [m["date"] for m in api.street_level_availability()] == ["2031-02", "2031-01"]
            with pytest.raises(streetworks.exceptions.NotFoundError):
                api.locate_neighbourhood(*OUTSIDE)
            with pytest.raises(streetworks.exceptions.NotFoundError):
                api.neighbourhood(FORCE, "nowhere")


class TestUkPoliceApi:
    """This one checks the types of all that it reads."""

    @pytest.fixture(autouse=True)
    def asks_us(self, base_url, monkeypatch):
        monkeypatch.setattr(uk_police_api._client, "BASE_URL", f"{base_url}/")

    def test_reads_every_neighbourhood_method(self):
        with uk_police_api.PoliceAPI(cache_ttl=None, max_retries=0) as api:
            assert [n.name for n in api.neighbourhoods.list(FORCE)] == ["Bare Moor", NAME]
            self.check_detail(api.neighbourhoods.get(FORCE, ID))
            assert api.neighbourhoods.get(FORCE, BARE).centre is None
            points = api.neighbourhoods.boundary(FORCE, ID)
            assert {(point.latitude, point.longitude) for point in points} == CORNERS
            assert [(o.name, o.rank) for o in api.neighbourhoods.people(FORCE, ID)] == TEAM
            [event] = api.neighbourhoods.events(FORCE, ID)
            assert (event.start_date, event.end_date) == (
                "2056-03-02T18:30:00",
                "2056-03-02T19:30:00",
            )
            assert [
                (p.issue, p.issue_date, p.action_date)
                for p in api.neighbourhoods.priorities(FORCE, ID)
            ] == [
                (ISSUES[0], "2031-02-03T00:00:00", None),
                (ISSUES[1], "2031-01-08T00:00:00", "2031-01-20T00:00:00"),
            ]
            assert api.neighbourhoods.locate(*INSIDE).neighbourhood == ID

    def check_detail(self, place):
        assert (place.name, place.population, place.url_force) == (NAME, "9100", HOME)
        assert place.contact_details.email == "team@example.org"
        assert [location["latitude"] for location in place.locations] == ["52.05", ""]

    def test_reads_forces_and_what_is_kept_of_crime(self):
        with uk_police_api.PoliceAPI(cache_ttl=None, max_retries=0) as api:
            assert [force.id for force in api.forces.list()] == [FORCE]
            assert api.forces.get(FORCE).engagement_methods[0].title == "Website"
            assert [officer.rank for officer in api.forces.people(FORCE)] == ["ACC"]
            assert [month.date for month in api.availability.dates()] == ["2031-02", "2031-01"]
            assert len(api.crimes.categories("2031-02")) == CATEGORIES + 1
            assert str(api.crimes.last_updated().date) == "2031-02-01"

    def test_tells_what_is_missing(self):
        with uk_police_api.PoliceAPI(cache_ttl=None, max_retries=0) as api:
            for call in (api.neighbourhoods.list, api.forces.get, api.forces.people):
                with pytest.raises(uk_police_api.PoliceAPINotFoundError):
                    call("nowhere")
            with pytest.raises(uk_police_api.PoliceAPINotFoundError):
                api.neighbourhoods.locate(*OUTSIDE)

    def test_its_twin_without_waiting_reads_the_same(self):
        async def everything():
            async with uk_police_api.AsyncPoliceAPI(cache_ttl=None, max_retries=0) as api:
                place, read = (FORCE, ID), api.neighbourhoods
                return await asyncio.gather(
                    read.list(FORCE),
                    read.get(*place),
                    read.boundary(*place),
                    read.people(*place),
                    read.events(*place),
                    read.priorities(*place),
                    read.locate(*INSIDE),
                )

        found = asyncio.run(everything())

        self.check_detail(found[1])
        assert [len(listed) for listed in (found[0], *found[2:6])] == [2, 5, 3, 1, 2]
        assert found[6].neighbourhood == ID


class TestUkPolice:
    @pytest.fixture
    def make(self, base_url, monkeypatch):
        """Makes one of the package's clients; all are closed at the end."""
        made = []
        monkeypatch.setattr(uk_police.client.uk_police, "BASE_URL", base_url)

        def make(kind):
            made.append(kind())
            return made[-1]

        yield make
        for one in made:
            one.client.close()

    def test_reads_every_neighbourhood_method(self, make):
        api, place = make(uk_police.Neighbourhoods), (FORCE, ID)

        assert [n["name"] for n in api.list_neighbourhoods(FORCE)] == ["Bare Moor", NAME]
        assert api.get_neighbourhood_details(*place)["population"] == "9100"
        assert len(api.get_neighbourhood_boundary(*place)) == len(CORNERS) + 1
        assert [(p["name"], p["rank"]) for p in api.get_neighbourhood_team(*place)] == TEAM
        assert [e["title"] for e in api.get_neighbourhood_events(*place)] == ["Beat meeting"]
        assert [p["issue"] for p in api.get_neighbourhood_priorities(*place)] == ISSUES
        assert api.locate_neighbourhood(*INSIDE) == {"force": FORCE, "neighbourhood": ID}
        with pytest.raises(uk_police.APIError, match="404"):
            api.locate_neighbourhood(*OUTSIDE)

    def test_reads_forces_and_what_is_kept_of_crime(self, make):
        forces, crime = make(uk_police.Forces), make(uk_police.StreetLevelCrime)

        assert [force["id"] for force in forces.list_forces()] == [FORCE]
        assert forces.get_force_details(FORCE)["telephone"] == "101"
        assert [o["name"] for o in forces.get_senior_officers(FORCE)] == ["Helena Strandwick"]
        assert len(crime.get_crime_categories("2031-02")) == CATEGORIES + 1
        assert crime.get_last_updated() == {"date": "2031-02-01"}
