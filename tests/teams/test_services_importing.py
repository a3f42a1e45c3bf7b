"""Files of people that staff put up: rehearsed, imported, undone."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.table import TableFile
from neighbourhoods.models import ImportRun
from teams.importers.people import Act, Thing
from teams.models import (
    AuditEvent,
    ContactRoute,
    Member,
    NamedContact,
    PeopleFile,
    Posting,
)
from teams.services import importing
from teams.services.importing import (
    ChangedMeanwhile,
    NothingToUndo,
    import_file,
    keep_file,
    rehearse,
    rehearse_undo,
    undo_import,
)
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import MemberFactory, NamedContactFactory, PostingFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
FIELDS = [
    "reference",
    "name",
    "role",
    "rank",
    "neighbourhood",
    "from",
    "to",
    "lead",
    "named",
    "email",
]
PERSON = ["CW-0417", "Tamsin Quillow", "police_officer", "constable", "harkstow", "2023-05-08"]


@pytest.fixture
def force():
    return a_force()


def a_force():
    force = ForceFactory(id="casterwell")
    for code in ("harkstow", "lanterngate"):
        NeighbourhoodFactory(force=force, code=code)
    return force


def line(**told):
    given = dict(zip(FIELDS, [*PERSON, "", "", "", ""], strict=True))
    return given | {"from": told.pop("from_", given["from"])} | told


def table(*lines, name="people.csv"):
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    writer.writerows(lines)
    return TableFile.of(name, out.getvalue().encode())


def put_up(force, *lines, name="people.csv", at=NOON):
    return keep_file(table=table(*lines, name=name), force=force, by=None, now=at)


def imported(force, *lines, name="people.csv", at=NOON):
    return import_file(file=put_up(force, *lines, name=name, at=at), by=None, now=at)


def undone(force, at=NOON):
    return undo_import(force=force, by=None, now=at)


def postings():
    return sorted(
        Posting.objects.values_list("member__reference", "neighbourhood__code", "from_on", "to_on")
    )


def test_the_file_is_kept_so_that_nobody_reads_it_in_the_database(force):
    file = put_up(force, line())

    row = PeopleFile.objects.values().get()
    assert "Quillow" not in str(row)
    assert "Quillow" in file.read()
    assert (str(file), file.source, len(file.sha256)) == (
        f"people file {file.pk}",
        "people.csv",
        64,
    )
    assert list(AuditEvent.objects.values_list("verb", "by", "force", "detail")) == [
        ("people.file_kept", "(command line)", "casterwell", {})
    ]


def test_an_import_is_written_down_with_its_totals(force):
    by = UserFactory(username="nesta")
    file = put_up(force, line(named="yes", email="t@example.org"))

    import_file(file=file, by=by, now=NOON)

    run, event = ImportRun.objects.get(), AuditEvent.objects.get(verb="people.imported")
    totals = {"add": 4, "change": 0, "end": 0, "remove": 0}
    assert (run.command, run.source, run.sha256) == ("import_people", "people.csv", file.sha256)
    assert run.counts == {"read": 1, **totals}
    assert (event.by, event.subject_id, event.detail) == (
        "nesta",
        "casterwell",
        {"run": run.pk, **totals},
    )
    file.refresh_from_db()
    assert (file.run, file.kept_at) == (run, NOON)
    assert file.began == {
        "posting": [Posting.objects.get().pk],
        "named officer": [NamedContact.objects.get().pk],
    }


def test_a_file_is_imported_once(force):
    file = put_up(force, line())
    import_file(file=file, by=None, now=NOON)

    with pytest.raises(ChangedMeanwhile, match="imported already"):
        import_file(file=file, by=None, now=NOON)


def test_what_was_agreed_to_is_what_is_done_or_nothing(force):
    file = put_up(force, line())
    agreed = rehearse(file).fingerprint
    MemberFactory(force=force, reference="CW-0417", name="Tamsin Quillow")

    with pytest.raises(ChangedMeanwhile, match="Look at it again"):
        import_file(file=file, by=None, now=NOON, agreed=agreed)
    assert Posting.objects.count() == 0

    import_file(file=file, by=None, now=NOON, agreed=rehearse(file).fingerprint)
    assert Posting.objects.count() == 1


def test_a_row_that_somebody_writes_meanwhile_refuses_the_import(force, monkeypatch):
    file = put_up(force, line())
    planned = rehearse(file)
    MemberFactory(force=force, reference="CW-0417")
    monkeypatch.setattr(importing, "rehearse", lambda _file: planned)

    with pytest.raises(UnusableFile, match="somebody changed these people meanwhile") as refusal:
        import_file(file=file, by=None, now=NOON)

    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert PeopleFile.objects.waiting().exists()


def test_each_kind_of_step_is_listed_with_its_line(force):
    imported(force, line(email="a@example.org"), line(reference="CW-2", name="Ana Example"))

    plan = imported(
        force,
        line(to="2026-04-01", email="b@example.org"),
        line(reference="CW-2", name="Ana Sample", lead="yes", named="yes"),
        line(reference="CW-3", name="Bryn Example", rank="", role="pcso", neighbourhood=""),
    )

    assert list(map(str, plan.steps)) == [
        "people.csv:2: end posting, CW-0417 Tamsin Quillow in harkstow from 2023-05-08 (to_on)",
        "people.csv:2: change contact detail, CW-0417 Tamsin Quillow (email)",
        "people.csv:3: change person, CW-2 Ana Sample (name)",
        "people.csv:3: change posting, CW-2 Ana Sample in harkstow from 2023-05-08 (lead)",
        "people.csv:3: add named officer, CW-2 Ana Sample in harkstow from 2023-05-08",
        "people.csv:4: add person, CW-3 Bryn Example",
        "people.csv:4: add posting, CW-3 Bryn Example from 2023-05-08",
    ]
    assert plan.totals == {Act.ADD: 3, Act.CHANGE: 3, Act.END: 1}
    assert ContactRoute.objects.values_list("value", "verified_on").get() == ("b@example.org", None)


def test_another_officer_is_named_from_a_day_that_had_one(force):
    imported(force, line(named="yes"), line(reference="CW-2", name="Ana Example"))

    plan = imported(force, line(reference="CW-2", name="Ana Example", named="yes"))

    assert [(step.act, step.thing) for step in plan.steps] == [(Act.CHANGE, Thing.NAMED_CONTACT)]
    assert NamedContact.objects.get().posting.member.reference == "CW-2"


def test_whoever_ends_and_begins_again_in_one_file_is_moved_in_any_order(force):
    imported(force, line())

    imported(force, line(from_="2026-03-01"), line(to="2026-02-28"))

    assert postings() == [
        ("CW-0417", "harkstow", date(2023, 5, 8), date(2026, 2, 28)),
        ("CW-0417", "harkstow", date(2026, 3, 1), None),
    ]


def test_a_name_that_is_hidden_is_not_shown_under_another_number(force):
    hidden = MemberFactory(force=force, reference="CW-1", name="Zephyrine Oakcanary", hidden=True)

    with pytest.raises(UnusableFile) as refusal:
        imported(force, line(reference="CW-2", name="zephyrine oakcanary"))

    assert str(refusal.value).split("\n")[0] == (
        "people.csv:2: somebody hidden has this name, 'zephyrine oakcanary'"
    )
    imported(force, line(reference="CW-1", name="Zephyrine Oakcanary"))
    hidden.refresh_from_db()
    assert hidden.hidden_at


def test_an_undo_imports_the_earlier_file_again(force):
    imported(force, line(named="yes"), name="a.csv")
    imported(
        force,
        line(name="Tamsin Quillow-Marsh", to="2026-02-28"),
        line(reference="CW-2", name="Ana Example", from_="2026-03-01", named="yes"),
        name="b.csv",
    )

    rehearsed = rehearse_undo(force, now=NOON)
    plan = undone(force)

    assert list(map(str, plan.steps)) == [
        "b.csv (undone):3: remove named officer, CW-2 Ana Example in harkstow from 2026-03-01",
        "b.csv (undone):3: remove posting, CW-2 Ana Example in harkstow from 2026-03-01",
        "a.csv:2: change person, CW-0417 Tamsin Quillow (name)",
        "a.csv:2: change posting, CW-0417 Tamsin Quillow in harkstow from 2023-05-08 (to_on)",
    ]
    assert (rehearsed.steps, rehearsed.fingerprint) == (plan.steps, plan.fingerprint)
    assert postings() == [("CW-0417", "harkstow", date(2023, 5, 8), None)]
    assert NamedContact.objects.get().posting.member.name == "Tamsin Quillow"
    assert Member.objects.filter(reference="CW-2").exists()  # without a team nobody reads of them
    assert ImportRun.objects.first().command == "import_people --undo"


def test_a_second_undo_takes_the_import_before_back(force):
    for n, name in enumerate(("Tamsin One", "Tamsin Two", "Tamsin Three")):
        imported(force, line(name=name), at=NOON + timedelta(minutes=n))

    names = []
    for _ in range(2):
        undone(force)
        names.append(Member.objects.get().name)

    assert names == ["Tamsin Two", "Tamsin One"]
    with pytest.raises(NothingToUndo, match="No file was imported before the last one"):
        undone(force)


def test_without_an_import_there_is_nothing_to_undo(force):
    with pytest.raises(NothingToUndo, match="No import of people is kept"):
        undone(force)


def test_an_import_is_undone_for_thirty_days(force):
    imported(force, line())
    imported(force, line(name="Ana Example"))

    with pytest.raises(NothingToUndo, match="more than 30 days ago"):
        undone(force, at=NOON + timedelta(days=30))

    undone(force, at=NOON + timedelta(days=30, seconds=-1))


def test_a_file_under_another_key_cannot_be_read(force, settings):
    imported(force, line())
    imported(force, line(name="Ana Example"))
    settings.SECRETS_KEY = Fernet.generate_key().decode()

    with pytest.raises(NothingToUndo, match="another key"):
        undone(force)


def test_what_was_changed_by_hand_since_stays_and_is_named(force):
    imported(force, line(), name="a.csv")
    second = line(reference="CW-2", name="Ana Example", named="yes")
    third = line(reference="CW-3", name="Bryn Example")
    imported(force, second, third, name="b.csv")
    other = PostingFactory(neighbourhood=force.neighbourhoods.get(code="harkstow"))
    NamedContact.objects.update(posting=other)
    Posting.objects.filter(member__reference="CW-3").update(to_on=date(2026, 3, 5))
    Member.objects.filter(reference="CW-0417").update(name="Tamsin Byhand")

    plan = undone(force)

    assert plan.notes == [
        "b.csv (undone):2: stays, another is named since",
        "b.csv (undone):3: stays, changed by hand since",
    ]
    assert [(step.act, step.thing, step.reference) for step in plan.steps] == [
        (Act.REMOVE, Thing.POSTING, "CW-2"),
        (Act.CHANGE, Thing.MEMBER, "CW-0417"),
    ]
    assert NamedContact.objects.get().posting == other


def test_a_posting_that_somebody_is_named_by_since_stays(force):
    imported(force, line())
    imported(force, line(reference="CW-2", name="Ana Example"))
    posting = Posting.objects.get(member__reference="CW-2")
    NamedContactFactory(neighbourhood=posting.neighbourhood, posting=posting)

    assert undone(force).notes == ["people.csv (undone):2: stays, changed by hand since"]


def test_what_was_there_before_the_undone_file_stays(force):
    imported(force, line())
    place = force.neighbourhoods.get(code="harkstow")
    member = MemberFactory(force=force, reference="CW-2", name="Ana Example")
    posting = PostingFactory(member=member, neighbourhood=place, from_on=date(2023, 5, 8))
    NamedContactFactory(neighbourhood=place, posting=posting, from_on=date(2023, 5, 8))
    imported(force, line(reference="CW-2", name="Ana Example", named="yes"))

    assert undone(force).steps == []


def test_whoever_is_hidden_stays_hidden_when_an_import_is_undone(force):
    imported(force, line(named="yes"))
    imported(force, line(to="2026-02-28"))
    Member.objects.update(hidden_at=NOON)

    undone(force)

    assert Member.objects.get().hidden_at == NOON
