"""The feed of updates, as a feed reader reads it."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from neighbourhoods.clock import london_date
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import MemberFactory, PatrolUpdateFactory
from tests.teams.acting import SERGEANT, acting

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = "/areas/casterwell/harkstow/updates/"
FEED = f"{PAGE}feed.atom"


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


def entries(response):
    root = ElementTree.fromstring(response.content)  # noqa: S314
    return [
        tuple(entry.find(f"{ATOM}{name}").text for name in ("title", "id", "summary"))
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_holds_what_residents_see_and_escapes_what_was_typed(client, place):
    told = PatrolUpdateFactory(neighbourhood=place, published=True, title="Bikes", text="<b>")
    PatrolUpdateFactory(neighbourhood=place)
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True)
    PatrolUpdateFactory(neighbourhood=place, published=True, appeal=True)

    response = client.get(FEED)

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert entries(response) == [
        ("Bikes", f"{settings.SITE_URL}{PAGE}{told.pk}/", "<p>&lt;b&gt;</p>")
    ]


def test_a_hidden_officer_is_in_neither_feed_nor_what_is_copied(client, place):
    hidden = MemberFactory(force=place.force, hidden_at=timezone.now())
    update = PatrolUpdateFactory(
        neighbourhood=place, published=True, text=f"Ask [[member:{hidden.pk}]] about it."
    )
    path = f"/staff{PAGE}{update.pk}/"

    ((_title, _address, text),) = entries(client.get(FEED))
    page = acting(SERGEANT, place).get(path)

    assert text == "<p>Ask a member of the team about it.</p>"
    assert "Ask a member of the team about it.\n\nhttp" in page.content.decode()


def test_the_welsh_feed_is_in_welsh_where_there_is_welsh(client, place):
    PatrolUpdateFactory(neighbourhood=place, published=True, welsh=True)

    ((title, address, _text),) = entries(client.get(f"/cy{FEED}"))

    assert title == "Dau e-feic wedi'u cipio"
    assert address.startswith(f"{settings.SITE_URL}/cy/areas/")


def test_a_reader_who_holds_the_feed_is_told_so(client, place, django_assert_num_queries):
    held = client.get(FEED)["ETag"]

    with django_assert_num_queries(1):
        assert client.get(FEED, headers={"If-None-Match": held}).status_code == 304


@pytest.mark.parametrize("rows", [1, 3])
def test_the_feed_costs_the_same_for_one_as_for_three(
    client, place, rows, django_assert_num_queries
):
    PatrolUpdateFactory.create_batch(rows, neighbourhood=place, published=True)

    with django_assert_num_queries(2):
        client.get(FEED)


def test_there_is_no_feed_of_what_has_ended(client):
    NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", ended_on=london_date(timezone.now())
    )

    assert client.get(FEED).status_code == 404
