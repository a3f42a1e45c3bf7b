from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from neighbourhoods.models import Neighbourhood
from neighbourhoods.queries import page_stamp
from teams.views.public import neighbourhood_page
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
)

pytestmark = pytest.mark.django_db
HOME = "/areas/casterwell/harkstow/"
ENDED = date(2025, 1, 31)


@pytest.fixture
def place():
    force = ForceFactory(id="casterwell", name="Casterwell Police", telephone="101")
    return NeighbourhoodFactory(
        force=force, code="harkstow", name="Harkstow Estate", name_cy="Ystad Harkstow"
    )


def words(response) -> str:
    """The page's source with every run of white space as one space."""
    return " ".join(response.content.decode().split())


def post(place, **member):
    return PostingFactory(neighbourhood=place, member=MemberFactory(force=place.force, **member))


def cover_until(place, days: int):
    today = timezone.localdate()
    return CoverFactory(neighbourhood=place, from_on=today, to_on=today + timedelta(days=days))


def test_team_page_names_the_officer_and_everybody_else(client, place):
    NamedContactFactory(neighbourhood=place, posting=post(place, speaks_welsh=True))
    post(place, warden=True)
    PostingFactory(neighbourhood=place, lead=True, member__sergeant=True)

    page = words(client.get(f"{HOME}team/"))

    assert "is your named officer, in this post since May 2023." in page
    assert "Named officer</strong>" in page
    assert "Speaks Welsh</strong>" in page
    assert "Team lead</strong>" in page
    assert "Not police</strong>" in page
    assert (
        "Warden, works for Harkstow Homes, a housing association, in this team since May 2023"
        in page
    )
    assert page.index("Sgt Imran Dalvari") < page.index("Sharon Oakhangar")


def test_team_page_gives_contact_routes_as_links_and_when_they_were_checked(client, place):
    ContactRouteFactory(neighbourhood=place)
    ContactRouteFactory(neighbourhood=place, telephone=True)

    page = words(client.get(f"{HOME}team/"))

    assert 'id="contact"' in page
    assert 'href="mailto:team@example.org"' in page
    assert 'href="tel:+441632960123"' in page
    assert 'Last checked on <time datetime="2026-02-20">20 February 2026</time>' in page


def test_team_page_without_people_or_routes_says_what_to_do(client, place):
    page = words(client.get(f"{HOME}team/"))

    assert "Nobody has been named for this area yet." in page
    assert 'Call <a class="govuk-link" href="tel:101">101</a> and ask for' in page
    assert "The force has not told us yet who works here." in page


def test_team_page_of_a_vacancy_with_cover(client, place):
    NamedContactFactory(neighbourhood=place, vacant=True)
    cover_until(place, 10)

    page = words(client.get(f"{HOME}team/"))

    assert "We are recruiting. Until then <strong>PC Tom Rackstraw</strong> covers" in page


def test_team_page_of_a_vacancy_without_cover(client, place):
    NamedContactFactory(neighbourhood=place, vacant=True, from_on=date(2026, 2, 1))

    page = words(client.get(f"{HOME}team/"))

    assert "This post has been vacant since February 2026. We are recruiting." in page


def test_team_page_with_cover_where_nobody_was_ever_named(client, place):
    cover_until(place, 10)

    page = words(client.get(f"{HOME}team/"))

    assert "Nobody has been named for this area yet. <strong>PC Tom Rackstraw</strong>" in page


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("pcso", "A PCSO (police community support officer) is not a police officer."),
        ("special", "A special constable is a volunteer."),
        ("warden", "A police officer has not been named for this area yet."),
    ],
)
def test_team_page_says_plainly_that_the_contact_is_no_police_officer(client, place, role, said):
    NamedContactFactory(neighbourhood=place, posting=post(place, **{role: True}))

    page = words(client.get(f"{HOME}team/"))

    assert "Your named contact" in page
    assert said in page
    assert "your named officer" not in page.lower()


def test_names_and_texts_are_escaped(client, place):
    posting = post(place, name="<b>Eve</b>", bio="<script>alert(1)</script>")
    NamedContactFactory(neighbourhood=place, posting=posting)

    for address in ("team/", f"team/{posting.member_id}/"):
        page = words(client.get(HOME + address))
        assert "<b>Eve" not in page
        assert "<script>alert" not in page


def test_team_pages_of_an_ended_neighbourhood_lead_to_its_home(client, place):
    posting = post(place)
    Neighbourhood.objects.update(ended_on=ENDED)

    for address in ("team/", f"team/{posting.member_id}/"):
        response = client.get(HOME + address)
        assert (response.status_code, response["Location"]) == (302, HOME)


def test_member_page_tells_bio_since_and_routes(client, place):
    posting = post(place, bio="I have worked here since 2019.\n\nFind me at the library.")
    ContactRouteFactory(of_member=True, member=posting.member)

    page = words(client.get(f"{HOME}team/{posting.member_id}/"))

    assert "<h1" in page
    assert "Police constable in the team for Harkstow Estate since May 2023." in page
    assert "<p>I have worked here since 2019.</p> <p>Find me at the library.</p>" in page
    assert 'href="mailto:team@example.org"' in page


def test_member_page_without_own_routes_gives_the_teams(client, place):
    posting = post(place)
    ContactRouteFactory(neighbourhood=place, value="all@example.org")

    page = words(client.get(f"{HOME}team/{posting.member_id}/"))

    assert "Write to or call the team and say who it is for." in page
    assert "mailto:all@example.org" in page


def test_member_page_of_the_named_officer_says_who_covers(client, place):
    posting = post(place)
    NamedContactFactory(neighbourhood=place, posting=posting)
    cover_until(place, 3)

    page = words(client.get(f"{HOME}team/{posting.member_id}/"))

    assert "PC Tamsin Quillow is away until" in page
    assert "PC Tom Rackstraw covers this area." in page


def test_member_page_of_who_covers_says_so(client, place):
    cover = cover_until(place, 3)
    PostingFactory(neighbourhood=place, member=cover.member)

    page = words(client.get(f"{HOME}team/{cover.member_id}/"))

    assert "PC Tom Rackstraw covers for the named officer of this area until" in page


def test_member_page_is_for_those_posted_there_today(client, place):
    ended = PostingFactory(neighbourhood=place, ended=True)
    elsewhere = PostingFactory()

    assert client.get(f"{HOME}team/{ended.member_id}/").status_code == 404
    assert client.get(f"{HOME}team/{elsewhere.member_id}/").status_code == 404


def test_update_list_shows_published_updates_newest_first_20_a_page(client, place):
    PatrolUpdateFactory.create_batch(20, neighbourhood=place, published=True)
    PatrolUpdateFactory(neighbourhood=place, published=True, title="The newest")
    PatrolUpdateFactory(neighbourhood=place, title="Still a draft")
    PatrolUpdateFactory(neighbourhood=place, withdrawn=True, title="Taken back")

    first = client.get(f"{HOME}updates/")
    second = client.get(f"{HOME}updates/?page=2")

    assert first.context["page"][0].title == "The newest"
    assert (len(first.context["page"]), len(second.context["page"])) == (20, 1)
    assert "(page 2 of 2)" in words(second)
    for page in (words(first), words(second)):
        assert "Still a draft" not in page
        assert "Taken back" not in page


def test_update_list_without_updates_says_how_to_ask(client, place):
    page = words(client.get(f"{HOME}updates/"))

    assert "The team has not published an update yet." in page
    assert f'href="{HOME}team/#contact"' in page


@pytest.mark.parametrize("number", ["0", "99", "x", ""])
def test_update_list_answers_any_page_number(client, place, number):
    assert client.get(f"{HOME}updates/?page={number}").status_code == 200


def test_update_page_shows_title_day_and_paragraphs(client, place):
    update = PatrolUpdateFactory(
        neighbourhood=place, published=True, title="Sheds & locks", text="One <i>.\n\nTwo."
    )

    page = words(client.get(f"{HOME}updates/{update.pk}/"))

    assert "Sheds &amp; locks</h1>" in page
    assert '<time datetime="2026-03-02">2 March 2026</time>' in page
    assert "<p>One &lt;i&gt;.</p> <p>Two.</p>" in page


def test_withdrawn_update_gives_the_reason_without_the_text(client, place):
    update = PatrolUpdateFactory(neighbourhood=place, withdrawn=True, text="Wrong words.")

    response = client.get(f"{HOME}updates/{update.pk}/")

    page = words(response)
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    assert "This update was withdrawn on 4 March 2026 because:" in page
    assert "It named the wrong street." in page
    assert "Wrong words." not in page
    assert update.title not in page


def test_drafts_and_other_places_updates_are_not_found(client, place):
    draft = PatrolUpdateFactory(neighbourhood=place)
    elsewhere = PatrolUpdateFactory(published=True)

    assert client.get(f"{HOME}updates/{draft.pk}/").status_code == 404
    assert client.get(f"{HOME}updates/{elsewhere.pk}/").status_code == 404


def test_welsh_pages_show_the_welsh_text_and_mark_what_is_only_english(client, place):
    both = PatrolUpdateFactory(neighbourhood=place, published=True, welsh=True)
    english = PatrolUpdateFactory(neighbourhood=place, published=True, text="Only English.")

    assert "<p>Cipiwyd dau e-feic ddydd Sadwrn.</p>" in words(
        client.get(f"/cy{HOME}updates/{both.pk}/")
    )
    assert '<div lang="en"> <div class="govuk-body"><p>Only English.</p></div>' in words(
        client.get(f"/cy{HOME}updates/{english.pk}/")
    )


@pytest.mark.parametrize("address", ["team/", "team/1/", "updates/", "updates/1/"])
def test_unknown_neighbourhoods_and_other_case_are_not_found(client, place, address):
    assert client.get(f"/areas/casterwell/Harkstow/{address}").status_code == 404
    assert client.post(HOME + address).status_code == 405


@pytest.mark.parametrize(("address", "queries"), [("team/", 10), ("updates/", 4)])
@pytest.mark.parametrize("rows", [1, 3])
def test_query_counts(client, place, rows, address, queries, django_assert_num_queries):
    for _others in range(2):  # with three the team has figures of its own
        post(place)
    for month in range(1, rows + 1):
        posting = post(place)
        NamedContactFactory(neighbourhood=place, posting=posting, from_on=date(2026, month, 1))
        ContactRouteFactory(of_member=True, member=posting.member)
        PatrolUpdateFactory(neighbourhood=place, published=True)

    with django_assert_num_queries(queries):
        client.get(HOME + address)


def test_query_counts_of_single_pages(client, place, django_assert_num_queries):
    posting = post(place)
    update = PatrolUpdateFactory(neighbourhood=place, published=True)

    pcso = post(place, pcso=True)

    with django_assert_num_queries(8):
        client.get(f"{HOME}team/{posting.member_id}/")
    with django_assert_num_queries(9):
        client.get(f"{HOME}team/{pcso.member_id}/")
    with django_assert_num_queries(3):
        client.get(f"{HOME}team/roles/")
    with django_assert_num_queries(3):
        client.get(f"{HOME}updates/{update.pk}/")


@pytest.mark.parametrize("address", ["team/", "updates/"])
def test_an_unchanged_page_is_not_sent_again(client, place, address, django_assert_num_queries):
    first = client.get(HOME + address)

    with django_assert_num_queries(1):
        second = client.get(HOME + address, headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")


def changing(times: int, calls: list[str]):
    """A page of a neighbourhood that something changes while it is made, at the first calls."""

    @neighbourhood_page
    def page(request, neighbourhood, *, now):
        calls.append(neighbourhood.stamp)
        if len(calls) <= times:
            Neighbourhood.objects.filter(pk=neighbourhood.pk).raise_stamps()
        return HttpResponse("page")

    return page


@pytest.mark.parametrize(("times", "stamps"), [(0, [1]), (1, [1, 2]), (2, [1, 2, 3])])
def test_a_page_that_changes_while_it_is_made_is_made_again(place, rf, times, stamps):
    calls = []
    page = changing(times, calls)

    response = page(rf.get("/"), **place.url_kwargs)

    found = Neighbourhood.objects.with_safety_stamp().get(pk=place.pk)
    stamp = page_stamp(found, language="en-gb", now=timezone.now())
    assert (calls, response["ETag"]) == (stamps, f'"{stamp}"')


def test_a_page_that_never_settles_has_no_etag(place, rf):
    calls = []

    response = changing(9, calls)(rf.get("/"), **place.url_kwargs)

    assert (calls, response.content, "ETag" in response) == ([1, 2, 3], b"page", False)
