from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from neighbourhoods.notifications import NewsItem
from teams.news import invitation, update_published
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import InvitationFactory, PatrolUpdateFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        force__id="casterwell", code="harkstow", name="Harkstow", name_cy="Hercstow"
    )


def published(place, **words):
    return PatrolUpdateFactory(
        neighbourhood=place,
        published=True,
        title="Two e-bikes seized",
        text="By Tern Court.",
        **words,
    )


def test_an_invitation_is_a_link_with_a_secret_that_lives_three_days():
    item = invitation(InvitationFactory().pk, language="en-gb", now=NOON)

    assert (item.title, item.url, item.purpose, item.link_lives) == (
        "Set up your sign-in",
        "/staff/invitation/",
        "teams.invitation",
        timedelta(days=3),
    )
    assert "It works once, for 3 days." in item.text


def test_an_invitation_leads_to_the_welsh_pages():
    with translation.override("cy"):
        item = invitation(InvitationFactory().pk, language="cy", now=NOON)

    assert item.url == "/cy/staff/invitation/"


@pytest.mark.parametrize("state", [{"accepted": True}, {"replaced": True}, {"user__left": True}])
def test_an_invitation_that_is_of_no_use_any_more_is_not_mailed(state):
    pk = InvitationFactory(**state).pk

    assert invitation(pk, language="en-gb", now=NOON) is None


def test_an_invitation_that_was_deleted_is_not_mailed():
    assert invitation(1, language="en-gb", now=NOON) is None


def test_an_update_is_told_with_its_place_and_its_page(place):
    update = published(place)

    assert update_published(update.pk, language="en-gb", now=NOON) == NewsItem(
        title="Harkstow: Two e-bikes seized",
        text="By Tern Court.",
        url=f"/areas/casterwell/harkstow/updates/{update.pk}/",
        link_text="Read it on the page of your team",
    )


def test_an_update_is_told_in_welsh_where_there_is_welsh(place):
    update = published(place, title_cy="Dau e-feic", text_cy="Ger Tern Court.")

    with translation.override("cy"):
        item = update_published(update.pk, language="cy", now=NOON)

    assert (item.title, item.text, item.url) == (
        "Hercstow: Dau e-feic",
        "Ger Tern Court.",
        f"/cy/areas/casterwell/harkstow/updates/{update.pk}/",
    )


def test_a_welsh_reader_gets_the_english_where_there_is_no_welsh(place):
    item = update_published(published(place).pk, language="cy", now=NOON)

    assert (item.title, item.text) == ("Hercstow: Two e-bikes seized", "By Tern Court.")


@pytest.mark.parametrize("state", [{}, {"withdrawn": True}])
def test_an_update_that_residents_do_not_see_is_not_told(state):
    update = PatrolUpdateFactory(**state)

    assert update_published(update.pk, language="en-gb", now=NOON) is None
