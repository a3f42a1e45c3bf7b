"""The mixed team as residents read of it: who is police, what a role can do, where else."""

from datetime import date

import pytest
from django.utils import timezone

from teams.models import Member
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import (
    CoverFactory,
    MemberFactory,
    PatrolUpdateFactory,
    PostingFactory,
    RoleFactFactory,
)
from tests.teams.test_views_public import ENDED, HOME, place, post, words

__all__ = ["place"]
pytestmark = pytest.mark.django_db


def test_whoever_is_not_police_says_so_wherever_they_are_named(client, place):
    member = MemberFactory(force=place.force, warden=True)
    CoverFactory(
        neighbourhood=place, member=member, from_on=timezone.localdate(), to_on=timezone.localdate()
    )
    PostingFactory(neighbourhood=place, member=member)
    PatrolUpdateFactory(
        neighbourhood=place, published=True, pk=7, text=f"Ask [[member:{member.pk}]]."
    )
    told = "Sharon Oakhangar (not police)"

    assert f"<strong>{told}</strong> covers it." in words(client.get(f"{HOME}team/"))
    assert told in words(client.get(HOME))
    assert f"Ask {told}." in words(client.get(f"{HOME}updates/7/"))
    people = client.get("/api/casterwell/harkstow/people").json()
    assert [(person["police"], person["employer_kind"]) for person in people] == [
        (False, "housing_association")
    ]
    assert (
        client.get("/api/casterwell/harkstow").json()["named_officer"]["cover"]["police"] is False
    )


def test_what_a_role_can_do_is_on_the_page_of_its_people(client, place):
    pcso, officer = post(place, pcso=True).member, post(place).member
    facts = [
        ("can", "Direct traffic"),
        ("cannot", "Arrest anybody"),
        ("badge", "Call 01632 960 555"),
    ]
    for kind, text in facts:
        RoleFactFactory(force=place.force, kind=kind, text=text)
    RoleFactFactory(force=place.force, text="Too old", from_on=date(2025, 1, 1))
    RoleFactFactory(force=place.force, text="Still to come", from_on=date(2056, 1, 1))
    RoleFactFactory(text="Elsewhere")

    page = words(client.get(f"{HOME}team/{pcso.pk}/"))
    roles = words(client.get(f"{HOME}team/roles/"))

    assert "What a PCSO can do here" in page
    for _kind, text in facts:
        assert f"<li>{text}</li>" in page
        assert f"<li>{text}</li>" in roles
    assert 'in force since <time datetime="2026-01-01">1 January 2026</time>' in page
    for text in ("Too old", "Still to come", "Elsewhere"):
        assert text not in page + roles
    assert "How to check a badge" in roles
    assert "can do here" not in words(client.get(f"{HOME}team/{officer.pk}/"))


def test_without_a_list_the_page_says_whom_to_ask(client, place):
    accredited = post(place, accredited=True).member
    RoleFactFactory(force=place.force, role="accredited", employer="Other", text="Of others")
    own = RoleFactFactory(
        force=place.force, role="warden", employer="harkstow homes", text="Move cars"
    )
    warden = post(place, warden=True).member

    page = words(client.get(f"{HOME}team/{accredited.pk}/"))

    assert "The force has not published its list of powers here yet." in page
    assert "Of others" not in page
    assert own.text in words(client.get(f"{HOME}team/{warden.pk}/"))


def test_a_member_of_several_teams_says_so_unless_only_the_first_name_is_shown(client, place):
    member = post(place).member
    other = NeighbourhoodFactory(force=place.force, name="Lanterngate", code="lanterngate")
    ended = NeighbourhoodFactory(force=place.force, name="Old Quay", ended_on=ENDED)
    for somewhere in (other, ended):
        PostingFactory(neighbourhood=somewhere, member=member)

    page = words(client.get(f"{HOME}team/{member.pk}/"))
    assert (
        'Also in the team for <a class="govuk-link" href="/areas/casterwell/lanterngate/">' in page
    )
    assert "Old Quay" not in page

    Member.objects.update(first_name_only=True, first_name_reason="A threat.")
    type(place).objects.raise_stamps()
    assert "Also in the team for" not in words(client.get(f"{HOME}team/{member.pk}/"))


def test_a_team_led_by_an_inspector_has_several_sergeants(client, place):
    for name in ("Imran Dalvari", "Ana Example"):
        PostingFactory(neighbourhood=place, member__sergeant=True, member__name=name)
    PostingFactory(neighbourhood=place, leading=True, member__inspector=True)
    post(place, special=True)
    post(place, pcso=True)

    page = words(client.get(f"{HOME}team/"))

    names = [
        "Insp Ruth Quillfeather",
        "Sgt Ana Example",
        "Sgt Imran Dalvari",
        "PCSO Dee Ferncastle",
        "SC Lena Voskerry",
    ]
    places = [page.index(f">{name}</a>") for name in names]
    assert places == sorted(places)
    assert page.count("Team lead</strong>") == 1
