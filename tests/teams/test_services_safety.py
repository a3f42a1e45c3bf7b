import json
import logging
from datetime import UTC, datetime

import pytest

from neighbourhoods.models import Neighbourhood
from teams.ledger import ledger_path
from teams.models import AuditEvent, SafetyStamp, TransitionNotAllowed, Unhiding
from teams.queries import safety_stamp
from teams.services.safety import (
    NameInWords,
    SamePerson,
    ask_to_unhide,
    confirm_unhiding,
    hide_member,
    set_first_name_only,
)
from tests.factories.neighbourhoods import NeighbourhoodFactory
from tests.factories.teams import MemberFactory, PostingFactory, UnhidingFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path / "ledger")


@pytest.fixture
def sergeant():
    return UserFactory(username="sgt.dalvari")


@pytest.fixture
def member():
    return PostingFactory(member__reference="CW1", member__name="Zephyrine Oakcanary").member


def acts():
    return list(AuditEvent.objects.order_by("pk").values_list("by", "verb"))


def lines():
    return [json.loads(line) for line in ledger_path().read_text().splitlines()]


def test_hiding_changes_row_stamps_audit_and_ledger_together(member, sergeant):
    other = NeighbourhoodFactory(force=member.force)

    hidden = hide_member(member=member, by=sergeant, now=NOW)

    assert (hidden.hidden_at, hidden.is_public(NOW.date())) == (NOW, False)
    assert safety_stamp() == 2
    assert list(Neighbourhood.objects.values_list("stamp", flat=True)) == [2, 2]
    assert other.stamp == 1
    assert acts() == [("sgt.dalvari", "member.hidden")]
    assert lines() == [
        {
            "act": "member.hidden",
            "at": "2031-03-04T12:00:00+00:00",
            "by": "sgt.dalvari",
            "force": member.force_id,
            "reference": "CW1",
        }
    ]
    assert ledger_path().parent.stat().st_mode & 0o077 == 0


def test_hiding_again_changes_nothing(member, sergeant):
    hide_member(member=member, by=sergeant, now=NOW)

    again = hide_member(member=member, by=UserFactory(), now=datetime(2031, 3, 5, tzinfo=UTC))

    assert (again.hidden_at, safety_stamp(), len(acts()), len(lines())) == (NOW, 2, 1, 1)


def test_a_full_disk_keeps_nobody_in_sight(member, sergeant, settings, tmp_path, caplog):
    (tmp_path / "file").touch()
    settings.LEDGER_DIR = str(tmp_path / "file" / "ledger")

    hide_member(member=member, by=sergeant, now=NOW)

    member.refresh_from_db()
    assert member.hidden_at == NOW
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (logging.CRITICAL, f"No line in the ledger: member.hidden, member {member.pk}")
    ]


def test_two_people_show_a_name_again(member, sergeant):
    inspector = UserFactory(username="insp.quillfeather")
    hide_member(member=member, by=sergeant, now=NOW)

    unhiding = ask_to_unhide(member=member, by=sergeant, now=NOW)
    member.refresh_from_db()
    assert member.hidden_at == NOW
    shown = confirm_unhiding(unhiding=unhiding, by=inspector, now=NOW)

    assert (shown.hidden_at, safety_stamp()) == (None, 3)
    unhiding.refresh_from_db()
    assert (unhiding.asked_by, unhiding.confirmed_by) == (sergeant, inspector)
    assert acts() == [
        ("sgt.dalvari", "member.hidden"),
        ("sgt.dalvari", "member.unhiding_asked"),
        ("insp.quillfeather", "member.unhidden"),
    ]
    assert [line["act"] for line in lines()] == ["member.hidden", "member.unhidden"]


def test_neither_who_asked_nor_who_is_hidden_confirms(sergeant):
    member = MemberFactory(hidden=True, with_account=True)
    unhiding = ask_to_unhide(member=member, by=sergeant, now=NOW)

    for by in (sergeant, member.user):
        with pytest.raises(SamePerson, match="Another person has to confirm it"):
            confirm_unhiding(unhiding=unhiding, by=by, now=NOW)

    member.refresh_from_db()
    assert member.hidden_at
    assert SafetyStamp.objects.count() == 0


def test_what_is_not_hidden_or_asked_for_is_not_asked_again(member, sergeant):
    with pytest.raises(TransitionNotAllowed, match="not hidden"):
        ask_to_unhide(member=member, by=sergeant, now=NOW)
    waiting = UnhidingFactory()
    with pytest.raises(TransitionNotAllowed, match="already"):
        ask_to_unhide(member=waiting.member, by=sergeant, now=NOW)


def test_hiding_again_takes_back_that_somebody_asked(member, sergeant):
    hide_member(member=member, by=sergeant, now=NOW)
    unhiding = ask_to_unhide(member=member, by=sergeant, now=NOW)
    confirm_unhiding(unhiding=unhiding, by=UserFactory(), now=NOW)
    hide_member(member=member, by=sergeant, now=NOW)

    with pytest.raises(TransitionNotAllowed, match="Nobody asks"):
        confirm_unhiding(unhiding=unhiding, by=UserFactory(), now=NOW)

    assert Unhiding.objects.waiting().count() == 0


def test_a_first_name_stands_alone_with_a_reason_and_not_without(member, sergeant):
    short = set_first_name_only(member=member, reason="A threat in May.", by=sergeant, now=NOW)
    assert (short.title, short.full_title) == ("PC Zephyrine", "PC Zephyrine Oakcanary")

    whole = set_first_name_only(member=member, reason="", by=sergeant, now=NOW)

    assert (whole.title, whole.first_name_reason) == ("PC Zephyrine Oakcanary", "")
    assert safety_stamp() == 3
    assert acts() == [("sgt.dalvari", "member.shortened")] * 2
    assert [line["act"] for line in lines()] == ["member.shortened", "member.spelled_out"]
    assert "threat" not in ledger_path().read_text()


def test_words_about_somebody_do_not_say_the_surname_that_is_kept_back(sergeant):
    member = MemberFactory(name="Callum Driftwell", bio_cy="Mae Driftwell yn hwylio.")

    with pytest.raises(NameInWords, match="Take the surname out"):
        set_first_name_only(member=member, reason="A threat.", by=sergeant, now=NOW)

    member.refresh_from_db()
    assert not member.first_name_only
