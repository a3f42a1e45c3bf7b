from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.clock import Kind
from neighbourhoods.clock import london_date
from reports.queries import staff_home_of
from tests.factories.feedback import ClockEventFactory, MessageFactory
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import EventFactory, PatrolUpdateFactory, PromiseFactory
from tests.teams.acting import ADMINISTRATOR, OFFICER, SERGEANT, account, acting

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def place():
    return NeighbourhoodFactory(force__id="casterwell", code="harkstow")


def received(place, hours_ago, **events):
    at = timezone.now() - hours_ago * HOUR
    message = MessageFactory(neighbourhood=place, received_at=at)
    for kind, after in events.items():
        ClockEventFactory(message=message, kind=kind.upper(), at=at + after * HOUR)
    return message


def waiting(client):
    home = client.get("/staff/").context["home"]
    return [(case.message, case.colour) for case in home.messages]


def test_messages_wait_most_urgent_first(place):
    fresh, late = received(place, 1), received(place, 73)
    received(place, 73, answered=1)
    received(NeighbourhoodFactory(force=place.force), 73)

    assert waiting(acting(OFFICER, place)) == [(late, "red"), (fresh, "yellow")]


def test_what_waits_for_the_resident_does_not_wait_for_the_team_unless_it_is_late(place):
    received(place, 10, paused=1)
    late = received(place, 100, paused=80)

    assert waiting(acting(SERGEANT, place)) == [(late, "red")]


def test_an_administrator_reads_no_messages(place):
    received(place, 73)

    assert waiting(acting(ADMINISTRATOR, place.force)) == []


def test_a_late_message_stands_first_and_nothing_of_it_is_read(place):
    message = received(place, 73)

    page = acting(SERGEANT, place).get("/staff/").content.decode()

    assert f'href="/staff/areas/casterwell/harkstow/messages/{message.pk}/"' in page
    assert 'govuk-tag--red">Late<' in page
    assert "Nothing waits for you." not in page
    assert message.text not in page
    assert message.clock_events.get().kind == Kind.RECEIVED


@pytest.mark.parametrize("rows", [1, 3])
def test_eighteen_queries_whatever_there_is(place, rows, django_assert_num_queries):
    now, user = timezone.now(), account(SERGEANT, place)
    for _row in range(rows):
        received(place, 1)
        PatrolUpdateFactory(neighbourhood=place)
        PatrolUpdateFactory(neighbourhood=place, written_by=user)
        over = now - timedelta(days=1)
        EventFactory(neighbourhood=place, starts_at=over)
        PromiseFactory(event__neighbourhood=place)

    with django_assert_num_queries(18):
        home = staff_home_of(user, on=london_date(now), now=now)

    assert (len(home.messages), len(home.waiting), len(home.drafts)) == (rows, rows, rows)
    assert (len(home.events_to_note), len(home.promises)) == (rows, rows)
