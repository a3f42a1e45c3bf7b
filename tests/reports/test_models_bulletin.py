from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from reports.models import Bulletin
from reports.models.bulletin import canonical, digest
from teams.models import TransitionNotAllowed
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.reports import BulletinFactory, figures
from tests.factories.teams import UserFactory

pytestmark = pytest.mark.django_db
State = Bulletin.State
NOW = datetime(2031, 1, 9, 12, tzinfo=UTC)
STATES = ["due", "written", "submitted", "sent_back", "published"]


def breaks(name: str, **traits: object):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BulletinFactory(**traits)
    return name in str(caught.value)


def test_there_is_one_for_a_neighbourhood_and_quarter():
    first = BulletinFactory()

    with pytest.raises(IntegrityError):
        BulletinFactory(neighbourhood=first.neighbourhood)


@pytest.mark.parametrize("day", [date(2030, 10, 2), date(2030, 11, 1)])
def test_its_quarter_is_a_first_day(day):
    assert breaks("bulletin_quarter_is_its_first_day", quarter=day)


@pytest.mark.parametrize(
    "traits",
    [
        {"due": True, "words": "Too early."},
        {"due": True, "submitted_at": NOW},
        {"submitted_at": NOW},
        {"submitted": True, "submitted_at": None},
        {"sent_back": True, "sent_back_reason": ""},
        {"sent_back": True, "reviewed_by": None},
        {"published": True, "reviewed_by": None},
    ],
)
def test_a_state_has_its_fields(traits):
    assert breaks("bulletin_state_has_its_fields", **traits)


@pytest.mark.parametrize("field", ["figures", "prepared_at"])
def test_what_is_prepared_has_figures(field):
    assert breaks("bulletin_has_figures_once_prepared", **{field: None})


@pytest.mark.parametrize("state", ["submitted", "sent_back"])
def test_what_is_submitted_has_words(state):
    name = "bulletin_has_words_and_author_once_submitted"
    assert breaks(name, words="", **{state: True})


def test_what_is_submitted_has_an_author():
    bulletin = BulletinFactory(submitted=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(written_by=None)


@pytest.mark.parametrize(
    "traits",
    [
        {"published": True, "document": ""},
        {"published": True, "sha256": ""},
        {"published": True, "approved_at": None},
        {"submitted": True, "published_at": NOW},
        {"submitted": True, "document": "{}"},
    ],
)
def test_a_document_is_there_when_it_is_published(traits):
    if traits.get("approved_at", NOW) is None:
        bulletin = BulletinFactory(published=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            Bulletin.objects.filter(pk=bulletin.pk).update(approved_at=None)
    else:
        assert breaks("bulletin_document_when_published", **traits)


def test_the_reviewer_is_not_the_author():
    bulletin = BulletinFactory(sent_back=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(reviewed_by=bulletin.written_by)


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_figures_and_words_are_fixed_once_submitted(state):
    bulletin = BulletinFactory(**{state: True})

    with pytest.raises(TransitionNotAllowed):
        bulletin.prepare(figures(), at=NOW)
    with pytest.raises(TransitionNotAllowed):
        bulletin.write("Others.", "", by=UserFactory())


@pytest.mark.parametrize("state", STATES[:2] + STATES[3:])
def test_only_what_was_submitted_is_decided_about(state):
    bulletin, inspector = BulletinFactory(**{state: True}), UserFactory()

    with pytest.raises(TransitionNotAllowed):
        bulletin.publish({}, by=inspector, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        bulletin.send_back("Why?", by=inspector)


@pytest.mark.parametrize("state", ["due", "submitted", "sent_back", "published"])
def test_only_a_draft_is_submitted(state):
    with pytest.raises(TransitionNotAllowed):
        BulletinFactory(**{state: True}).submit(at=NOW)


def test_words_are_needed_and_welsh_ones_in_a_welsh_force():
    welsh = NeighbourhoodFactory(force__is_welsh=True)
    with pytest.raises(TransitionNotAllowed, match="Enter what the team wants to say first"):
        BulletinFactory().submit(at=NOW)
    with pytest.raises(TransitionNotAllowed, match="Enter the words in Welsh"):
        BulletinFactory(neighbourhood=welsh, written=True, words_cy="").submit(at=NOW)

    bulletin = BulletinFactory(written=True, words_cy="")
    bulletin.submit(at=NOW)
    assert bulletin.state == State.SUBMITTED


def test_the_canonical_text_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": [1], "a": "ŵ"}) == '{"a":"ŵ","b":[1]}' == canonical({"a": "ŵ", "b": [1]})


def test_a_document_that_was_touched_is_found_out():
    bulletin = BulletinFactory(published=True)
    assert bulletin.is_intact

    bulletin.document = bulletin.document.replace('"due":0', '"due":1')
    assert not bulletin.is_intact
    bulletin.document = f" {bulletin.document}"
    bulletin.sha256 = digest(bulletin.document)
    assert not bulletin.is_intact
