"""Events: the model and the services that change them."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from neighbourhoods.models import Announcement, Neighbourhood
from priorities.models import Action
from teams.models import AuditEvent, Event, EventMove, Promise, TransitionNotAllowed
from teams.services.events import add_event, cancel_event, change_event, move_event, note_event
from tests.factories.neighbourhoods import NeighbourhoodFactory, PlaceFactory
from tests.factories.priorities import ActionFactory
from tests.factories.teams import (
    EventFactory,
    EventMoveFactory,
    MemberFactory,
    PostingFactory,
    PromiseFactory,
    UserFactory,
)
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = {
    "kind": Event.Kind.SURGERY,
    "title": "Surgery at the library",
    "title_cy": "Cymhorthfa yn y llyfrgell",
    "description": "Come without an appointment.",
    "description_cy": "",
    "access": "Step-free.",
    "access_cy": "",
}
TIMES = {
    "place": "Harkstow library",
    "place_cy": "",
    "venue": None,
    "starts_at": NOON + 30 * HOUR,
    "ends_at": NOON + 31 * HOUR,
}
FIELDS = WORDS | TIMES
NOTES = {"notes": "You asked about lamps.", "notes_cy": "", "attended": 22}
PROMISES = [
    {"what": "Ask for lamps", "what_cy": "Gofyn am lampau"},
    {"what": "Come again", "what_cy": ""},
]

BROKEN = [
    ({"ends_at": EventFactory.starts_at}, "event_ends_after_it_starts"),
    ({"title": ""}, "event_has_title_and_place"),
    ({"place": ""}, "event_has_title_and_place"),
    ({"cancelled_at": NOON}, "event_cancelled_has_reason"),
    ({"cancellation_reason": "Flood."}, "event_cancelled_has_reason"),
    ({"notes": "Said."}, "event_noted_after_it_began"),
    ({"notes_cy": "Dywedwyd."}, "event_noted_after_it_began"),
    ({"attended": 22}, "event_noted_after_it_began"),
    ({"noted": True, "notes": ""}, "event_noted_after_it_began"),
    ({"noted": True, "starts_at": NOON}, "event_noted_after_it_began"),
    ({"noted": True, "cancelled": True}, "event_cancelled_has_no_notes"),
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


def said_of(event, names):
    event.refresh_from_db()
    return {name: getattr(event, name) for name in names}


# The model


@pytest.mark.parametrize(("values", "constraint"), BROKEN)
def test_a_row_that_breaks_a_check_is_refused(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EventFactory(**values)


@pytest.mark.parametrize("values", [{"ends_at": EventFactory.starts_at}, {"place": ""}])
def test_a_move_has_the_former_times_and_place(values):
    event = EventFactory()

    with pytest.raises(IntegrityError, match="eventmove_had_times_and_place"), transaction.atomic():
        EventMoveFactory(event=event, starts_at=event.starts_at, **values)


def test_a_promise_says_what_and_is_made_once():
    promise = PromiseFactory()

    for broken, constraint in (
        ({"what": ""}, "promise_says_what"),
        ({"event": promise.event, "what": promise.what}, "promise_"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            PromiseFactory(**broken)


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


def test_notes_are_wanted_of_what_is_over_for_ninety_days():
    just_over = EventFactory(starts_at=NOON - HOUR, ends_at=NOON)
    long_over = EventFactory(starts_at=NOON - timedelta(days=89))
    EventFactory(starts_at=NOON - timedelta(days=91))
    EventFactory(starts_at=NOON - HOUR, ends_at=NOON + HOUR)
    EventFactory(starts_at=NOON - 2 * HOUR, cancelled=True)
    EventFactory(noted=True, noted_at=NOON)

    assert list(Event.objects.wanting_notes(at=NOON)) == [long_over, just_over]
    assert long_over.notes_due_on == date(2026, 4, 20)


def test_nobody_is_named_but_who_wants_to_be_and_may_be(django_assert_num_queries):
    today, event = NOON.date(), EventFactory()
    named = MemberFactory(name="Tamsin Quillow")
    others = [
        MemberFactory(hidden=True),
        MemberFactory(left=True),
        MemberFactory(visible_from=today + timedelta(days=1)),
        MemberFactory(unconfirmed_from=today),
    ]
    event.hosts.set([named, *others])
    EventMoveFactory(event=event)
    alone = EventFactory()
    alone.hosts.set(others)

    with django_assert_num_queries(3):
        first, second = Event.objects.with_details(on=today).order_by("pk")
        words = [first.hosts_in_words, second.hosts_in_words]
        former = first.former

    assert words == ["PC Tamsin Quillow", "a member of the team"]
    assert former == event.moves.get()
    assert str(former) == f"move {former.pk} of event {event.pk}"


# The services


def test_add_event_shows_it_and_announces_it(officer):
    place = NeighbourhoodFactory()

    event = add_event(neighbourhood=place, fields=FIELDS, by=officer, now=NOON)

    assert said_of(event, FIELDS) == FIELDS
    assert (event.added_at, event.changed_at, event.sequence) == (NOON, NOON, 0)
    assert list(event.hosts.all()) == []
    assert announced() == [("teams.event_added", event.pk, "events")]
    assert acts() == [("pc.quillow", "event.added", str(event.pk))]
    assert stamp_of(event) == 2


def test_a_name_in_the_words_is_kept_as_a_reference(officer):
    posting = PostingFactory()
    fields = FIELDS | {"description": "Meet PC Tamsin Quillow."}

    event = add_event(neighbourhood=posting.neighbourhood, fields=fields, by=officer, now=NOON)

    assert event.description == f"Meet [[member:{posting.member_id}]]."


def test_an_officer_names_and_takes_off_nobody_but_themselves():
    member, event = MemberFactory(with_account=True), EventFactory()
    colleague = MemberFactory()
    event.hosts.add(colleague)
    change = partial(change_event, event=event, fields=WORDS, by=member.user, now=NOON)

    hosts = []
    for with_name in (True, True, False, False):
        change(with_name=with_name)
        hosts.append(set(event.hosts.all()))

    assert hosts == [{colleague, member}, {colleague, member}, {colleague}, {colleague}]
    verbs = [verb for _by, verb, _pk in acts() if verb != "event.changed"]
    assert verbs == ["event.name_shown", "event.name_taken_off"]
    details = AuditEvent.objects.exclude(verb="event.changed").values_list("detail", flat=True)
    assert {detail["member"] for detail in details} == {member.pk}


def test_an_account_without_a_member_names_nobody(officer):
    event = add_event(
        neighbourhood=NeighbourhoodFactory(), fields=FIELDS, with_name=True, by=officer, now=NOON
    )

    assert list(event.hosts.all()) == []


def test_change_event_replaces_the_words_and_tells_nobody(officer):
    event = EventFactory()

    change_event(event=event, fields=WORDS, with_name=False, by=officer, now=NOON)

    assert said_of(event, WORDS) == WORDS
    assert (event.changed_at, event.sequence) == (NOON, 1)
    assert acts() == [("pc.quillow", "event.changed", str(event.pk))]
    assert (announced(), stamp_of(event)) == ([], 2)


def test_move_event_keeps_when_and_where_it_was_to_be_and_tells_of_each_move(officer):
    venue = PlaceFactory()
    event = EventFactory()
    before = said_of(event, EventMove.WHEN_AND_WHERE)

    move_event(event=event, fields=TIMES | {"venue": venue}, by=officer, now=NOON)
    later = TIMES | {"starts_at": NOON + 50 * HOUR, "ends_at": NOON + 51 * HOUR}
    move_event(event=event, fields=later, by=officer, now=NOON + HOUR)

    first, second = event.moves.all()
    assert said_of(event, TIMES) == later
    assert said_of(first, EventMove.WHEN_AND_WHERE) == before
    assert (second.starts_at, second.moved_at) == (TIMES["starts_at"], NOON + HOUR)
    assert event.former == second
    assert (event.changed_at, event.sequence) == (NOON + HOUR, 2)
    assert announced() == [
        ("teams.event_moved", first.pk, "events"),
        ("teams.event_moved", second.pk, "events"),
    ]
    assert [verb for _by, verb, _pk in acts()] == ["event.moved"] * 2
    assert stamp_of(event) == 3


def test_where_it_is_already_it_is_not_moved_to(officer):
    event = EventFactory(**FIELDS)
    fields = TIMES | {"ends_at": NOON + 33 * HOUR}

    with pytest.raises(TransitionNotAllowed, match="It begins then and there"):
        move_event(event=event, fields=fields, by=officer, now=NOON)

    assert (event.moves.count(), announced(), acts()) == (0, [], [])


def test_a_venue_that_is_removed_leaves_its_words():
    event = EventFactory(venue=PlaceFactory(), place="Harkstow library, Tern Court")

    event.venue.delete()

    assert said_of(event, ("venue", "place")) == {
        "venue": None,
        "place": "Harkstow library, Tern Court",
    }


def test_cancel_event_keeps_it_with_its_reason(officer):
    event = EventFactory()
    reasons = {"reason": "Flood.", "reason_cy": "Llifogydd."}

    cancel_event(event=event, by=officer, now=NOON, **reasons)

    event.refresh_from_db()
    assert (event.cancelled_at, event.changed_at, event.sequence) == (NOON, NOON, 1)
    assert (event.cancellation_reason, event.cancellation_reason_cy) == tuple(reasons.values())
    assert announced() == [("teams.event_cancelled", event.pk, "events")]
    assert acts() == [("pc.quillow", "event.cancelled", str(event.pk))]
    assert stamp_of(event) == 2


CANCEL = partial(cancel_event, reason="Flood.", reason_cy="")
CHANGE = partial(change_event, fields=WORDS, with_name=False)
MOVE = partial(move_event, fields=TIMES)
NOTE = partial(note_event, fields=NOTES, promises=PROMISES)
CALLED_OFF = {"cancelled_at": NOON, "cancellation_reason": "Rain."}
BEGUN = {"starts_at": NOON - HOUR, "ends_at": NOON + HOUR}
OVER = {"starts_at": NOON - HOUR, "ends_at": NOON}


@pytest.mark.parametrize(
    ("state", "step", "message"),
    [
        (CALLED_OFF, CHANGE, "This event has been cancelled: enter a new one."),
        (CALLED_OFF, MOVE, "This event has been cancelled: enter a new one."),
        (CALLED_OFF, CANCEL, "This event has been cancelled already."),
        (CALLED_OFF, NOTE, "This event was cancelled: nothing was said there."),
        (BEGUN, CHANGE, "This event has begun: it can no longer be changed."),
        (BEGUN, MOVE, "This event has begun: it can no longer be changed."),
        (OVER, CANCEL, "This event is over. Tell what was said."),
        ({}, NOTE, "This event has not begun yet."),
    ],
)
def test_what_an_event_has_become_decides_what_can_be_done(officer, state, step, message):
    on_an_old_page = EventFactory()
    Event.objects.update(**state)
    before = Event.objects.values().get()

    with pytest.raises(TransitionNotAllowed) as refusal:
        step(event=on_an_old_page, by=officer, now=NOON)

    assert str(refusal.value) == message
    assert Event.objects.values().get() == before
    assert (acts(), announced(), stamp_of(on_an_old_page)) == ([], [], 1)


def test_what_has_begun_can_still_be_cancelled(officer):
    event = EventFactory(**BEGUN)

    CANCEL(event=event, by=officer, now=NOON)

    assert said_of(event, ("cancelled_at",)) == {"cancelled_at": NOON}


def test_note_event_tells_what_was_said_and_promised_and_announces_it_once(officer):
    event = EventFactory(**OVER)

    NOTE(event=event, by=officer, now=NOON)
    again = [PROMISES[0] | {"what_cy": "Gofyn am oleuadau"}, {"what": "Write", "what_cy": ""}]
    kept = event.promises.get(what="Ask for lamps")
    note_event(event=event, fields=NOTES, promises=again, by=officer, now=NOON + HOUR)

    assert said_of(event, NOTES) == NOTES
    assert (event.noted_at, event.changed_at) == (NOON, NOON + HOUR)
    assert list(Promise.objects.values_list("event", "what", "what_cy")) == [
        (event.pk, "Ask for lamps", "Gofyn am oleuadau"),
        (event.pk, "Write", ""),
    ]
    assert event.promises.first() == kept
    assert str(kept) == "Ask for lamps"
    assert announced() == [("teams.event_noted", event.pk, "events")]
    assert [verb for _by, verb, _pk in acts()] == ["event.noted"] * 2


def test_a_promise_that_became_an_action_stays(officer):
    event = EventFactory(**OVER)
    NOTE(event=event, by=officer, now=NOON)
    ActionFactory(promise=event.promises.get(what="Ask for lamps"))
    before = Event.objects.values().get()

    with pytest.raises(TransitionNotAllowed, match="It has to stay"):
        note_event(event=event, fields=NOTES, promises=PROMISES[1:], by=officer, now=NOON + HOUR)

    assert (event.promises.count(), Action.objects.count()) == (2, 1)
    assert Event.objects.values().get() == before


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [CANCEL, MOVE])
def test_of_two_who_act_at_once_one_does(step):
    event, officers = EventFactory(), UserFactory.create_batch(2)

    ends = race(
        *(partial(step, event=event, by=by, now=NOON) for by in officers), at=Event.objects.all()
    )

    assert sorted(type(end).__name__ for end in ends) == ["Event", "TransitionNotAllowed"]
    assert Announcement.objects.count() == 1
