import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from neighbourhoods.models import JobRun
from teams import audit
from teams.models import AuditEvent
from teams.queries.audited import VERIFYING, AuditState, audit_of, audit_state, lines_of
from teams.references import reference_to
from teams.services.auditing import BATCH
from tests.factories.neighbourhoods import ForceFactory, JobRunFactory, NeighbourhoodFactory
from tests.factories.teams import AuditEventFactory, AuditSealFactory, MemberFactory
from tests.teams.acting import ADMINISTRATOR, account, acting, client_of, errors_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def place():
    return NeighbourhoodFactory(
        in_area=True,
        force=ForceFactory(id="casterwell", name="Casterwell"),
        name="Harkstow",
        name_cy="Hercstow",
        area__name="City",
    )


@pytest.fixture
def force(place):
    return place.force


def event(force, verb="update.published", **fields):
    return AuditEventFactory(force=force.pk, verb=verb, **fields)


def page_of(force, name="audit_list"):
    return reverse(f"teams:{name}", kwargs={"force_id": force.pk})


def seen(response):
    return [line.number for line in response.context["lines"]]


def member_of(force, **fields):
    return MemberFactory(force=force, with_account=True, **fields)


# What is read -------------------------------------------------------------------------------


def test_who_did_it_is_a_reference_or_a_word(force):
    member, admin = member_of(force), account(ADMINISTRATOR, force, name="Owen Sparrowhall")
    by = [
        member.user.username,
        admin.username,
        audit.COMMAND,
        audit.RESIDENT,
        audit.JOB,
        "nobody.now",
    ]

    lines = lines_of([event(force, by=who) for who in by], "en-gb")

    assert [line.who for line in lines] == [
        reference_to(member.pk),
        "Owen Sparrowhall",
        "Command line",
        "A resident",
        "The portal, by itself",
        "nobody.now",
    ]


def test_rows_are_told_under_the_names_of_today(place, force):
    member = member_of(force)
    rows = {
        ("teams.member", member.pk): reference_to(member.pk),
        ("teams.user", member.user.pk): reference_to(member.pk),
        ("neighbourhoods.neighbourhood", place.pk): "Hercstow",
        ("neighbourhoods.policingarea", place.area.pk): "City",
        ("neighbourhoods.neighbourhood", 0): "no. 0",
        ("teams.patrolupdate", 12): "no. 12",
    }
    events = [event(force, subject_type=kind, subject_id=str(pk)) for kind, pk in rows]

    assert [line.about for line in lines_of(events, "cy")] == list(rows.values())


def test_details_are_names_where_there_are_any(place, force):
    member = member_of(force)
    detail = {
        "role": "sergeant",
        "user": member.user.pk,
        "neighbourhood": place.pk,
        "area": None,
        "fields": ["rank", "name"],
        "last_on": "2026-03-17",
    }

    (line,) = lines_of([event(force, detail=detail)], "en-gb")

    assert line.details == (
        f"Sergeant, {reference_to(member.pk)}, Harkstow, area: None, fields: rank name, "
        "last_on: 2026-03-17"
    )


def test_an_act_without_words_keeps_its_code(force):
    (line,) = lines_of([event(force, verb="something.new")], "en-gb")

    assert (line.act, line.sealed) == ("something.new", False)


def test_what_is_sealed_says_so(force):
    sealed = event(force)
    AuditSealFactory(event_number=sealed.pk)

    assert [line.sealed for line in lines_of([sealed, event(force)], "en-gb")] == [True, False]


def test_audit_of_a_force_by_person_kind_and_days(force):
    member = member_of(force)
    own = event(force, by=member.user.username, verb="role.lent")
    similar = event(force, verb="roles.other")
    event(ForceFactory())
    AuditEventFactory(force="")
    on = timezone.now().date()

    assert list(audit_of(force)) == [similar, own]
    assert list(audit_of(force, person=member.user)) == [own]
    assert list(audit_of(force, kind="role")) == [own]
    assert list(audit_of(force, from_on=on - timedelta(days=1), to_on=on + timedelta(days=1))) == [
        similar,
        own,
    ]
    assert list(audit_of(force, from_on=on + timedelta(days=2))) == []
    assert list(audit_of(force, to_on=on - timedelta(days=2))) == []


def test_the_state_of_a_record_that_nobody_checked_or_sealed(force):
    event(force)

    assert audit_state(now=NOON) == AuditState(None, False, "", None, 0, 1)


@pytest.mark.parametrize(
    ("result", "unbroken", "said"),
    [("unbroken 7", True, "7"), ("broken event 3: it is gone", False, "event 3: it is gone")],
)
def test_the_state_says_what_the_last_check_found_and_how_old_the_seal_is(
    force, result, unbroken, said
):
    sealed, at = event(force), NOON - timedelta(minutes=5)
    AuditSealFactory(event_number=sealed.pk, sealed_at=at)
    JobRunFactory(job=VERIFYING, finished_at=NOON, result=result)
    JobRunFactory(
        job=VERIFYING,
        period_start=NOON - timedelta(days=1),
        finished_at=NOON - timedelta(days=1),
        result="unbroken 1",
    )
    JobRunFactory(job=VERIFYING, period_start=NOON + timedelta(days=1))

    assert audit_state(now=NOON) == AuditState(NOON, unbroken, said, at, 5, 0)


# The page -----------------------------------------------------------------------------------


def test_the_page_names_people_whole_and_never_another_forces_acts(force):
    hidden = member_of(force, name="Zephyrine Oakcanary", hidden=True)
    event(
        force,
        by=hidden.user.username,
        verb="member.hidden",
        subject_type="teams.member",
        subject_id=str(hidden.pk),
    )
    event(ForceFactory(), by="of.another")

    page = acting(ADMINISTRATOR, force).get(page_of(force)).content.decode()

    assert "PC Zephyrine Oakcanary" in page
    assert "Name hidden" in page
    assert "of.another" not in page
    assert "Not checked yet" in page


def test_the_page_shows_what_is_asked_for_and_keeps_it_from_page_to_page(force):
    member = member_of(force)
    for _ in range(51):
        event(force, by=member.user.username)
    other = event(force)
    client, path = acting(ADMINISTRATOR, force), page_of(force)

    everything = client.get(path)
    asked = client.get(path, {"person": member.user.pk, "kind": "update", "page": "2"})

    assert seen(everything)[0] == other.pk
    assert len(seen(everything)) == 50
    assert len(seen(asked)) == 1
    assert f"?person={member.user.pk}&amp;kind=update&amp;page=1" in asked.content.decode()


def test_what_is_wrong_in_the_question_is_named_and_nothing_shown(force):
    event(force)
    asked = {"person": "0", "kind": "nothing", "from_on": "1 3 2026", "to_on": "1 2 2026"}

    page = acting(ADMINISTRATOR, force).get(page_of(force), asked)

    assert errors_of(page) == {
        "person": ["Choose a person from the list"],
        "kind": ["Choose a kind from the list"],
        "to_on": ["The last day must not be before the first day"],
    }
    assert "Nothing was done that you look for." in page.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_same_of_the_database(force, rows, django_assert_num_queries):
    for _ in range(rows):
        member = member_of(force)
        event(force, by=member.user.username, subject_type="teams.member", subject_id=member.pk)
    client = acting(ADMINISTRATOR, force)

    with django_assert_num_queries(14):
        assert len(seen(client.get(page_of(force)))) == rows


# The file -----------------------------------------------------------------------------------


def downloaded(client, force, query=""):
    response = client.post(f"{page_of(force, 'audit_export')}{query}")
    assert response["Content-Type"] == "text/csv"
    return list(csv.DictReader(StringIO(b"".join(response.streaming_content).decode())))


def test_the_file_names_people_as_residents_may_read_them(force):
    hidden = member_of(force, name="Zephyrine Oakcanary", hidden=True)
    named = member_of(force, name="Tamsin Quillow")
    for member in (hidden, named):
        event(force, by=member.user.username, subject_id="7")

    rows = downloaded(acting(ADMINISTRATOR, force), force)

    assert [(row["who"], row["act"], row["about"], row["sealed"]) for row in rows] == [
        ("PC Tamsin Quillow", "Update published", "no. 7", "no"),
        ("a member of the team", "Update published", "no. 7", "no"),
    ]


def test_the_download_is_in_the_record_itself(force):
    user, newest = account(ADMINISTRATOR, force), event(force)

    assert len(downloaded(client_of(user), force)) == 1

    last = AuditEvent.objects.first()
    assert (last.by, last.verb, last.detail) == (
        user.username,
        "audit.exported",
        {"events": 1, "newest": newest.pk},
    )


def test_the_file_holds_what_is_asked_for_and_may_be_empty(force):
    event(force)

    assert downloaded(acting(ADMINISTRATOR, force), force, "?kind=role") == []
    assert AuditEvent.objects.first().detail == {"events": 0, "newest": 0}


def test_a_long_record_is_read_in_parts(force):
    AuditEventFactory.create_batch(BATCH + 1, force=force.pk)

    assert len(downloaded(acting(ADMINISTRATOR, force), force)) == BATCH + 1


def test_no_cell_is_a_formula(force):
    event(force, by="=cmd")

    assert downloaded(acting(ADMINISTRATOR, force), force)[0]["who"] == "'=cmd"


def test_the_command_remembers_what_it_found(force, settings, tmp_path):
    settings.LEDGER_DIR = str(tmp_path)
    call_command("audit", "verify")

    assert JobRun.objects.get(job=VERIFYING).result == "unbroken 0"
