from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from neighbourhoods.models import Announcement
from teams.disclosure import Finding, Shape
from teams.models import AuditEvent, PatrolUpdate, TransitionNotAllowed
from teams.services.updates import (
    HeldBack,
    ToBeChecked,
    discard_update,
    publish_update,
    rewrite_update,
    unschedule_update,
    withdraw_update,
    write_update,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import OperationsHoldFactory, PatrolUpdateFactory, UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
WORDS = {"title": "Two e-bikes seized", "text": "By Tern Court.", "title_cy": "", "text_cy": ""}


@pytest.fixture
def sergeant():
    return UserFactory(username="sgt.dalvari")


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def stamp_of(update):
    return type(update.neighbourhood).objects.get(pk=update.neighbourhood_id).stamp


def test_write_update_keeps_a_draft_that_residents_do_not_see(sergeant):
    place = NeighbourhoodFactory()

    update = write_update(neighbourhood=place, words=WORDS, by=sergeant)

    update.refresh_from_db()
    assert (update.state, update.title, update.written_by) == (
        PatrolUpdate.State.DRAFT,
        "Two e-bikes seized",
        sergeant,
    )
    assert acts() == [("sgt.dalvari", "update.written", str(update.pk))]
    assert stamp_of(update) == 1


def test_rewrite_update_replaces_the_words_of_a_draft(sergeant):
    draft = PatrolUpdateFactory(welsh=True)

    rewrite_update(update=draft, words=WORDS, by=sergeant)

    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in WORDS} == WORDS
    assert acts() == [("sgt.dalvari", "update.rewritten", str(draft.pk))]


def test_discard_update_deletes_a_draft(sergeant):
    draft = PatrolUpdateFactory()

    discard_update(update=draft, by=sergeant)

    assert list(PatrolUpdate.objects.all()) == []
    assert acts() == [("sgt.dalvari", "update.discarded", str(draft.pk))]


def test_publish_update_shows_it_and_announces_it_once(sergeant):
    draft = PatrolUpdateFactory()

    publish_update(update=draft, by=sergeant, now=NOON)

    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (PatrolUpdate.State.PUBLISHED, NOON)
    assert list(
        Announcement.objects.values_list("kind", "object_id", "neighbourhood", "topic")
    ) == [("teams.update_published", draft.pk, draft.neighbourhood_id, "updates")]
    assert acts() == [("sgt.dalvari", "update.published", str(draft.pk))]
    assert stamp_of(draft) == 2


def test_withdraw_update_gives_the_reason_in_its_place(sergeant):
    update = PatrolUpdateFactory(published=True)
    reasons = {"reason": "Wrong street.", "reason_cy": "Stryd anghywir."}

    withdraw_update(update=update, by=sergeant, now=NOON, **reasons)

    update.refresh_from_db()
    assert (update.state, update.withdrawn_at) == (PatrolUpdate.State.WITHDRAWN, NOON)
    assert (update.withdrawal_reason, update.withdrawal_reason_cy) == tuple(reasons.values())
    assert acts() == [("sgt.dalvari", "update.withdrawn", str(update.pk))]
    assert stamp_of(update) == 2


STEPS = {
    "rewrite": partial(rewrite_update, words=WORDS),
    "discard": discard_update,
    "publish": partial(publish_update, now=NOON),
    "withdraw": partial(withdraw_update, reason="Wrong street.", reason_cy="", now=NOON),
}


@pytest.mark.parametrize(
    ("step", "state", "message"),
    [
        ("rewrite", "published", "This has been published: withdraw it and write a new one."),
        ("discard", "published", "This has been published: withdraw it and write a new one."),
        ("publish", "published", "Only a draft can be published. This one no longer is."),
        ("publish", "withdrawn", "Only a draft can be published. This one no longer is."),
        ("withdraw", "withdrawn", "Only a published update can be withdrawn."),
    ],
)
def test_a_step_that_is_not_allowed_changes_nothing(sergeant, step, state, message):
    update = PatrolUpdateFactory(**{state: True})
    before = PatrolUpdate.objects.values().get()

    with pytest.raises(TransitionNotAllowed) as refusal:
        STEPS[step](update=update, by=sergeant)

    assert str(refusal.value) == message
    assert PatrolUpdate.objects.values().get() == before
    assert (acts(), list(Announcement.objects.all()), stamp_of(update)) == ([], [], 1)


@pytest.mark.parametrize("step", STEPS)
def test_a_draft_that_somebody_deleted_meanwhile_says_so(sergeant, step):
    draft = PatrolUpdateFactory()
    PatrolUpdate.objects.filter(pk=draft.pk).delete()

    with pytest.raises(TransitionNotAllowed, match="This draft has been deleted"):
        STEPS[step](update=draft, by=sergeant)


def test_publishing_goes_by_the_row_and_not_by_what_a_page_held(sergeant):
    on_an_old_page = PatrolUpdateFactory()
    publish_update(update=on_an_old_page, by=sergeant, now=NOON)

    assert on_an_old_page.state == PatrolUpdate.State.DRAFT
    with pytest.raises(TransitionNotAllowed):
        publish_update(update=on_an_old_page, by=sergeant, now=NOON)


def test_publish_update_asks_first_where_words_may_tell_of_a_person(sergeant):
    draft = PatrolUpdateFactory(text="The car AB12 CDE was left in the lane.")

    with pytest.raises(ToBeChecked) as refusal:
        publish_update(update=draft, by=sergeant, now=NOON)

    assert refusal.value.findings == [Finding(Shape.PLATE, "AB12 CDE")]
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.DRAFT


def test_publish_update_all_the_same_is_written_down_without_the_words(sergeant):
    draft = PatrolUpdateFactory(text="The car AB12 CDE was left in the lane.")

    publish_update(update=draft, by=sergeant, now=NOON, all_the_same=True)

    event = AuditEvent.objects.get(verb="update.published_all_the_same")
    assert event.detail == {"neighbourhood": draft.neighbourhood_id, "shapes": ["plate"]}
    assert PatrolUpdate.objects.get().state == PatrolUpdate.State.PUBLISHED


def test_publish_update_keeps_who_published_on_trust(sergeant):
    publish_update(update=PatrolUpdateFactory(), by=sergeant, now=NOON, on_trust=True)

    update = PatrolUpdate.objects.get()
    assert (update.published_by, update.on_trust) == (sergeant, True)


def test_publish_update_with_a_time_to_come_schedules_it(sergeant):
    draft = PatrolUpdateFactory(publish_at=NOON + timedelta(hours=1))

    publish_update(update=draft, by=sergeant, now=NOON)

    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (PatrolUpdate.State.SCHEDULED, None)
    assert acts() == [("sgt.dalvari", "update.scheduled", str(draft.pk))]
    assert (list(Announcement.objects.all()), stamp_of(draft)) == ([], 1)

    unschedule_update(update=draft, by=sergeant)

    draft.refresh_from_db()
    assert draft.state == PatrolUpdate.State.DRAFT


def test_a_hold_makes_planned_patrols_wait_and_nothing_else(sergeant):
    place = OperationsHoldFactory().neighbourhood
    planned = PatrolUpdateFactory(neighbourhood=place, planned=True)

    with pytest.raises(HeldBack, match="Ask the inspector"):
        publish_update(update=planned, by=sergeant, now=NOON)
    publish_update(update=PatrolUpdateFactory(neighbourhood=place), by=sergeant, now=NOON)

    states = PatrolUpdate.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["DRAFT", "PUBLISHED"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_sergeants_who_publish_at_once_one_does():
    draft, sergeants = PatrolUpdateFactory(), UserFactory.create_batch(2)

    ends = race(
        *(partial(publish_update, update=draft, by=by, now=NOON) for by in sergeants),
        at=PatrolUpdate.objects.filter(pk=draft.pk),
    )

    assert sorted(type(end).__name__ for end in ends) == ["PatrolUpdate", "TransitionNotAllowed"]
    assert Announcement.objects.count() == 1
    winner = sergeants[[type(end) for end in ends].index(PatrolUpdate)]
    assert acts() == [(winner.username, "update.published", str(draft.pk))]
