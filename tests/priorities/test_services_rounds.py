from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from neighbourhoods.models import Announcement, Neighbourhood
from priorities.models import Option, Round, Vote
from priorities.round_keys import read_round_key
from priorities.services.rounds import (
    RoundNotOver,
    discard_round,
    end_of_day,
    open_round,
    publish_results,
    rewrite_round,
    write_round,
)
from teams.models import AuditEvent, TransitionNotAllowed
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.priorities import CLOSED, DURING, PUBLISHED, RoundFactory, VoteFactory
from tests.factories.teams import UserFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
WORDS = {"title": "What should we work on?", "title_cy": ""}
OPTIONS = [{"title": "Fires", "title_cy": "Tanau"}, {"title": "Bikes", "title_cy": ""}]
SAID = {"words": WORDS, "options": OPTIONS, "closes_on": date(2026, 6, 14)}


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.ROUND_KEY_DIR = str(tmp_path)


@pytest.fixture
def sergeant():
    return UserFactory(username="imran.dalvari")


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb", "subject_id"))


def announced():
    return list(Announcement.objects.values_list("kind", "object_id", "topic"))


def stamp_of(round_):
    return Neighbourhood.objects.get(pk=round_.neighbourhood_id).stamp


def test_write_round_keeps_a_draft(sergeant):
    round_ = write_round(neighbourhood=NeighbourhoodFactory(), by=sergeant, **SAID)

    round_.refresh_from_db()
    assert (round_.is_draft, round_.title, round_.last_on) == (
        True,
        "What should we work on?",
        date(2026, 6, 14),
    )
    assert list(round_.options.values_list("position", "title", "title_cy")) == [
        (1, "Fires", "Tanau"),
        (2, "Bikes", ""),
    ]
    assert acts() == [("imran.dalvari", "round.written", str(round_.pk))]
    assert stamp_of(round_) == 1


def test_a_neighbourhood_has_one_round_that_is_not_over(sergeant):
    place = RoundFactory(opened=True).neighbourhood

    with pytest.raises(RoundNotOver):
        write_round(neighbourhood=place, by=sergeant, **SAID)

    assert (Round.objects.count(), acts()) == (1, [])


def test_after_publication_there_can_be_another(sergeant):
    place = RoundFactory(published=True).neighbourhood

    write_round(neighbourhood=place, by=sergeant, **SAID)

    assert place.rounds.count() == 2


def test_rewrite_round_replaces_all_that_a_draft_says(sergeant):
    draft = RoundFactory(options=3)

    rewrite_round(round_=draft, by=sergeant, **SAID)

    draft.refresh_from_db()
    assert (draft.title, draft.last_on) == ("What should we work on?", date(2026, 6, 14))
    assert list(draft.options.values_list("title", flat=True)) == ["Fires", "Bikes"]
    assert acts() == [("imran.dalvari", "round.rewritten", str(draft.pk))]


def test_discard_round_deletes_a_draft(sergeant):
    draft = RoundFactory(options=3)

    discard_round(round_=draft, by=sergeant)

    assert (Round.objects.count(), Option.objects.count()) == (0, 0)
    assert acts() == [("imran.dalvari", "round.discarded", str(draft.pk))]
    with pytest.raises(TransitionNotAllowed, match="deleted"):
        discard_round(round_=draft, by=sergeant)


@pytest.mark.parametrize(
    "service",
    [partial(rewrite_round, **SAID), discard_round, partial(open_round, now=DURING)],
)
def test_what_was_opened_is_no_draft_any_more(sergeant, service):
    round_ = RoundFactory(opened=True, options=2)

    with pytest.raises(TransitionNotAllowed, match="has been opened"):
        service(round_=round_, by=sergeant)

    assert (round_.options.count(), acts()) == (2, [])


def test_open_round_makes_its_key_and_announces_it_once(sergeant):
    draft = RoundFactory(options=2)

    open_round(round_=draft, by=sergeant, now=DURING)

    draft.refresh_from_db()
    assert draft.opens_at == DURING
    assert len(read_round_key(draft.pk)) == 32
    assert acts() == [("imran.dalvari", "round.opened", str(draft.pk))]
    assert announced() == [("priorities.round_opened", draft.pk, "priorities")]
    assert stamp_of(draft) == 2


@pytest.mark.parametrize(
    ("options", "now", "why"), [(2, CLOSED, "has passed"), (1, DURING, "at least two")]
)
def test_a_vote_that_cannot_be_is_not_opened(sergeant, options, now, why):
    draft = RoundFactory(options=options)

    with pytest.raises(TransitionNotAllowed, match=why):
        open_round(round_=draft, by=sergeant, now=now)

    draft.refresh_from_db()
    assert (draft.opens_at, acts(), announced()) == (None, [], [])


def test_publish_results_ends_the_round_and_announces_it_once(sergeant):
    round_ = RoundFactory(opened=True, options=2)
    votes = [VoteFactory(round=round_), VoteFactory(round=round_, counted=True)]

    publish_results(round_=round_, by=sergeant, now=PUBLISHED)

    round_.refresh_from_db()
    assert round_.published_at == PUBLISHED
    assert [Vote.objects.get(pk=vote.pk).state for vote in votes] == ["EXPIRED", "COUNTED"]
    assert acts() == [("imran.dalvari", "round.published", str(round_.pk))]
    assert announced() == [("priorities.results_published", round_.pk, "priorities")]
    assert stamp_of(round_) == 2


@pytest.mark.parametrize(
    ("traits", "now", "why"),
    [
        ({}, PUBLISHED, "once the vote has closed"),
        ({"opened": True}, CLOSED - timedelta(seconds=1), "once the vote has closed"),
        ({"published": True}, PUBLISHED, "already"),
    ],
)
def test_results_are_published_once_and_after_the_close(sergeant, traits, now, why):
    round_ = RoundFactory(**traits)

    with pytest.raises(TransitionNotAllowed, match=why):
        publish_results(round_=round_, by=sergeant, now=now)

    assert (acts(), announced()) == ([], [])


@pytest.mark.parametrize(
    ("on", "moment"),
    [
        (date(2026, 1, 14), datetime(2026, 1, 15, tzinfo=UTC)),
        (date(2026, 6, 14), datetime(2026, 6, 14, 23, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_londons_midnight(on, moment):
    assert end_of_day(on) == moment


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_at_once_one_is_told():
    draft, sergeant = RoundFactory(options=2), UserFactory()
    press = partial(open_round, round_=draft, by=sergeant, now=DURING)

    found = race(press, press, at=Round.objects.filter(pk=draft.pk))

    assert sorted(type(answer).__name__ for answer in found) == ["Round", "TransitionNotAllowed"]
    assert len(announced()) == 1
