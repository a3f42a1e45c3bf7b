from datetime import date

import pytest

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun
from teams.importers.powers import import_powers
from teams.models import AuditEvent, RoleFact
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory

pytestmark = pytest.mark.django_db
HEADER = "role,kind,text,from,text_cy,employer"
DIRECT = "pcso,can,Direct traffic,2026-01-01,,"
ARREST = "pcso,cannot,Arrest anybody,2026-01-01,,"


@pytest.fixture
def force():
    return NeighbourhoodFactory(force=ForceFactory(id="casterwell")).force


def imported(force, *lines, header=HEADER, rehearse=False):
    return import_powers(
        [header, *lines], force=force, source="powers.csv", sha256="0" * 64, rehearse=rehearse
    )


def facts():
    fields = ("role", "from_on", "position", "kind", "text", "text_cy", "employer")
    return list(RoleFact.objects.values_list(*fields))


def test_a_list_is_imported_in_the_order_of_its_lines(force):
    badge = "Accredited,badge,Look for the green badge,2026-02-01,Y bathodyn gwyrdd,Sluice Park"

    report = imported(force, ARREST, badge, DIRECT)

    assert facts() == [
        (
            "accredited",
            date(2026, 2, 1),
            1,
            "badge",
            "Look for the green badge",
            "Y bathodyn gwyrdd",
            "Sluice Park",
        ),
        ("pcso", date(2026, 1, 1), 1, "cannot", "Arrest anybody", "", ""),
        ("pcso", date(2026, 1, 1), 2, "can", "Direct traffic", "", ""),
    ]
    assert report.lines == [
        "accredited from 2026-02-01: + badge: Look for the green badge",
        "pcso from 2026-01-01: + can: Direct traffic",
        "pcso from 2026-01-01: + cannot: Arrest anybody",
        "read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert force.neighbourhoods.get().stamp == 2
    run, event = ImportRun.objects.get(), AuditEvent.objects.get()
    assert (run.command, run.force, run.source) == ("import_powers", force, "powers.csv")
    assert (event.verb, event.detail) == ("powers.imported", {"run": run.pk, "lines": 3})


def test_a_list_told_again_takes_the_place_of_that_day_alone(force):
    imported(force, DIRECT, ARREST, DIRECT.replace("2026-01-01", "2025-01-01"))

    report = imported(force, ARREST, "pcso,can,Take alcohol away,2026-01-01,,")

    assert [(row[1].year, row[4]) for row in facts()] == [
        (2026, "Arrest anybody"),
        (2026, "Take alcohol away"),
        (2025, "Direct traffic"),
    ]
    assert report.notes == [
        "pcso from 2026-01-01: - can: Direct traffic",
        "pcso from 2026-01-01: + can: Take alcohol away",
    ]


def test_a_rehearsal_says_the_same_and_changes_nothing(force):
    imported(force, DIRECT)
    before = facts()

    rehearsed = imported(force, ARREST, rehearse=True)

    assert facts() == before
    assert (ImportRun.objects.count(), force.neighbourhoods.get().stamp) == (1, 2)
    assert imported(force, ARREST).lines == rehearsed.lines
    assert facts() != before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "king,can,Rule,2026-01-01,,",
            "role is none of police_officer, pcso, special_constable, volunteer, warden, "
            "accredited, 'king'",
        ),
        ("pcso,may,Rule,2026-01-01,,", "kind is none of can, cannot, badge, 'may'"),
        ("pcso,can,,2026-01-01,,", "text is empty, ''"),
        ("pcso,can,Rule,soon,,", "from is not a day like 2026-11-27, 'soon'"),
        (
            f"pcso,can,{'x' * 301},2026-01-01,,",
            f"text is longer than 300 characters, '{'x' * 301}'",
        ),
        (
            "pcso,can,Rule,2026-01-01,,Sluice Park",
            "people in this role work for the force alone, 'Sluice Park'",
        ),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(force, line, says):
    with pytest.raises(UnusableFile) as refusal:
        imported(force, DIRECT, line)

    assert str(refusal.value).split("\n")[0] == f"powers.csv:3: {says}"
    assert facts() == []


def test_a_force_in_wales_needs_both_languages(force):
    force.welsh = True

    with pytest.raises(UnusableFile, match="text_cy is empty"):
        imported(force, DIRECT)
    with pytest.raises(UnusableFile, match="the header lacks text_cy"):
        imported(force, "pcso,can,Rule,2026-01-01", header="role,kind,text,from")
    imported(force, DIRECT.replace(",,", ",Cyfeirio traffig,"))


def test_a_file_without_a_line_changes_nothing(force):
    imported(force, DIRECT)

    with pytest.raises(UnusableFile, match="no line in it; nothing was imported"):
        imported(force)
    assert len(facts()) == 1
