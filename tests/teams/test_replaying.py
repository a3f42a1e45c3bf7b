"""A restored backup brings back who was hidden and what was erased; the ledger takes them again.

A savepoint is the backup: going back to it restores every table, and no file.
"""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from feedback.models import ContactDetails
from feedback.retention import erase_contacts
from neighbourhoods.models import Neighbourhood
from teams import photos
from teams.ledger import ledger_path, note_line, read_ledger, write_line
from teams.models import AuditEvent, Member, Photo, SafetyStamp, Unhiding
from teams.queries import safety_stamp
from teams.services.photos import remove_own_photo
from teams.services.replaying import REASON, Replay, replay
from teams.services.safety import (
    ask_to_unhide,
    confirm_unhiding,
    hide_member,
    set_first_name_only,
)
from tests.factories.feedback import RECEIVED_AT
from tests.factories.teams import MemberFactory, PhotoFactory, PostingFactory, UserFactory
from tests.feedback.test_retention import answered

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 3, 4, 12, tzinfo=UTC)
AFTER = NOW + timedelta(hours=3)
LINE = {"act": "member.hidden", "at": NOW.isoformat(), "by": "x", "force": "f", "reference": "r"}


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LEDGER_DIR, settings.MEDIA_ROOT = str(tmp_path / "ledger"), str(tmp_path / "media")


@pytest.fixture
def officer() -> Member:
    name = {"name": "Zephyrine Oakcanary", "reference": "CW1"}
    return PostingFactory(
        **{f"member__{field}": value for field, value in name.items()},
        member__user=UserFactory(username="zephyrine"),
    ).member


@pytest.fixture
def backup(officer) -> str:
    return transaction.savepoint()


def restore(backup: str) -> None:
    transaction.savepoint_rollback(backup)


def write(*lines: object, end: str = "\n") -> None:
    ledger_path().parent.mkdir(parents=True, exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    ledger_path().write_text("\n".join(texts) + end)


def done(**changes: object) -> Replay:
    """What comes of a ledger in which nothing stands, but for ``changes``."""
    nothing = {"standing": 0, "again": {}, "missed": [], "wrong": [], "cut_off": False}
    return Replay(**nothing | changes)


def test_whoever_was_hidden_since_the_backup_is_hidden_again(officer, backup):
    hide_member(member=officer, by=officer.user, now=NOW)
    restore(backup)
    assert not Member.objects.hidden().exists()

    assert replay(now=AFTER) == done(standing=1, again={"member.hidden": 1})

    officer.refresh_from_db()
    assert officer.hidden_at == NOW
    assert list(AuditEvent.objects.values_list("by", "verb", "detail")) == [
        ("(command line)", "member.hidden", {"replayed": True})
    ]
    assert list(Neighbourhood.objects.values_list("stamp", flat=True)) == [2]
    assert replay(now=AFTER) == done(standing=1)


def test_every_page_is_made_again_under_a_number_that_was_never_used(officer, backup):
    for _ in range(3):
        SafetyStamp.objects.raise_stamp()
    restore(backup)

    replay(now=AFTER)
    assert safety_stamp() == int(AFTER.timestamp())
    replay(now=AFTER)

    assert safety_stamp() == int(AFTER.timestamp()) + 1


def test_a_photo_that_was_taken_away_goes_again(officer, django_capture_on_commit_callbacks):
    photo = PhotoFactory(member=officer)
    backup = transaction.savepoint()
    remove_own_photo(by=officer.user, now=NOW)
    restore(backup)

    with django_capture_on_commit_callbacks(execute=True):
        assert replay(now=AFTER) == done(standing=1, again={"photo.removed": 1})

    assert (Photo.objects.count(), photos.look_at(photo.key)) == (0, None)
    assert replay(now=AFTER).again == {}


def test_hiding_again_takes_a_photo_and_an_open_request_with_it(officer):
    hide_member(member=officer, by=officer.user, now=NOW)
    ask_to_unhide(member=officer, by=officer.user, now=NOW)
    Member.objects.update(hidden_at=None)
    PhotoFactory(member=officer)

    replay(now=AFTER)

    assert (Photo.objects.count(), Unhiding.objects.count()) == (0, 0)


def test_a_name_that_was_shown_again_stays(officer, backup):
    hide_member(member=officer, by=officer.user, now=NOW)
    asked = ask_to_unhide(member=officer, by=officer.user, now=NOW)
    confirm_unhiding(unhiding=asked, by=UserFactory(), now=NOW)
    restore(backup)

    assert replay(now=AFTER) == done()

    assert not Member.objects.hidden().exists()


def test_who_was_shown_since_the_backup_stays_hidden_until_two_say_so_again(officer):
    hide_member(member=officer, by=officer.user, now=NOW)
    backup = transaction.savepoint()
    asked = ask_to_unhide(member=officer, by=officer.user, now=NOW)
    confirm_unhiding(unhiding=asked, by=UserFactory(), now=NOW)
    restore(backup)

    assert replay(now=AFTER) == done()

    assert Member.objects.hidden().get() == officer


def test_a_name_that_was_shortened_is_short_again(officer, backup):
    set_first_name_only(member=officer, reason="A threat.", by=officer.user, now=NOW)
    restore(backup)
    Member.objects.update(bio="Zephyrine Oakcanary sails.", bio_cy="Mae hi’n hwylio.")

    assert replay(now=AFTER) == done(standing=1, again={"member.shortened": 1})

    officer.refresh_from_db()
    assert (officer.public_name, officer.first_name_reason) == ("Zephyrine", REASON)
    assert (officer.bio, officer.bio_cy) == ("", "")
    assert replay(now=AFTER).again == {}


def test_words_without_the_surname_are_kept(officer, backup):
    set_first_name_only(member=officer, reason="A threat.", by=officer.user, now=NOW)
    restore(backup)
    Member.objects.update(bio="Zephyrine sails.")

    replay(now=AFTER)

    assert Member.objects.get().bio == "Zephyrine sails."


def test_a_name_that_was_spelled_out_again_stays_whole(officer, backup):
    for reason in ("A threat.", ""):
        set_first_name_only(member=officer, reason=reason, by=officer.user, now=NOW)
    restore(backup)

    assert replay(now=AFTER) == done()

    assert not Member.objects.get().first_name_only


def test_contact_details_that_were_erased_are_erased_again():
    answered(RECEIVED_AT)
    backup = transaction.savepoint()
    long_after = RECEIVED_AT + timedelta(days=400)
    erase_contacts(now=long_after)
    assert not ContactDetails.objects.exists()
    restore(backup)
    assert ContactDetails.objects.count() == 1

    assert replay(now=long_after) == done(standing=1, again={"contact.erased": 1})

    assert not ContactDetails.objects.exists()
    assert replay(now=long_after).again == {}


def test_who_is_not_there_is_told_of_and_keeps_nobody_else_back(officer):
    known = {"force": officer.force_id, "reference": "CW1"}
    write(LINE, LINE | known)

    assert replay(now=AFTER) == done(
        standing=2,
        again={"member.hidden": 1},
        missed=["line 1: member.hidden: nobody there has that reference"],
    )


def test_lines_without_sense_are_named_and_keep_nobody_else_back(officer):
    hidden = LINE | {"force": officer.force_id, "reference": "CW1"}
    bad = ["[1]", '{"act": "member.h', {"at": "today"}, LINE | {"act": "member.burnt"}]
    write(*bad, {"act": "member.hidden"}, {"act": "contact.erased", "messages": 7}, hidden)

    found = replay(now=AFTER)

    assert (found.again, found.cut_off) == ({"member.hidden": 1}, False)
    assert found.wrong == [
        "line 1: it names no act",
        "line 2: it is not JSON",
        "line 3: it names no act",
        "line 4: no such act: member.burnt",
        "line 5: member.hidden: KeyError: 'force'",
        "line 6: contact.erased: TypeError: 'int' object is not iterable",
    ]


def test_an_instant_without_sense_hides_nobody_and_is_named(officer):
    write(LINE | {"force": officer.force_id, "reference": "CW1", "at": "noon"})

    assert replay(now=AFTER).wrong == [
        "line 1: member.hidden: ValueError: Invalid isoformat string: 'noon'"
    ]


def test_a_last_line_that_is_cut_off_is_no_act_and_spoils_no_later_one(officer):
    write(LINE, '{"act": "member.hid', end="")
    assert (read_ledger().wrong, read_ledger().cut_off) == ([], True)

    write_line("member.hidden", at=NOW, force=officer.force_id, reference="CW1")

    ledger = read_ledger()
    assert [line.number for line in ledger.lines] == [1, 3]
    assert (ledger.wrong, ledger.cut_off) == (["line 2: it is not JSON"], False)


def test_a_disk_that_is_full_is_logged_without_a_name(settings, tmp_path, caplog):
    (tmp_path / "file").touch()
    settings.LEDGER_DIR = str(tmp_path / "file")

    note_line("member.hidden", at=NOW, about="member 7", reference="CW1")

    [said] = [record.getMessage() for record in caplog.records]
    assert said == "No line in the ledger: member.hidden, member 7"


def run() -> str:
    out = StringIO()
    call_command("replay_ledgers", stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(officer, backup):
    hide_member(member=officer, by=officer.user, now=NOW)
    restore(backup)

    assert run() == "member.hidden: 1 done again\n1 acts stand, 1 done again\n"
    assert run() == "1 acts stand, 0 done again\n"


def test_the_command_does_what_it_can_and_ends_with_an_error(officer):
    hidden = LINE | {"force": officer.force_id, "reference": "CW1"}
    write("nonsense", LINE, hidden, '{"act"', end="")
    out = StringIO()

    with pytest.raises(CommandError, match="make no sense:\nline 1: it is not JSON"):
        call_command("replay_ledgers", stdout=out)

    assert out.getvalue().splitlines() == [
        "member.hidden: 1 done again",
        "2 acts stand, 1 done again",
        "line 2: member.hidden: nobody there has that reference; "
        "look again once the person is added",
        "the last line is cut off: what it began to tell was not done",
    ]
    assert Member.objects.hidden().get() == officer


def test_without_a_ledger_there_is_nothing_to_do():
    MemberFactory()

    assert run() == "0 acts stand, 0 done again\n"
