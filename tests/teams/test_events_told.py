"""What followers are told of events: once for each change, and nothing that no longer holds."""

from datetime import UTC, datetime, timedelta

import pytest

from neighbourhoods.models import OutboxEntry
from neighbourhoods.notifications import fan_out, send_due
from teams.news import event_added, event_cancelled, event_moved, event_noted
from teams.services.events import add_event, cancel_event, change_event, move_event
from tests.factories.neighbourhoods import FollowingFactory, PlaceFactory
from tests.factories.teams import EventFactory, EventMoveFactory, MemberFactory, UserFactory
from tests.teams.test_events import FIELDS, HOUR, NOON, TIMES, WORDS

pytestmark = pytest.mark.django_db
NAMES = {"neighbourhood__name": "Harkstow Estate", "neighbourhood__name_cy": "Ystad Harkstow"}


def test_followers_are_told_day_times_place_and_who_in_their_language():
    event = EventFactory(**FIELDS, **NAMES)

    english = event_added(event.pk, language="en-gb", now=NOON)
    welsh = event_added(event.pk, language="cy", now=NOON)

    assert english.title == "Harkstow Estate: Surgery at the library"
    assert english.text == (
        "Sunday 5 July 2026, 19:00 to 20:00\nHarkstow library\n\n"
        "Come without an appointment.\n\nFrom the team: a member of the team\n\nStep-free."
    )
    assert english.url.endswith(f"/{event.neighbourhood.code}/events/{event.pk}/")
    assert welsh.title == "Ystad Harkstow: Cymhorthfa yn y llyfrgell"
    assert event_cancelled(event.pk, language="en-gb", now=NOON) is None


def test_followers_are_told_from_when_and_where_an_event_was_moved():
    event = EventFactory(**FIELDS | {"venue": PlaceFactory(access="Ring the bell.")})
    event.hosts.add(MemberFactory())
    move = EventMoveFactory(event=event, place="The hall")
    same_place = EventMoveFactory(event=event, starts_at=NOON + 3 * HOUR)

    told = event_moved(same_place.pk, language="en-gb", now=NOON)

    assert told.text == (
        "This event has been moved.\n\nSunday 5 July 2026, 19:00 to 20:00\nHarkstow library\n\n"
        "Moved from Saturday 4 July 2026, 16:00 to 17:00\n\nCome without an appointment.\n\n"
        "From the team: PC Tamsin Quillow\n\nStep-free.\n\nRing the bell."
    )
    assert event_moved(move.pk, language="en-gb", now=NOON) is None  # it was moved again
    same_place.delete()
    told = event_moved(move.pk, language="en-gb", now=NOON).text
    assert "Moved from Sunday 28 June 2026, 19:00 to 20:00, The hall" in told


def test_followers_are_told_why_an_event_does_not_take_place():
    event = EventFactory(**FIELDS, cancelled=True)
    move = EventMoveFactory(event=event)

    told = event_cancelled(event.pk, language="en-gb", now=NOON)

    assert told.title.endswith(": Cancelled: Surgery at the library")
    assert told.text.startswith(
        "This event is cancelled.\n\nSunday 5 July 2026, 19:00 to 20:00\nHarkstow library\n\n"
        "The library is flooded.\n\nMoved from"
    )
    assert event_added(event.pk, language="en-gb", now=NOON) is None
    assert event_moved(move.pk, language="en-gb", now=NOON) is None


def test_followers_are_told_that_they_can_read_what_was_said():
    event = EventFactory(noted=True, title="Meeting", **NAMES)

    told = event_noted(event.pk, language="en-gb", now=NOON)

    assert (told.title, told.text) == (
        "Harkstow Estate: Meeting",
        "The team tells what was said on Wednesday 25 February 2026, and what it promised.",
    )
    assert event_noted(EventFactory().pk, language="en-gb", now=NOON) is None


def test_what_has_begun_or_is_over_is_no_news():
    begun = EventFactory(starts_at=NOON)
    over = EventFactory(starts_at=NOON - HOUR, ends_at=NOON, cancelled=True)

    assert event_added(begun.pk, language="en-gb", now=NOON) is None
    assert event_moved(EventMoveFactory(event=begun).pk, language="en-gb", now=NOON) is None
    assert event_cancelled(over.pk, language="en-gb", now=NOON) is None


def send(now):
    fan_out(now=now)
    send_due(now=now)


def test_each_change_is_told_once_and_a_cancelled_event_no_more(mailoutbox):
    following, by = FollowingFactory(confirmed=True, events=True), UserFactory()
    # Mail goes out by the clock of the test's own days.
    event = add_event(neighbourhood=following.neighbourhood, fields=FIELDS, by=by, now=NOON)
    send(NOON)
    send(NOON)
    change_event(event=event, fields=WORDS, with_name=False, by=by, now=NOON)
    send(NOON)
    later = TIMES | {"starts_at": NOON + 50 * HOUR, "ends_at": NOON + 51 * HOUR}
    move_event(event=event, fields=later, by=by, now=NOON)
    send(NOON)
    send(NOON)
    assert ["moved" in mail.body for mail in mailoutbox] == [False, True]

    again = TIMES | {"starts_at": NOON + 70 * HOUR, "ends_at": NOON + 71 * HOUR}
    move_event(event=event, fields=again, by=by, now=NOON)
    fan_out(now=NOON)
    cancel_event(event=event, reason="Flood.", reason_cy="", by=by, now=NOON)
    send(NOON)

    assert len(mailoutbox) == 3
    assert "This event is cancelled." in mailoutbox[2].body
    states = OutboxEntry.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [
        ("teams.event_added", "SENT"),
        ("teams.event_moved", "SENT"),
        ("teams.event_moved", "DROPPED"),
        ("teams.event_cancelled", "SENT"),
    ]


def test_whoever_is_hidden_before_the_mail_is_sent_is_not_in_it(mailoutbox):
    following, member = (
        FollowingFactory(confirmed=True, events=True),
        MemberFactory(with_account=True),
    )
    add_event(
        neighbourhood=following.neighbourhood,
        fields=FIELDS,
        with_name=True,
        by=member.user,
        now=NOON,
    )
    fan_out(now=NOON)
    member.hidden_at = datetime(2026, 7, 4, 13, tzinfo=UTC)
    member.save()

    send(NOON + timedelta(hours=2))

    assert "Quillow" not in mailoutbox[0].body
    assert "From the team: a member of the team" in mailoutbox[0].body
