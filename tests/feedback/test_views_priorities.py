from datetime import UTC, datetime

import pytest

from tests.factories.feedback import PostHandOverFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory
from tests.factories.teams import CoverFactory, MemberFactory
from tests.feedback.test_hand_overs import named
from tests.teams.acting import today

pytestmark = pytest.mark.django_db
PRIORITIES = "/areas/casterwell/fennimore/priorities/"
TOOK = "PC Tom Rackstraw took this over on 3 March 2026 from the officer who left."


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="fennimore")


@pytest.fixture
def successor(place):
    named(place, today(-400), today(-2), name="Lena Corbray")
    return named(place, today(-1), name="Tom Rackstraw")


def words(client):
    return " ".join(client.get(PRIORITIES).content.decode().split())


def taken(member, **row):
    return PostHandOverFactory(member=member, changed_on=today(-1), **row)


def test_who_took_a_priority_over_is_said_once_for_it_and_its_actions(client, place, successor):
    priority = PriorityFactory(neighbourhood=place)
    actions = ActionFactory.create_batch(2, priority=priority)
    taken(successor, priority=priority)
    for action in actions:
        taken(successor, priority=None, action=action)
    PriorityFactory(neighbourhood=place, place=2)

    page = words(client)

    assert page.count(TOOK) == 1
    assert "Corbray" not in page


def test_an_action_that_somebody_else_took_over_says_so(client, place, successor):
    priority = PriorityFactory(neighbourhood=place)
    covering = MemberFactory(force=place.force, warden=True)
    CoverFactory(neighbourhood=place, member=covering, from_on=today(), to_on=today())
    taken(successor, priority=priority)
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    action = ActionFactory(priority=priority)
    taken(covering, priority=None, action=action, accepted_at=at)

    page = words(client)

    other = "Sharon Oakhangar (not police) took this over on 4 March 2026"
    assert (page.count(TOOK), page.count(other)) == (1, 1)


def test_of_what_is_closed_nobody_is_named(client, place, successor):
    taken(successor, priority=PriorityFactory(neighbourhood=place, closed=True))

    assert "took this over" not in words(client)


def test_whoever_is_hidden_is_not_named(client, place, successor):
    taken(successor, priority=PriorityFactory(neighbourhood=place))
    successor.hide(at=datetime(2026, 3, 4, 9, tzinfo=UTC))
    successor.save()

    assert "took this over" not in words(client)
