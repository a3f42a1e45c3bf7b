from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from neighbourhoods.models import OutboxEntry
from teams.models import Member, PeopleFile, Posting, RoleFact, RoleGrant, Session, User
from teams.retention import delete_expired
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import PeopleFileFactory, SessionFactory, UserFactory
from tests.teams.acting import today

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "people"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def force():
    return ForceFactory(id="casterwell", name="Casterwell Police")


def said(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def refused(*command):
    with pytest.raises(CommandError) as refusal:
        said(*command)
    return str(refusal.value)


def invite(email="nesta@example.org", force="casterwell", *more):
    return ("invite_administrator", force, email, "--name", "Nesta Brackenridge", *more)


def test_invite_administrator(force):
    text = said(*invite())

    assert text == "The invitation for Casterwell Police will be mailed within a minute.\n"
    assert User.objects.values_list("username", "email", "language").get() == (
        "nesta.brackenridge",
        "nesta@example.org",
        "en-gb",
    )
    assert RoleGrant.objects.values_list("role", "force", "from_on").get() == (
        "force_administrator",
        "casterwell",
        today(),
    )
    assert OutboxEntry.objects.values_list("kind", "to", "state").get() == (
        "teams.invitation",
        "nesta@example.org",
        "DUE",
    )


def test_invite_administrator_in_welsh(force):
    said(*invite("nesta@example.org", "casterwell", "--language", "cy"))

    assert (User.objects.get().language, OutboxEntry.objects.get().language) == ("cy", "cy")


def test_invite_administrator_says_what_is_wrong(force):
    UserFactory(email="taken@example.org")

    assert [
        refused(*invite(force="brithell")),
        refused(*invite("nesta")),
        refused(*invite("Taken@example.org")),
    ] == [
        "There is no force 'brithell': import_force makes one.",
        "nesta: Enter a valid email address.",
        "Taken@example.org: Another account has this email address.",
    ]
    assert (RoleGrant.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_import_people(force):
    for code in ("harkstow", "lanterngate"):
        NeighbourhoodFactory(force=force, code=code)

    text = said("import_people", "casterwell", str(DATA / "good.csv"))

    assert text.splitlines() == [
        "add 14 · change 0 · end 0 · remove 0 · lines without change 0",
        "read 6 · kept 6 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert Member.objects.filter(force=force).count() == 5


def test_import_people_rehearses_and_undoes(force, tmp_path):
    for code in ("harkstow", "lanterngate"):
        NeighbourhoodFactory(force=force, code=code)
    header = "reference,name,role,rank,neighbourhood,from"
    more = tmp_path / "more.csv"
    more.write_text(f"{header}\nCW-0999,Ana Example,pcso,,harkstow,2026-01-05\n")
    good = str(DATA / "good.csv")
    said("import_people", "casterwell", good)

    rehearsed = said("import_people", "casterwell", str(more), "--dry-run").splitlines()
    assert rehearsed == [
        "more.csv:2: add person, CW-0999 Ana Example",
        "more.csv:2: add posting, CW-0999 Ana Example in harkstow from 2026-01-05",
        "add 2 · change 0 · end 0 · remove 0 · lines without change 0",
        "Dry run: nothing was changed.",
        "read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert not Member.objects.filter(reference="CW-0999").exists()

    said("import_people", "casterwell", str(more))
    assert Posting.objects.filter(member__reference="CW-0999").exists()
    rehearsed = said("import_people", "casterwell", "--undo", "--dry-run").splitlines()
    assert rehearsed[:2] == [
        "more.csv (undone):2: remove posting, CW-0999 Ana Example in harkstow from 2026-01-05",
        "add 0 · change 0 · end 0 · remove 1 · lines without change 6",
    ]
    assert Posting.objects.filter(member__reference="CW-0999").exists()

    said("import_people", "casterwell", "--undo")
    assert not Posting.objects.filter(member__reference="CW-0999").exists()
    assert [
        refused("import_people", "casterwell", "--undo"),
        refused("import_people", "casterwell", good, "--undo"),
        refused("import_people", "casterwell"),
    ] == [
        "No file was imported before the last one. Import a file that is right instead.",
        "Give a file, or --undo without one.",
        "Give a file, or --undo without one.",
    ]


def test_import_powers_rehearses_and_imports(force, tmp_path):
    path = tmp_path / "powers.csv"
    path.write_text("role,kind,text,from\npcso,can,Direct traffic,2026-01-01\n")
    listed = "pcso from 2026-01-01: + can: Direct traffic"
    summary = "read 1 · kept 1 · replaced 0 · rejected 0 · no coordinates 0 · outside 0"

    rehearsed = said("import_powers", "casterwell", str(path), "--dry-run").splitlines()
    assert rehearsed == [listed, "Dry run: nothing was changed.", summary]
    assert RoleFact.objects.count() == 0

    assert said("import_powers", "casterwell", str(path)).splitlines() == [listed, summary]
    assert RoleFact.objects.get().text == "Direct traffic"


def test_import_people_reads_a_file_that_a_spreadsheet_saved(force, tmp_path):
    path = tmp_path / "people.csv"
    header = "reference,name,role,rank,neighbourhood,from"
    path.write_bytes(f"\ufeff{header}\r\nCW-1,Siân Ddu,pcso,,,2023-05-08\r\n".encode())

    said("import_people", "casterwell", str(path))

    assert Member.objects.get().title == "PCSO Siân Ddu"


def test_import_people_says_what_is_wrong(force, tmp_path):
    (tmp_path / "latin.csv").write_bytes("reference,Siân".encode("latin-1"))

    assert [
        refused("import_people", "brithell", str(DATA / "good.csv")),
        refused("import_people", "casterwell", str(tmp_path / "none.csv")),
        refused("import_people", "casterwell", str(tmp_path / "latin.csv")),
        refused("import_people", "casterwell", str(DATA / "wrong_header.csv")),
    ] == [
        "There is no force 'brithell': import_force makes one.",
        f"{tmp_path / 'none.csv'}: No such file or directory",
        "latin.csv: not UTF-8 at byte 12",
        "wrong_header.csv: the header lacks rank, neighbourhood; "
        "it has ['reference', 'name', 'role', 'team', 'from']",
    ]


def test_delete_expired_deletes_sessions_that_have_run_out():
    for key, ends in (("old", -1), ("new", 1)):
        SessionFactory(session_key=key, expire_date=NOON + timedelta(seconds=ends))

    assert delete_expired(now=NOON) == "1 sessions, 0 files of people, 0 duties"
    assert Session.objects.get().session_key == "new"


def test_delete_expired_deletes_files_that_no_undo_needs(force):
    def file(days, **state):
        return PeopleFileFactory(force=force, kept_at=NOON - timedelta(days=days), **state)

    file(50, imported=True)
    before = file(40, imported=True)  # what came after it can still be undone
    newest = file(29, imported=True)
    file(3, imported=True, undone_at=NOON)
    file(1)
    waiting = file(0)
    alone = PeopleFileFactory(imported=True, kept_at=NOON - timedelta(days=364))
    PeopleFileFactory(imported=True, kept_at=NOON - timedelta(days=365))

    assert delete_expired(now=NOON) == "0 sessions, 4 files of people, 0 duties"
    assert set(PeopleFile.objects.all()) == {before, newest, waiting, alone}
