from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from shapely import MultiPolygon, Point

from neighbourhoods.models import Neighbourhood
from teams.services.updates import publish_update
from tests.factories.neighbourhoods import (
    BoundaryFactory,
    BoundarySetFactory,
    ForceFactory,
    NeighbourhoodFactory,
    SuccessionFactory,
)
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOME = "/areas/casterwell/harkstow/"
MAX_BYTES = 30 * 1024
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def place():
    force = ForceFactory(
        id="casterwell",
        name="Casterwell Police",
        report_url="https://force.example.org/report",
    )
    return NeighbourhoodFactory(
        force=force,
        code="harkstow",
        name="Harkstow Estate",
        name_cy="Ystad Harkstow",
        description="Tern Court and Larch Way.",
    )


def words(response) -> str:
    """The page's source with every run of white space as one space."""
    return " ".join(response.content.decode().split())


def fill(place, rows: int) -> None:
    """Everything that a home can show, ``rows`` times over where there can be several."""
    jagged = Point(-1, 52).buffer(0.03, quad_segs=200)
    in_force = BoundarySetFactory(force=place.force, active=True)
    BoundaryFactory(boundary_set=in_force, neighbourhood=place, polygon=MultiPolygon([jagged]))
    ContactRouteFactory(neighbourhood=place)
    for day in range(1, rows + 1):
        member = MemberFactory(force=place.force)
        posting = PostingFactory(neighbourhood=place, member=member)
        ContactRouteFactory(of_member=True, member=member)
        contact_from = date(2025, 1, day)
        NamedContactFactory(neighbourhood=place, posting=posting, from_on=contact_from)
        today = timezone.localdate()
        CoverFactory(neighbourhood=place, from_on=today - timedelta(days=day), to_on=today)
        PatrolUpdateFactory(neighbourhood=place, published=True, text="A long story. " * 140)


def test_home_names_the_officer_first_and_how_to_reach_them(client, place):
    contact = NamedContactFactory(neighbourhood=place, posting=PostingFactory(neighbourhood=place))
    member = contact.posting.member
    ContactRouteFactory(of_member=True, member=member, value="quillow@example.org")
    ContactRouteFactory(of_member=True, member=member, telephone=True)

    page = words(client.get(HOME))

    assert "Harkstow Estate</h1>" in page
    assert "is your named officer, in this post since May 2023." in page
    places = [
        page.index(text)
        for text in (
            "Harkstow Estate</h1>",
            f'href="{HOME}team/{member.pk}/">PC Tamsin Quillow</a>',
            'href="mailto:quillow@example.org"',
            'href="tel:+441632960123"',
            "portal-emergency",
            "What do you want to do?",
            "Latest updates",
            "Streets and places covered",
        )
    ]
    assert places == sorted(places)


def test_home_says_who_covers_and_gives_their_routes(client, place):
    contact = NamedContactFactory(neighbourhood=place, posting=PostingFactory(neighbourhood=place))
    own = ContactRouteFactory(of_member=True, member=contact.posting.member)
    cover = CoverFactory(
        neighbourhood=place,
        from_on=timezone.localdate(),
        to_on=timezone.localdate() + timedelta(days=1),
    )
    ContactRouteFactory(of_member=True, member=cover.member, value="cover@example.org")

    page = words(client.get(HOME))

    assert "<strong>PC Tom Rackstraw</strong> covers this area." in page
    assert "mailto:cover@example.org" in page
    assert own.value not in page


def test_home_offers_four_tasks(client, place):
    page = words(client.get(HOME))

    for href in (
        "https://force.example.org/report",
        f"{HOME}who-deals-with-what/",
        f"{HOME}message/",
        f"{HOME}updates/",
    ):
        assert f'class="govuk-link govuk-task-list__link" href="{href}"' in page
    assert "In an emergency call 999." in page


def test_home_of_a_force_without_a_reporting_page_gives_its_telephone(client, place):
    place.force.report_url = ""
    place.force.save()

    page = words(client.get(HOME))

    assert 'govuk-task-list__link" href="tel:101"' in page


def test_home_shows_team_updates_and_outline(client, place):
    fill(place, 3)

    page = words(client.get(HOME))

    assert "PC Tamsin Quillow, PC Tamsin Quillow, PC Tamsin Quillow." in page
    assert page.count("Two e-bikes seized by Tern Court") == 3
    assert '<path class="portal-map__outline"' in page
    assert "Tern Court and Larch Way." in page


def test_home_of_a_place_of_which_nothing_is_known(client, place):
    page = words(client.get(HOME))

    assert "Nobody has been named for this area yet." in page
    assert "The team has not published an update yet." in page
    assert "The force has not given us the outline of this area yet." in page


def test_full_home_stays_small(client, place):
    fill(place, 3)

    for address in (HOME, f"/cy{HOME}"):
        assert len(client.get(address).content) <= MAX_BYTES


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, place, rows, django_assert_num_queries):
    fill(place, rows)

    with django_assert_num_queries(16):
        client.get(HOME)


def test_an_unchanged_home_is_not_sent_again(client, place, django_assert_num_queries):
    first = client.get(HOME)

    with django_assert_num_queries(1):
        second = client.get(HOME, headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")
    assert (second["ETag"], second["Cache-Control"]) == (first["ETag"], "no-cache")


def test_publishing_an_update_changes_the_etag(client, place):
    before = client.get(HOME)
    update = PatrolUpdateFactory(neighbourhood=place, title="Sheds checked")

    publish_update(update=update, by=UserFactory(), now=NOW)

    after = client.get(HOME, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]
    assert "Sheds checked" in words(after)


def test_welsh_and_english_are_different_pages(client, place):
    english, welsh = client.get(HOME), client.get(f"/cy{HOME}")

    assert english["ETag"] != welsh["ETag"]
    assert "Ystad Harkstow</h1>" in words(welsh)
    assert '<div class="govuk-body" lang="en"><p>Tern Court' in words(welsh)


def test_everybody_gets_the_same_bytes(client, place):
    anonymous = client.get(HOME)
    client.force_login(UserFactory())

    assert client.get(HOME).content == anonymous.content


def test_an_ended_neighbourhood_says_what_came_after_and_where_it_was(client, place):
    force = place.force
    sets = [
        BoundarySetFactory(force=force, valid_from=date(2020, 5, 1)),
        BoundarySetFactory(force=force, valid_from=date(2025, 1, 1), active=True),
        BoundarySetFactory(force=force, valid_from=date(2030, 1, 1)),  # dark: nobody's business
    ]
    for boundary_set in (sets[0], sets[2]):
        BoundaryFactory(boundary_set=boundary_set, neighbourhood=place)
    last = NeighbourhoodFactory(force=force, code="new town", name="New Town")
    between = NeighbourhoodFactory(force=force, ended_on=date(2026, 1, 1), successor=last)
    other = NeighbourhoodFactory(force=force, code="ford", name="Ford")
    for after in (other, between):
        SuccessionFactory(boundary_set=sets[1], before=place, after=after, from_on=date(2025, 1, 1))
    SuccessionFactory(boundary_set=sets[2], before=place, after=NeighbourhoodFactory(force=force))
    Neighbourhood.objects.filter(pk=place.pk).update(ended_on=date(2025, 1, 1), successor=between)

    page = words(client.get(HOME))

    assert "This neighbourhood ended on 1 January 2025." in page
    assert "Its boundaries of 1 May 2020, in force until 1 January 2025." in page
    assert page.index("/areas/casterwell/new%20town/") < page.index("/areas/casterwell/ford/")
    assert page.count("/areas/casterwell/new%20town/") == 1
    assert "<svg" in page


def test_an_ended_neighbourhood_without_successor_says_so(client, place):
    Neighbourhood.objects.update(ended_on=date(2025, 1, 1))

    response = client.get(HOME)

    assert response.status_code == 200
    assert "This neighbourhood ended on 1 January 2025." in words(response)


def test_a_neighbourhood_that_ends_later_still_has_its_home(client, place):
    Neighbourhood.objects.update(ended_on=timezone.localdate() + timedelta(days=1))

    assert "What do you want to do?" in words(client.get(HOME))


@pytest.mark.parametrize("address", ["/areas/casterwell/HARKSTOW/", "/areas/other/harkstow/"])
def test_ids_are_matched_as_written(client, place, address):
    assert client.get(address).status_code == 404


def test_only_reading_is_possible(client, place):
    assert client.post(HOME).status_code == 405
    assert client.head(HOME).status_code == 200
