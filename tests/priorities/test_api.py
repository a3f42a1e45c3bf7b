from datetime import date

import pytest

from neighbourhoods.models import Neighbourhood
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import ActionFactory, PriorityFactory, PriorityUpdateFactory

pytestmark = pytest.mark.django_db
PRIORITIES = "/api/casterwell/harkstow/priorities"


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


def test_a_priority_that_nothing_was_done_for_yet(client, place):
    PriorityFactory(neighbourhood=place, title="E-bikes & <noise>", title_cy="E-feiciau")

    response = client.get(PRIORITIES)

    assert response.json() == [
        {
            "issue": "<p>E-bikes &amp; &lt;noise&gt;</p>",
            "issue-date": "2026-03-20T00:00:00",
            "issue_date": "2026-03-20T00:00:00",
            "action": "",
            "action-date": None,
            "action_date": None,
            "welsh_issue": "E-feiciau",
            "state": "live",
            "closed_on": None,
        }
    ]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=30"
    held = {"If-None-Match": response["ETag"]}
    assert client.get(PRIORITIES, headers=held).status_code == 304


def test_what_was_done_follows_in_order_of_its_days(client, place):
    priority = PriorityFactory(neighbourhood=place, closed=True)
    ActionFactory(priority=priority, what="Promised only")
    ActionFactory(priority=priority, what="Patrolled", done_on=date(2026, 4, 8))
    PriorityUpdateFactory(priority=priority, text="Begun.", made_on=date(2026, 4, 1))

    [found] = client.get(PRIORITIES).json()

    assert found["action"].replace("\n", "") == (
        "<p>Begun.</p><p>Patrolled</p><p>Reports fell from 26 to 3 in 12 weeks.</p>"
    )
    assert found["action-date"] == found["action_date"] == "2026-06-01T00:00:00"
    assert (found["state"], found["closed_on"]) == ("closed", "2026-06-01")


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count(client, place, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        priority = PriorityFactory(neighbourhood=place, place=number)
        ActionFactory.create_batch(rows, priority=priority)

    with django_assert_num_queries(4):
        client.get(PRIORITIES)


def test_a_place_without_priorities_has_an_empty_list(client, place):
    assert client.get(PRIORITIES).json() == []


def test_an_unknown_or_ended_place_is_not_found(client, place):
    assert client.get("/api/casterwell/HARKSTOW/priorities").content == b"Not Found"

    Neighbourhood.objects.update(ended_on=date(2025, 1, 1))
    assert client.get(PRIORITIES).status_code == 404


def test_only_reading_is_possible(client, place):
    assert client.post(PRIORITIES).status_code == 405
