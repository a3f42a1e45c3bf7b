"""Events: the model and the services that change them."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from neighbourhoods.models import Announcement, Neighbourhood
from teams.models import AuditEvent, Event, TransitionNotAllowed
from teams.news import event_added, event_cancelled
from teams.services.events import add_event, cancel_event, change_event
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import EventFactory, UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIELDS = {
    "kind": Event.Kind.SURGERY,
    "title": "Surgery at the library",
    "title_cy": "Cymhorthfa yn y llyfrgell",
    "place": "Harkstow library",
    "place_cy": "",
    "starts_at": NOON + 30 * HOUR,
    "ends_at": NOON + 31 * HOUR,
}

BROKEN = [
    ({"ends_at": EventFactory.starts_at}, "event_ends_after_it_starts"),
    ({"title": ""}, "event_has_title_and_place"),
    ({"place": ""}, "event_has_title_and_place"),
    ({"cancelled_at": NOON}, "event_cancelled_has_reason"),
    ({"cancellation_reason": "Flood."}, "event_cancelled_has_reason"),
]


@pytest.fixture
def officer():
    return UserFactory(username="pc.quillow")


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def announced():
    return list(Announcement.objects.order_by("pk").values_list("kind", "object_id", "topic"))


def stamp_of(event):
    return Neighbourhood.objects.get(pk=event.neighbourhood_id).stamp


# The model


@pytest.mark.parametrize(("values", "constraint"), BROKEN)
def test_a_row_that_breaks_a_check_is_refused(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EventFactory(**values)


def test_an_event_stays_until_its_day_is_over_in_london():
    # London's midnight is 23:00 UTC in summer.
    evening = EventFactory(starts_at=datetime(2026, 7, 4, 18, tzinfo=UTC))
    late = EventFactory(starts_at=datetime(2026, 7, 4, 23, 30, tzinfo=UTC))

    on = {day: list(Event.objects.coming(on=date(2026, 7, day))) for day in (4, 5, 6)}

    assert on == {4: [evening, late], 5: [late], 6: []}
    assert list(Event.objects.past(on=date(2026, 7, 6))) == [late, evening]


def test_a_cancelled_event_takes_no_place():
    EventFactory(cancelled=True)
    event = EventFactory(title="Surgery")

    assert list(Event.objects.taking_place()) == [event]
    assert str(event) == "Surgery"


# The services


def test_add_event_shows_it_and_announces_it(officer):
    place = NeighbourhoodFactory()

    event = add_event(neighbourhood=place, fields=FIELDS, by=officer)

    event.refresh_from_db()
    assert {name: getattr(event, name) for name in FIELDS} == FIELDS
    assert announced() == [("teams.event_added", event.pk, "events")]
    assert acts() == [("pc.quillow", "event.added", str(event.pk))]
    assert stamp_of(event) == 2


def test_change_event_replaces_what_is_said(officer):
    event = EventFactory()

    change_event(event=event, fields=FIELDS, by=officer)

    event.refresh_from_db()
    assert {name: getattr(event, name) for name in FIELDS} == FIELDS
    assert acts() == [("pc.quillow", "event.changed", str(event.pk))]
    assert (announced(), stamp_of(event)) == ([], 2)


def test_cancel_event_keeps_it_with_its_reason(officer):
    event = EventFactory()
    reasons = {"reason": "Flood.", "reason_cy": "Llifogydd."}

    cancel_event(event=event, by=officer, now=NOON, **reasons)

    event.refresh_from_db()
    assert event.cancelled_at == NOON
    assert (event.cancellation_reason, event.cancellation_reason_cy) == tuple(reasons.values())
    assert announced() == [("teams.event_cancelled", event.pk, "events")]
    assert acts() == [("pc.quillow", "event.cancelled", str(event.pk))]
    assert stamp_of(event) == 2


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (partial(change_event, fields=FIELDS), "This event has been cancelled: enter a new one."),
        (
            partial(cancel_event, reason="Flood.", reason_cy="", now=NOON),
            "This event has been cancelled already.",
        ),
    ],
)
def test_nothing_more_happens_to_a_cancelled_event(officer, step, message):
    on_an_old_page = EventFactory()
    Event.objects.update(cancelled_at=NOON, cancellation_reason="Rain.")
    before = Event.objects.values().get()

    with pytest.raises(TransitionNotAllowed) as refusal:
        step(event=on_an_old_page, by=officer)

    assert str(refusal.value) == message
    assert Event.objects.values().get() == before
    assert (acts(), announced(), stamp_of(on_an_old_page)) == ([], [], 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_at_once_one_does():
    event, officers = EventFactory(), UserFactory.create_batch(2)
    cancel = partial(cancel_event, event=event, reason="Flood.", reason_cy="", now=NOON)

    ends = race(*(partial(cancel, by=by) for by in officers), at=Event.objects.all())

    assert sorted(type(end).__name__ for end in ends) == ["Event", "TransitionNotAllowed"]
    assert Announcement.objects.count() == 1


# The words


def test_followers_are_told_day_times_and_place_in_their_language():
    event = EventFactory(
        **FIELDS, neighbourhood__name="Harkstow Estate", neighbourhood__name_cy="Ystad Harkstow"
    )

    english = event_added(event.pk, language="en-gb", now=NOON)
    welsh = event_added(event.pk, language="cy", now=NOON)

    assert english.title == "Harkstow Estate: Surgery at the library"
    assert english.text == "Sunday 5 July 2026, 19:00 to 20:00\n\nHarkstow library"
    assert english.url.endswith(f"/{event.neighbourhood.code}/events/")
    assert welsh.title == "Ystad Harkstow: Cymhorthfa yn y llyfrgell"
    assert event_cancelled(event.pk, language="en-gb", now=NOON) is None


def test_followers_are_told_why_an_event_does_not_take_place():
    event = EventFactory(**FIELDS, cancelled=True)

    told = event_cancelled(event.pk, language="en-gb", now=NOON)

    assert told.text == (
        "This event is cancelled: Sunday 5 July 2026, 19:00 to 20:00\n\nThe library is flooded."
    )
    assert event_added(event.pk, language="en-gb", now=NOON) is None


def test_what_has_begun_is_no_news():
    events = [EventFactory(starts_at=NOON), EventFactory(starts_at=NOON, cancelled=True)]

    assert event_added(events[0].pk, language="en-gb", now=NOON) is None
    assert event_cancelled(events[1].pk, language="en-gb", now=NOON) is None
