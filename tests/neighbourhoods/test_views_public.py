from datetime import date

import lxml.html
import pytest

from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    PolicingAreaFactory,
    PostcodeFactory,
    PostcodeMatchFactory,
    SignpostFactory,
)

pytestmark = pytest.mark.django_db

BROWSE = ("Browse all areas", "/areas/")
TRY_AGAIN = ("Try another postcode", "/")
CALL = ("101", "tel:101")
OTHER_WAYS = [TRY_AGAIN, BROWSE, CALL]


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police", name_cy="Heddlu Casterwell")


@pytest.fixture
def boundary_set(force):
    return BoundarySetFactory(force=force, active=True)


def neighbourhood_with(boundary_set, code, name, *postcodes):
    """A neighbourhood whose boundary in force holds the postcodes."""
    place = NeighbourhoodFactory(force=boundary_set.force, code=code, name=name)
    boundary = BoundaryFactory(boundary_set=boundary_set, neighbourhood=place)
    for postcode in postcodes:
        PostcodeMatchFactory(postcode=postcode, boundary=boundary)
    return place


def page(response):
    return lxml.html.fromstring(response.content)


def heading(response):
    (h1,) = page(response).xpath("//h1")
    return squeezed(h1)


def links(response):
    """Text and address of the links in the main part of a page."""
    return [(squeezed(a), a.get("href")) for a in page(response).xpath("//main//a")]


def squeezed(element):
    return " ".join(element.text_content().split())


def main_text(response):
    return squeezed(page(response).xpath("//main")[0])


def title(response):
    return squeezed(page(response).xpath("//title")[0])


class TestFindMyTeam:
    def test_asks_one_question(self, client):
        response = client.get("/")

        assert response.status_code == 200
        assert heading(response) == "Enter your postcode"
        assert title(response) == "Find my team - Your neighbourhood policing team"
        (form,) = page(response).xpath("//main//form")
        assert (form.get("method"), form.get("action")) == ("get", "/find")
        control = page(response).get_element_by_id("id_postcode")
        assert control.get("autocomplete") == "postal-code"
        assert "govuk-input--width-10" in control.get("class").split()
        assert "required" not in control.attrib
        assert links(response) == [BROWSE]

    def test_is_in_welsh_under_cy(self, client):
        response = client.get("/cy/")

        assert page(response).get("lang") == "cy"
        (form,) = page(response).xpath("//main//form")
        assert form.get("action") == "/cy/find"

    def test_sets_no_cookie_and_is_asked_for_again_each_time(self, client):
        response = client.get("/")

        assert not response.cookies
        assert response["Cache-Control"] == "no-cache"

    def test_post_is_refused(self, client):
        assert client.post("/").status_code == 405


class TestFind:
    def test_found_leads_to_the_neighbourhood(self, client, boundary_set):
        neighbourhood_with(boundary_set, "N 1", "Harkstow", PostcodeFactory(code="WQ25HD"))

        for typed in ("WQ2 5HD", "wq25hd", " w-q2 5hd. "):
            response = client.get("/find", {"postcode": typed})
            assert (response.status_code, response.headers["Location"]) == (
                302,
                "/areas/casterwell/N%201/",
            )
        assert client.get("/cy/find?postcode=WQ25HD").headers["Location"] == (
            "/cy/areas/casterwell/N%201/"
        )

    def test_several_are_for_the_reader_to_choose(self, client, boundary_set):
        postcode = PostcodeFactory(code="WQ13QS")
        neighbourhood_with(boundary_set, "lanterngate", "Lanterngate", postcode)
        neighbourhood_with(boundary_set, "tarrow-dock", "Tarrow Dock", postcode)

        response = client.get("/find?postcode=wq1+3qs")

        assert response.status_code == 200
        assert heading(response) == "Choose your neighbourhood"
        assert "WQ1 3QS is looked after by more than one team." in main_text(response)
        assert links(response) == [
            ("Lanterngate", "/areas/casterwell/lanterngate/"),
            ("Tarrow Dock", "/areas/casterwell/tarrow-dock/"),
            *OTHER_WAYS,
        ]
        ids = page(response).xpath("//svg/@aria-labelledby")
        assert len(ids) == len(set(ids)) == 2

    def test_outside_is_said_and_no_error(self, client):
        PostcodeFactory(code="WQ92LB")

        response = client.get("/find?postcode=WQ92LB")

        assert response.status_code == 200
        assert heading(response) == "WQ9 2LB is outside the areas on this site"
        assert not title(response).startswith("Error")
        assert "The nearest team" not in main_text(response)
        assert links(response) == [
            ("on police.uk", "https://www.police.uk/pu/your-area/"),
            *OTHER_WAYS,
        ]

    def test_terminated_says_when_and_where_it_was(self, client, boundary_set):
        postcode = PostcodeFactory(code="WQ37TR", terminated=True)
        neighbourhood_with(boundary_set, "tarrow-dock", "Tarrow Dock", postcode)

        response = client.get("/find?postcode=WQ37TR")

        assert response.status_code == 200
        assert heading(response) == "WQ3 7TR is no longer used"
        assert "Royal Mail stopped using it in June 2029." in main_text(response)
        assert links(response) == [
            ("Tarrow Dock", "/areas/casterwell/tarrow-dock/"),
            *OTHER_WAYS,
        ]

    def test_terminated_in_no_known_place_says_so(self, client):
        PostcodeFactory(code="WQ37TR", terminated=True, without_place=True)

        response = client.get("/find?postcode=WQ37TR")

        assert "We do not know which team looks after the place." in main_text(response)
        assert links(response) == OTHER_WAYS

    def test_unknown_is_chosen_by_place_among_those_of_its_district(self, client, boundary_set):
        neighbourhood_with(boundary_set, "n", "Nettlegate Rise", PostcodeFactory(code="WQ64AA"))
        neighbourhood_with(boundary_set, "x", "Elsewhere", PostcodeFactory(code="WQ664AA"))

        response = client.get("/find?postcode=WQ6+4ZZ")

        assert response.status_code == 200
        assert heading(response) == "We do not know WQ6 4ZZ"
        assert links(response) == [
            ("Nettlegate Rise", "/areas/casterwell/n/"),
            *OTHER_WAYS,
        ]

    def test_unknown_in_an_unknown_district_leads_to_the_list_of_places(self, client):
        response = client.get("/find?postcode=WQ6+4ZZ")

        assert links(response) == [("Choose by the name of your place", "/areas/"), *OTHER_WAYS]

    def test_mistyped_asks_and_does_not_guess(self, client, boundary_set):
        neighbourhood_with(boundary_set, "n", "Lanterngate", PostcodeFactory(code="WQ11AA"))

        response = client.get("/find?postcode=WQI+1AA")

        assert response.status_code == 200
        assert title(response).startswith("Error: Find my team - ")
        (error,) = page(response).xpath("//*[@class='govuk-error-summary__body']//a")
        assert error.get("href") == "#id_postcode"
        control = page(response).get_element_by_id("id_postcode")
        assert control.get("value") == "WQI 1AA"
        assert control.get("aria-invalid") == "true"
        assert ("Did you mean WQ1 1AA?", "/find?postcode=WQ1%201AA") in links(response)

    @pytest.mark.parametrize("query", ["", "?postcode=", "?postcode=+++"])
    def test_empty_asks_for_a_postcode(self, client, query):
        response = client.get(f"/find{query}")

        assert response.status_code == 200
        assert links(response) == [("Enter a postcode", "#id_postcode"), BROWSE]

    @pytest.mark.parametrize(
        "typed", ["QQ1 1AA", "%00", "WQ1%00", "x" * 4000, "😀", "%FF", "' or 1=1 --", "<script>"]
    )
    def test_garbage_is_an_error_that_says_what_to_enter(self, client, typed):
        response = client.get(f"/find?postcode={typed}")

        assert response.status_code == 200
        assert title(response).startswith("Error: ")
        assert page(response).xpath("//main//script") == []

    def test_answers_are_kept_by_nobody(self, client):
        assert "no-store" in client.get("/find?postcode=WQ64ZZ")["Cache-Control"]

    def test_every_answer_speaks_welsh(self, client, boundary_set):
        postcode = PostcodeFactory(code="WQ13QS")
        neighbourhood_with(boundary_set, "a", "Lanterngate", postcode)
        neighbourhood_with(boundary_set, "b", "Tarrow Dock", postcode)

        for code in ("WQ13QS", "WQ64ZZ", "WQI1AA"):
            response = client.get(f"/cy/find?postcode={code}")
            assert page(response).get("lang") == "cy"
            hrefs = [href for _, href in links(response) if href.startswith("/")]
            assert [href for href in hrefs if not href.startswith("/cy/")] == []

    @pytest.mark.parametrize("held", [2, 3])
    def test_choosing_asks_the_database_twice(
        self, client, boundary_set, held, django_assert_num_queries
    ):
        postcode = PostcodeFactory(code="WQ13QS")
        for n in range(held):
            neighbourhood_with(boundary_set, f"n{n}", f"Place {n}", postcode)

        with django_assert_num_queries(2):
            client.get("/find?postcode=WQ13QS")

    @pytest.mark.parametrize("held", [1, 3])
    def test_unknown_asks_the_database_three_times(
        self, client, boundary_set, held, django_assert_num_queries
    ):
        for n in range(held):
            near = PostcodeFactory(code=f"WQ6{n}AA")
            neighbourhood_with(boundary_set, f"n{n}", f"Place {n}", near)

        with django_assert_num_queries(3):
            client.get("/find?postcode=WQ64ZZ")


class TestAreaList:
    def test_forces_by_the_name_that_is_shown(self, client):
        ForceFactory(id="b-coast", name="Brithell Coast Police", name_cy="Heddlu Glannau Brithell")
        ForceFactory(id="casterwell", name="Casterwell Police")

        assert links(client.get("/areas/")) == [
            ("Brithell Coast Police", "/areas/b-coast/"),
            ("Casterwell Police", "/areas/casterwell/"),
        ]
        assert links(client.get("/cy/areas/")) == [
            ("Casterwell Police", "/cy/areas/casterwell/"),
            ("Heddlu Glannau Brithell", "/cy/areas/b-coast/"),
        ]

    def test_without_a_force_says_so(self, client):
        assert "No police force has published its areas here yet." in main_text(
            client.get("/areas/")
        )

    @pytest.mark.parametrize("forces", [1, 3])
    def test_asks_the_database_once(self, client, forces, django_assert_num_queries):
        ForceFactory.create_batch(forces)

        with django_assert_num_queries(1):
            client.get("/areas/")


class TestForceDetail:
    def test_by_policing_area_those_without_one_last(self, client, force):
        moor = PolicingAreaFactory(force=force, name="Moor and Vale")
        city = PolicingAreaFactory(force=force, name="Casterwell City")
        NeighbourhoodFactory(force=force, area=moor, code="t", name="Thornhay")
        NeighbourhoodFactory(force=force, area=moor, code="b", name="Brackmoor")
        NeighbourhoodFactory(force=force, area=city, code="h", name="Harkstow")
        NeighbourhoodFactory(force=force, code="a", name="Airport")
        NeighbourhoodFactory(force=force, code="o", name="Old", ended_on=date(2020, 1, 1))

        response = client.get("/areas/casterwell/")

        assert heading(response) == "Casterwell Police"
        assert [squeezed(e) for e in page(response).xpath("//main//h2 | //main//li")] == [
            "Casterwell City",
            "Harkstow",
            "Moor and Vale",
            "Brackmoor",
            "Thornhay",
            "Other neighbourhoods",
            "Airport",
            "Neighbourhoods that have ended",
            "Old",
        ]

    def test_by_letter_of_the_name_shown_where_no_area_is_known(self, client, force):
        NeighbourhoodFactory(force=force, code="s", name="Swallowmouth", name_cy="Aberwennol")
        NeighbourhoodFactory(force=force, code="b", name="brackmoor")
        NeighbourhoodFactory(force=force, code="c", name="Bexcombe")

        english, welsh = client.get("/areas/casterwell/"), client.get("/cy/areas/casterwell/")

        found = [
            [squeezed(e) for e in page(answer).xpath("//main//h2 | //main//li")]
            for answer in (english, welsh)
        ]
        assert found == [
            ["B", "Bexcombe", "brackmoor", "S", "Swallowmouth"],
            ["A", "Aberwennol", "B", "Bexcombe", "brackmoor"],
        ]
        assert page(welsh).xpath("//main//li//span/@lang") == ["en", "en"]

    def test_without_neighbourhoods_says_what_to_do(self, client, force):
        assert "Call 101 to ask for your team." in main_text(client.get("/areas/casterwell/"))

    @pytest.mark.parametrize("unknown", ["nowhere", "Casterwell", "a%00b", "%FF"])
    def test_unknown_force_is_not_found(self, client, force, unknown):
        assert client.get(f"/areas/{unknown}/").status_code == 404

    def test_lists_the_generations_of_boundaries_and_what_has_ended(self, client, force):
        for day, in_force in ((1, False), (2, True), (3, False)):
            found = BoundarySetFactory(force=force, valid_from=date(2031, 5, day), active=in_force)
            BoundaryFactory.create_batch(day, boundary_set=found)
        NeighbourhoodFactory(force=force, name="Oldcombe", ended=True, ended_on=date(2020, 1, 1))

        text = main_text(client.get("/areas/casterwell/"))

        assert "From 1 May 2031: 1 neighbourhood" in text
        assert "From 2 May 2031: 2 neighbourhoods (now)" in text
        assert "3 May 2031" not in text
        assert "Neighbourhoods that have ended Oldcombe" in text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_four_times(self, client, force, rows, django_assert_num_queries):
        NeighbourhoodFactory.create_batch(rows, force=force, in_area=True)
        NeighbourhoodFactory.create_batch(rows, force=force, ended=True)
        BoundarySetFactory.create_batch(rows, force=force, active=True)

        with django_assert_num_queries(4):
            client.get("/areas/casterwell/")


class TestSignpostList:
    @pytest.fixture
    def place(self, force):
        return NeighbourhoodFactory(force=force, code="N1", name="Harkstow")

    def test_lists_matter_body_advice_and_when_it_was_checked(self, client, force, place):
        SignpostFactory(force=force, reviewed_on=date(2031, 2, 3))
        SignpostFactory(force=force, matter="Noise", by_telephone=True)

        response = client.get("/areas/casterwell/N1/who-deals-with-what/")

        assert heading(response) == "Who deals with what"
        assert [squeezed(h2) for h2 in page(response).xpath("//main//h2")] == [
            "Abandoned vehicles",
            "Noise",
        ]
        assert links(response) == [
            (
                "Go to their website: Abandoned vehicles",
                "https://council.example.org/vehicles",
            ),
            ("01632 960 123", "tel:+441632960123"),
        ]
        assert page(response).xpath("//main//time/@datetime") == ["2031-02-03", "2031-01-01"]
        assert page(response).xpath("//nav[contains(@class, 'breadcrumbs')]//a/@href") == [
            "/",
            "/areas/",
            "/areas/casterwell/",
            "/areas/casterwell/N1/",
        ]

    def test_without_a_list_says_what_to_do(self, client, place):
        response = client.get("/areas/casterwell/N1/who-deals-with-what/")

        assert "Call 101 if you do not know who to turn to." in main_text(response)

    def test_unknown_neighbourhood_is_not_found(self, client, place):
        for path in ("casterwell/n1", "casterwell/N1%20", "nowhere/N1", "casterwell/%00"):
            assert client.get(f"/areas/{path}/who-deals-with-what/").status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_twice(self, client, force, place, rows, django_assert_num_queries):
        SignpostFactory.create_batch(rows, force=force)

        with django_assert_num_queries(2):
            client.get("/areas/casterwell/N1/who-deals-with-what/")
