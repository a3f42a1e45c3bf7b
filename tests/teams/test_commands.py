from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from neighbourhoods.models import OutboxEntry
from teams.models import Member, RoleGrant, User
from teams.retention import delete_expired
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import UserFactory
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

    assert text == "read 6 · kept 6 · replaced 0 · rejected 0 · no coordinates 0 · outside 0\n"
    assert Member.objects.filter(force=force).count() == 5


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
        Session.objects.create(
            session_key=key, session_data="", expire_date=NOON + timedelta(seconds=ends)
        )

    assert delete_expired(now=NOON) == "1 sessions"
    assert Session.objects.get().session_key == "new"
