from datetime import UTC, datetime

import pytest

from reports.news import bulletin_published
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 9, 12, tzinfo=UTC)


def test_followers_are_told_of_a_bulletin():
    place = NeighbourhoodFactory(force__id="casterwell", code="harkstow", name="Harkstow Estate")
    bulletin = BulletinFactory(neighbourhood=place, published=True)

    item = bulletin_published(bulletin.pk, language="en-gb", now=NOW)

    assert item.title == "Harkstow Estate: how well are your police doing?"
    assert "October to December 2030" in item.text
    assert item.url == "/areas/casterwell/harkstow/bulletins/2030-Q4/"


def test_of_a_draft_nobody_is_told():
    bulletin = BulletinFactory(submitted=True)

    assert bulletin_published(bulletin.pk, language="en-gb", now=NOW) is None
