"""Names in texts: kept as references, read as names, and not read of whoever is hidden."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from teams.queries import (
    PostState,
    contact_routes,
    named_officer,
    refer_in,
    team_on,
    with_names,
    with_references,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    ContactRouteFactory,
    CoverFactory,
    MemberFactory,
    NamedContactFactory,
    PatrolUpdateFactory,
    PostingFactory,
)
from tests.teams.acting import OFFICER, acting

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


@pytest.fixture
def member(place):
    return PostingFactory(
        neighbourhood=place, member__pk=12, member__name="Zephyrine Oakcanary"
    ).member


def hide(member):
    member.hide(at=datetime(2026, 3, 4, tzinfo=UTC))
    member.save()


def test_a_text_is_kept_with_references_and_read_with_names(
    place, member, django_assert_num_queries
):
    with django_assert_num_queries(1):
        kept = with_references("PC Oakcanary seized it.", place)
    assert kept == "[[member:12]] seized it."
    with django_assert_num_queries(1):
        assert with_names(kept) == "PC Zephyrine Oakcanary seized it."
    with django_assert_num_queries(0):
        assert with_names("Nobody.") == "Nobody."
        assert with_references("", place) == ""


def test_who_is_hidden_is_a_member_of_the_team(member):
    hide(member)
    text = "[[member:12]] seized it with [[member:12]] and [[member:999]]."

    assert with_names(text) == (
        "A member of the team seized it with a member of the team and a member of the team."
    )
    assert with_names("Ask [[member:12]]", whole=True) == "Ask PC Zephyrine Oakcanary"


def test_a_first_name_stands_alone_for_residents(place):
    PostingFactory(
        neighbourhood=place,
        member=MemberFactory(pk=7, force=place.force, pcso=True, shortened=True),
    )

    assert with_names("[[member:7]]") == "PCSO Dee"
    assert with_names("[[member:7]]", whole=True) == "PCSO Dee Ferncastle"


def test_words_of_several_fields_are_kept_with_one_query(place, member, django_assert_num_queries):
    with django_assert_num_queries(1):
        kept = refer_in({"title": "PC Oakcanary", "ends_at": DAY, "text_cy": ""}, place)

    assert kept == {"title": "[[member:12]]", "ends_at": DAY, "text_cy": ""}


def test_people_of_the_force_are_meant_by_their_whole_name_people_of_others_never(place):
    MemberFactory(pk=8, force=place.force, name="Ana Lindmarsh")
    MemberFactory(name="Bryn Castlebeck")

    assert with_references("Ana Lindmarsh, Bryn Castlebeck", place) == (
        "[[member:8]], Bryn Castlebeck"
    )


def test_a_page_is_read_with_names_and_staff_read_whole_ones(client, place, member):
    update = PatrolUpdateFactory(
        neighbourhood=place, published=True, title="By [[member:12]]", text="[[member:12]]"
    )
    page = f"/areas/casterwell/harkstow/updates/{update.pk}/"
    api = "/api/casterwell/harkstow/updates"
    member.name = 'Zephyrine "O" <Oak>'
    member.save()

    read = client.get(page).content.decode()
    assert "By PC Zephyrine &quot;O&quot; &lt;Oak&gt;" in read
    assert client.get(api).json()["results"][0]["title"] == 'By PC Zephyrine "O" <Oak>'

    hide(member)
    type(place).objects.all().raise_stamps()
    assert "By a member of the team" in client.get(page).content.decode()
    assert client.get(api).json()["results"][0]["text"] == "A member of the team"
    with translation.override("en-gb"):
        staff = acting(OFFICER, place).get(f"/staff/areas/casterwell/harkstow/updates/{update.pk}/")
    assert b"By PC Zephyrine &quot;O&quot;" in staff.content


def test_hidden_and_just_arrived_look_alike_and_not_like_a_vacancy(place):
    contact = NamedContactFactory(neighbourhood=place)
    ContactRouteFactory(of_member=True, member=contact.posting.member, value="t@example.org")
    ContactRouteFactory(neighbourhood=place)
    member = contact.posting.member
    member.visible_from = date(2026, 3, 5)
    member.save()
    arrived = named_officer(place, DAY)
    assert named_officer(place, date(2026, 3, 5)).state == PostState.NAMED

    member.visible_from = None
    member.save()
    hide(member)
    hidden = named_officer(place, DAY)

    assert arrived == hidden
    assert (hidden.state, hidden.member, hidden.since, hidden.is_police_officer) == (
        PostState.TEAM,
        None,
        None,
        True,
    )
    assert hidden.reached_by == contact_routes(place)
    assert team_on(place, DAY) == []


def test_who_covers_and_is_hidden_is_not_told_either(place):
    cover = CoverFactory(neighbourhood=place)
    assert named_officer(place, DAY).cover.member == cover.member

    hide(cover.member)

    assert named_officer(place, DAY).cover is None


def test_a_way_that_spells_out_the_surname_is_not_shown_with_a_first_name(place):
    member = MemberFactory(force=place.force, shortened=True, name="Callum Driftwell")
    PostingFactory(neighbourhood=place, member=member)
    ContactRouteFactory(of_member=True, member=member, value="callum.driftwell@example.org")
    ContactRouteFactory(of_member=True, member=member, telephone=True)

    [entry] = team_on(place, DAY)

    assert [route.value for route in entry.routes] == ["01632 960 123"]
