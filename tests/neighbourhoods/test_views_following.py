import pytest
from django.test import Client

from neighbourhoods.models import Follower, Following, OutboxEntry
from neighbourhoods.notifications import CONFIRM_FOLLOW, LEAVE
from neighbourhoods.tokens import token_digest
from tests.factories.neighbourhoods import FollowingFactory, NeighbourhoodFactory, TokenFactory

pytestmark = pytest.mark.django_db
FOLLOW = "/areas/casterwell/harkstow/follow/"
SECRET = "the-secret-of-a-link"
ADDRESS = "ana.reed@example.org"
ASKED = {"email": ADDRESS, "postcode": "", "topics": ["updates", "events"]}


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell",
        code="harkstow",
        name="Harkstow Estate",
        name_cy="Ystad Harkstow",
    )


@pytest.fixture
def following(place):
    return FollowingFactory(neighbourhood=place)


def link(purpose, row) -> str:
    """The secret, which leads to ``row`` these ten years."""
    TokenFactory(
        sha256=token_digest(SECRET),
        purpose=purpose,
        object_id=row.pk,
        begins_at="2020-01-01T00:00Z",
        expires_at="2120-01-01T00:00Z",
    )
    return SECRET


def words(response) -> str:
    return " ".join(response.content.decode().split())


def assert_discreet(response, policy="same-origin") -> None:
    """No copy is kept, and no other site is told where its reader came from."""
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == policy


# Asking


def test_the_page_asks_for_an_address_and_all_topics_are_ticked(client, place):
    response = client.get(FOLLOW)

    assert response.status_code == 200
    assert words(response).count("checked") == 4
    assert "Follow the team of Harkstow Estate" in words(response)
    assert "Ystad Harkstow" in words(client.get(f"/cy{FOLLOW}"))


def test_asking_posts_one_mail_and_leads_to_the_answer(client, place):
    response = client.post(f"/cy{FOLLOW}", ASKED)

    assert response["Location"] == f"/cy{FOLLOW}asked/"
    assert Following.objects.get().topics == ["updates", "events"]
    assert OutboxEntry.objects.values_list("kind", "to", "language").get() == (
        CONFIRM_FOLLOW,
        ADDRESS,
        "cy",
    )


def test_the_answer_is_the_same_whatever_stands_already(place):
    FollowingFactory(neighbourhood=place, follower__email=ADDRESS, confirmed=True)

    pages = [
        Client().post(FOLLOW, ASKED | {"email": email}, follow=True)
        for email in (ADDRESS, "somebody.else@example.org", ADDRESS)
    ]

    assert len({words(page) for page in pages}) == 1
    assert "Check your email" in words(pages[0])
    assert OutboxEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"email": ""}, "email", "Enter your email address"),
        (
            {"email": "ana"},
            "email",
            "Enter an email address in the right form, like name@example.org",
        ),
        (
            {"email": f"{'a' * 250}@example.org"},
            "email",
            "The email address must be 254 characters or fewer",
        ),
        ({"topics": []}, "topics", "Choose at least one thing to hear about"),
        ({"postcode": "WQ2"}, "postcode", "Enter a full UK postcode, like WQ2 5HD"),
    ],
)
def test_what_is_missing_is_named(client, place, change, field, message):
    response = client.post(FOLLOW, ASKED | change)

    assert message in response.context["form"].errors[field]
    assert "<title>Error:" in words(response)
    assert Follower.objects.count() == 0


@pytest.mark.parametrize("page", ["", "asked/", "confirmed/"])
def test_pages_of_a_place_that_is_not_there_or_has_ended(client, place, page):
    assert client.get(f"/areas/casterwell/Harkstow/follow/{page}").status_code == 404
    NeighbourhoodFactory(force=place.force, code="old", ended=True, ended_on="2020-01-01")

    response = client.get(f"/areas/casterwell/old/follow/{page}")

    assert response["Location"] == "/areas/casterwell/old/"


@pytest.mark.parametrize(("page", "queries"), [("", 1), ("asked/", 1), ("confirmed/", 1)])
def test_query_counts(client, place, page, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        assert client.get(FOLLOW + page).status_code == 200


# Confirming


def test_the_secret_leaves_the_address_and_only_the_button_confirms(client, following):
    token = link(CONFIRM_FOLLOW, following)

    opened = client.get(f"/follow/{token}/")
    assert opened["Location"] == "/follow/"
    assert_discreet(opened, "no-referrer")
    page = client.get("/follow/")
    assert_discreet(page)
    assert "Yes, keep me informed" in words(page)
    assert token not in words(page)
    assert Following.objects.get().confirmed_at is None

    response = client.post("/follow/", {"topics": ["updates", "bulletins"]})

    assert response["Location"] == f"{FOLLOW}confirmed/"
    assert_discreet(response)
    following.refresh_from_db()
    assert following.confirmed_at is not None
    assert following.topics == ["updates", "bulletins"]


def test_a_postcode_is_kept_as_it_parses_and_shown_on_no_page(client, place):
    client.post(FOLLOW, ASKED | {"postcode": " wq2-5hd "})
    following = Following.objects.get()
    assert following.asked_postcode == "WQ25HD"

    page = client.get(f"/follow/{link(CONFIRM_FOLLOW, following)}/", follow=True)
    assert "A postcode was given as well." in words(page)
    after = client.post("/follow/", {"topics": ["updates"]}, follow=True)

    assert Follower.objects.get().postcode == "WQ25HD"
    assert "5HD" not in words(page) + words(after)
    assert "A postcode was given" not in words(client.get("/follow/"))


def test_confirming_twice_and_in_welsh(client, following):
    client.get(f"/cy/follow/{link(CONFIRM_FOLLOW, following)}/")

    for _ in range(2):
        response = client.post("/cy/follow/", {"topics": ["updates"]})

        assert response["Location"] == f"/cy{FOLLOW}confirmed/"
    assert Follower.objects.get().language == "cy"


def test_confirming_nothing_is_refused(client, following):
    client.get(f"/follow/{link(CONFIRM_FOLLOW, following)}/")

    response = client.post("/follow/", {"csrfmiddlewaretoken": "as a browser sends it"})

    assert "Choose at least one thing to hear about" in words(response)
    assert Following.objects.get().confirmed_at is None


def test_a_link_of_a_neighbourhood_that_ended_leads_to_what_came_after(client, place):
    old = NeighbourhoodFactory(ended=True, successor=place)
    client.get(f"/follow/{link(CONFIRM_FOLLOW, FollowingFactory(neighbourhood=old))}/")

    response = client.post("/follow/", {"topics": ["updates"]})

    assert response["Location"] == f"{FOLLOW}confirmed/"


@pytest.mark.parametrize("page", ["/follow/", "/follow/leave/", "/cy/follow/"])
def test_without_a_link_that_works_the_page_says_so(client, page):
    for method in (client.get, client.post):
        response = method(page)

        assert response.status_code == 410
        assert_discreet(response)


# Leaving


def test_leaving_takes_one_press(client, following):
    token = link(LEAVE, following.follower)
    opened = client.get(f"/follow/leave/{token}/")
    assert opened["Location"] == "/follow/leave/"
    assert_discreet(opened, "no-referrer")
    page = client.get("/follow/leave/")
    assert "Stop these mails" in words(page)
    assert_discreet(page)
    assert Follower.objects.count() == 1

    for _ in range(2):
        response = client.post("/follow/leave/", follow=True)
        assert "You get no more of these mails" in words(response)
    assert Follower.objects.count() == 0


def test_a_mail_program_leaves_without_a_session_or_a_form_token(following):
    program = Client(enforce_csrf_checks=True)
    address = f"/follow/leave/{link(LEAVE, following.follower)}"

    for _ in range(2):
        response = program.post(address, {"List-Unsubscribe": "One-Click"})

        assert (response.status_code, response.content) == (200, b"You get no more of these mails.")
        assert_discreet(response, "no-referrer")
    assert Follower.objects.count() == 0


def test_a_mail_program_that_opens_the_address_gets_the_page_with_the_button(client, following):
    address = f"/follow/leave/{link(LEAVE, following.follower)}"

    assert client.get(address)["Location"] == f"{address}/"
    assert Follower.objects.count() == 1


def test_a_guessed_secret_leaves_nobody(client, following):
    client.get("/follow/leave/guessed/")

    assert client.post("/follow/leave/").status_code == 410
    assert client.post("/follow/leave/guessed").status_code == 410
    assert Follower.objects.count() == 1


def test_the_page_has_to_be_pressed_by_its_reader(following):
    reader = Client(enforce_csrf_checks=True)
    reader.get(f"/follow/leave/{link(LEAVE, following.follower)}/")

    assert reader.post("/follow/leave/").status_code == 403
    assert Follower.objects.count() == 1
