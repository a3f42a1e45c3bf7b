import hashlib
import json
from datetime import UTC, datetime

import pytest

from neighbourhoods.models import Announcement
from reports.models import Bulletin
from reports.services.bulletins import (
    AuthorCannotReview,
    approve_bulletin,
    refresh_bulletin,
    send_back_bulletin,
    submit_bulletin,
    write_bulletin,
)
from teams.models import AuditEvent, TransitionNotAllowed
from tests.factories.reports import BulletinFactory, CrimeCountFactory, DataMonthFactory
from tests.factories.teams import UserFactory
from tests.racing import on_postgresql, race
from tests.teams.acting import INSPECTOR, account

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 9, 12, tzinfo=UTC)
State = Bulletin.State
WORDS = {"words": "We marked bikes.", "words_cy": "Marciwyd beiciau."}


def audited() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "by"))


def test_words_make_their_writer_an_author():
    bulletin, sergeant = BulletinFactory(), UserFactory(username="sgt.dalvari")

    write_bulletin(bulletin=bulletin, words=WORDS, by=sergeant)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.words, bulletin.words_cy, bulletin.written_by) == (
        State.DRAFT,
        "We marked bikes.",
        "Marciwyd beiciau.",
        sergeant,
    )
    assert bulletin.has_author(sergeant)
    assert audited() == [("bulletin.written", "sgt.dalvari")]


def test_new_words_make_a_draft_of_what_was_sent_back_and_its_reason_stays():
    bulletin = BulletinFactory(sent_back=True)
    inspector = bulletin.reviewed_by

    write_bulletin(bulletin=bulletin, words=WORDS, by=inspector)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.submitted_at, bulletin.reviewed_by) == (
        State.DRAFT,
        None,
        None,
    )
    assert bulletin.sent_back_reason == "Say which station."
    assert bulletin.has_author(inspector)


def test_figures_are_taken_again():
    bulletin, sergeant = BulletinFactory(), UserFactory(username="sgt.dalvari")
    place = bulletin.neighbourhood
    month = datetime(2030, 11, 1, tzinfo=UTC).date()
    DataMonthFactory(force=place.force, month=month)
    CrimeCountFactory(neighbourhood=place, month=month, count=7)

    refresh_bulletin(bulletin=bulletin, by=sergeant, now=NOW)

    bulletin.refresh_from_db()
    assert bulletin.prepared_at == NOW
    assert bulletin.figures["crime"]["months"][1] == {
        "month": "2030-11",
        "supplied": True,
        "crime": 7,
        "asb": 0,
    }
    assert audited() == [("bulletin.refreshed", "sgt.dalvari")]


def test_a_draft_is_submitted():
    bulletin, sergeant = BulletinFactory(written=True), UserFactory(username="sgt.dalvari")

    submit_bulletin(bulletin=bulletin, by=sergeant, now=NOW)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.submitted_at) == (State.SUBMITTED, NOW)
    assert audited() == [("bulletin.submitted", "sgt.dalvari")]


def test_it_is_sent_back_with_a_reason():
    bulletin, inspector = BulletinFactory(submitted=True), UserFactory(username="insp.quill")

    send_back_bulletin(bulletin=bulletin, reason="Say which station.", by=inspector)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.reviewed_by, bulletin.sent_back_reason) == (
        State.SENT_BACK,
        inspector,
        "Say which station.",
    )
    assert audited() == [("bulletin.sent_back", "insp.quill")]


def test_approval_fixes_the_document_and_announces_it_once():
    bulletin = BulletinFactory(submitted=True)
    place = bulletin.neighbourhood
    inspector = account(INSPECTOR, place, username="insp.quill")

    approve_bulletin(bulletin=bulletin, by=inspector, now=NOW)

    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.published_at) == (State.PUBLISHED, NOW)
    assert hashlib.sha256(bulletin.document.encode()).hexdigest() == bulletin.sha256
    assert json.loads(bulletin.document) == {
        "schema": 1,
        "force": place.force_id,
        "neighbourhood": place.code,
        "quarter": "2030-Q4",
        "made_at": "2031-01-02T06:00:00+00:00",
        "published_at": "2031-01-09T12:00:00+00:00",
        "approved_by": "inspector",
        "words": {"en": bulletin.words, "cy": bulletin.words_cy},
        "figures": bulletin.figures,
    }
    assert list(Announcement.objects.values_list("kind", "object_id", "topic")) == [
        ("reports.bulletin_published", bulletin.pk, "bulletins")
    ]
    assert audited() == [("bulletin.published", "insp.quill")]
    stamp = place.stamp
    place.refresh_from_db()
    assert place.stamp == stamp + 1


def test_nobody_decides_about_own_words_not_even_replaced_ones():
    bulletin = BulletinFactory(submitted=True)
    inspector = account(INSPECTOR, bulletin.neighbourhood)
    bulletin.authors.add(inspector)

    with pytest.raises(AuthorCannotReview):
        approve_bulletin(bulletin=bulletin, by=inspector, now=NOW)
    with pytest.raises(AuthorCannotReview):
        send_back_bulletin(bulletin=bulletin, reason="Mine.", by=inspector)

    bulletin.refresh_from_db()
    assert (bulletin.state, audited()) == (State.SUBMITTED, [])


def test_what_is_published_never_changes():
    bulletin = BulletinFactory(published=True)
    inspector = account(INSPECTOR, bulletin.neighbourhood)
    before = Bulletin.objects.values().get()
    steps = [
        (write_bulletin, {"words": WORDS}),
        (refresh_bulletin, {"now": NOW}),
        (submit_bulletin, {"now": NOW}),
        (send_back_bulletin, {"reason": "Too late."}),
        (approve_bulletin, {"now": NOW}),
    ]

    for step, arguments in steps:
        with pytest.raises(TransitionNotAllowed):
            step(bulletin=bulletin, by=inspector, **arguments)

    assert Bulletin.objects.values().get() == before
    assert audited() == []


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_inspectors_who_approve_at_once_the_second_is_told():
    bulletin = BulletinFactory(submitted=True)
    inspectors = [account(INSPECTOR, bulletin.neighbourhood) for _ in range(2)]

    results = race(
        *[lambda by=by: approve_bulletin(bulletin=bulletin, by=by, now=NOW) for by in inspectors],
        at=Bulletin.objects.all(),
    )

    assert {type(result) for result in results} == {Bulletin, TransitionNotAllowed}
    assert Announcement.objects.count() == 1
