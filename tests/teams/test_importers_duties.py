from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.models import ImportRun
from teams.importers.duties import import_duties
from teams.importers.duty_codes import import_duty_codes
from teams.models import Duty, DutyCode
from teams.models.duty import Kind, Reason
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import DutyFactory, MemberFactory
from tests.racing import on_postgresql, race

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "duties"
CODES = [
    ("AL", "AWAY", ""),
    ("CT", "COURT", ""),
    ("CU", "ELSEWHERE", "CUSTODY"),
    ("E", "HERE", ""),
    ("EV", "ELSEWHERE", "EVENT"),
    ("L", "HERE", ""),
    ("RD", "AWAY", ""),
    ("SK", "AWAY", ""),
    ("TR", "TRAINING", ""),
]


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    NeighbourhoodFactory(force=force, code="harkstow")
    MemberFactory(force=force, reference="CW-0417")
    MemberFactory(force=force, reference="CW-0733")
    MemberFactory(reference="CW-0417")  # of another force
    import_codes(force)
    return force


def read(importer, name, force, **options):
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return importer(lines, force=force, source=name, sha256="0" * 64, **options)


import_codes = partial(read, import_duty_codes, "codes.csv")
import_file = partial(read, import_duties)


def import_lines(force, *lines):
    header = "reference,start,end,planned,actual"
    return import_duties([header, *lines], force=force, source="d.csv", sha256="0" * 64)


def codes_of(force):
    return list(force.duty_codes.values_list("code", "kind", "reason"))


def duties():
    """Everything that an import of duties writes, with times in UTC."""
    rows = Duty.objects.order_by("member__reference", "starts_at").values_list(
        "member__reference", "starts_at", "ends_at", "kind", "reason", "source"
    )
    return [
        (who, f"{starts:%m-%d %H:%M}", f"{ends:%m-%d %H:%M}", kind, reason, source)
        for who, starts, ends, kind, reason, source in rows
    ]


GOOD = [
    ("CW-0417", "03-09 07:00", "03-09 15:00", "HERE", "", "IMPORT"),
    ("CW-0417", "03-10 07:00", "03-10 15:00", "ELSEWHERE", "EVENT", "IMPORT"),
    ("CW-0417", "03-11 00:00", "03-13 00:00", "AWAY", "", "IMPORT"),
    ("CW-0733", "03-09 14:00", "03-09 22:00", "AWAY", "", "IMPORT"),
    ("CW-0733", "03-10 22:00", "03-11 06:00", "HERE", "", "IMPORT"),
]


def test_codes_say_what_is_kept_and_leave_is_not_told_from_sickness(force):
    assert codes_of(force) == CODES


def test_codes_are_replaced_as_a_whole(force):
    report = import_duty_codes(
        ["code,means,reason", "E,court,"], force=force, source="c.csv", sha256="1" * 64
    )

    assert codes_of(force) == [("E", "COURT", "")]
    assert report.notes == ["No longer known: AL, CT, CU, EV, L, RD, SK, TR."]
    assert (report.counts["kept"], report.counts["replaced"]) == (1, 1)


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        (",court,", "code is empty, ''"),
        ("E,,", "means is empty, ''"),
        (
            "E,holiday,",
            "means is none of neighbourhood, elsewhere, court, training, leave, sick, rest,"
            " 'holiday'",
        ),
        ("E,court,event", "only helping elsewhere has a reason, 'event'"),
        (
            "E,elsewhere,",
            "reason is none of event, response, custody, emergency, other, ''",
        ),
    ],
)
def test_a_bad_code_is_named_and_nothing_changes(force, line, fact):
    with pytest.raises(UnusableFile) as refused:
        import_duty_codes(["code,means,reason", line], force=force, source="c.csv", sha256="1" * 64)

    assert str(refused.value) == f"c.csv:2: {fact}\nc.csv: nothing was imported; mend these lines"
    assert codes_of(force) == CODES


def test_a_code_stands_once_and_a_file_is_not_empty(force):
    load = partial(import_duty_codes, force=force, source="c.csv", sha256="1" * 64)

    with pytest.raises(UnusableFile, match=r"c\.csv:3: the code stands in a line before, 'E'"):
        load(["code,means", "E,court", "E,court"])
    with pytest.raises(UnusableFile, match=r"c\.csv: no code in it"):
        load(["code,means"])


def test_the_actual_code_holds_and_until_there_is_one_the_planned(force):
    report = import_file("duties.csv", force)

    assert duties() == GOOD
    assert report.notes == [
        "New 5, changed 0, ended 0, as before 0",
        "1 lines are about people whom the portal does not have.",
    ]
    assert report.summary.startswith("read 6 · kept 5 · replaced 0 · rejected 0")
    run = ImportRun.objects.filter(command="import_duties").get()
    assert (run.force, run.source, run.counts["kept"]) == (force, "duties.csv", 5)


def test_the_same_file_twice_gives_the_same_rows(force):
    import_file("duties.csv", force)
    keys = set(Duty.objects.values_list("pk", flat=True))

    report = import_file("duties.csv", force)

    assert report.notes[0] == "New 0, changed 0, ended 0, as before 5"
    assert (duties(), set(Duty.objects.values_list("pk", flat=True))) == (GOOD, keys)


def test_the_earlier_file_undoes_the_later_one(force):
    import_file("earlier.csv", force)
    before = duties()
    import_file("duties.csv", force)
    assert duties() == GOOD

    report = import_file("earlier.csv", force)

    assert duties() == before
    assert report.notes == ["New 0, changed 2, ended 2, as before 1"]


def test_what_was_before_the_first_day_of_the_file_stays(force):
    import_lines(force, "CW-0733,2026-03-08 22:00,2026-03-09 06:00,L,L")

    import_file("earlier.csv", force)

    assert ("CW-0733", "03-08 22:00", "03-09 06:00", "HERE", "", "IMPORT") in duties()


def test_a_long_absence_that_began_earlier_does_not_move_the_first_day(force):
    import_lines(force, "CW-0733,2026-03-02 07:00,2026-03-02 15:00,E,E")

    report = import_lines(
        force,
        "CW-0417,2026-02-20,2026-03-20,AL,AL",
        "CW-0733,2026-03-09 07:00,2026-03-09 15:00,E,E",
    )

    assert report.notes == ["New 2, changed 0, ended 0, as before 0"]


def test_a_duty_that_is_told_anew_under_another_beginning_takes_the_place_of_the_old(force):
    import_lines(force, "CW-0417,2026-03-09 07:00,2026-03-09 15:00,E,")

    import_lines(force, "CW-0417,2026-03-09 09:00,2026-03-09 17:00,E,")

    assert duties() == [("CW-0417", "03-09 09:00", "03-09 17:00", "HERE", "", "IMPORT")]


def test_what_the_file_says_of_somebody_holds_against_a_roll_call(force):
    there, other = force.members.order_by("reference")
    DutyFactory(member=there, called=True, away=True)  # 10 March until noon
    called = DutyFactory(member=other, called=True)

    import_lines(force, "CW-0417,2026-03-10 07:00,2026-03-10 15:00,E,E")

    assert duties() == [
        ("CW-0417", "03-10 07:00", "03-10 15:00", "HERE", "", "IMPORT"),
        ("CW-0733", "03-10 00:00", "03-10 12:00", "HERE", "", "ROLL_CALL"),
    ]
    assert Duty.objects.called().get() == called


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-28 22:00", "2026-03-29 06:00", 7),  # the hour from 1 to 2 is left out
        ("2026-10-24 22:00", "2026-10-25 06:00", 9),  # the hour from 1 to 2 comes twice
        ("2026-03-28 17:00", "2026-03-29 01:00", 8),  # ends when the clock jumps
        ("2026-10-25 01:30", "2026-10-25 01:15", 0.75),  # the second 01:15
        ("2026-10-25T01:30+00:00", "2026-10-25T05:00+00:00", 3.5),
        ("2026-10-25", "2026-10-25", 25),
        ("2026-03-29", "2026-03-29", 23),
    ],
)
def test_hours_are_right_when_the_clocks_change(force, start, end, hours):
    import_lines(force, f"CW-0417,{start},{end},TR,")

    duty = Duty.objects.get()
    assert (duty.ends_at - duty.starts_at) / timedelta(hours=1) == hours


BAD = """\
bad_rows.csv:3: reference is empty, ''
bad_rows.csv:4: start is no time like 2026-11-27 07:00, 'tomorrow'
bad_rows.csv:5: ends before it begins, '2026-03-10 07:00'
bad_rows.csv:6: nobody works for more than 24 hours, '2026-03-11 07:01'
bad_rows.csv:7: planned is empty, ''
bad_rows.csv:8: planned has a code that import_duty_codes has not had, 'XX'
bad_rows.csv:10: start is in no year that can be meant, '0001-03-10 07:00'
bad_rows.csv: nothing was imported; mend these lines"""


def test_every_bad_line_is_named_and_nothing_is_imported(force):
    import_file("earlier.csv", force)
    before = duties()

    with pytest.raises(UnusableFile) as refused:
        import_file("bad_rows.csv", force)

    assert str(refused.value) == BAD
    assert duties() == before


def test_nobody_does_two_things_at_once(force):
    with pytest.raises(UnusableFile) as refused:
        import_file("overlap.csv", force)

    assert str(refused.value) == (
        "overlap.csv:2: begins before the duty of overlap.csv:4 has ended, '2026-03-09 14:00'\n"
        "overlap.csv: nothing was imported; mend these lines"
    )


def test_a_file_about_nobody_of_the_force_is_refused(force):
    with pytest.raises(UnusableFile, match=r"d\.csv: no line about anybody of force 'casterwell'"):
        import_lines(force, "CW-9999,2026-03-10 22:00,2026-03-11 06:00,L,")


def test_the_pages_of_the_force_are_marked_as_changed(force):
    place = force.neighbourhoods.get()

    import_file("duties.csv", force)

    stamp = place.stamp
    place.refresh_from_db()
    assert place.stamp == stamp + 1


REHEARSED = """\
duties.csv:4: new, 2026-03-11 00:00 to 2026-03-13 00:00 away
duties.csv:6: new, 2026-03-10 22:00 to 2026-03-11 06:00 here
duties.csv:3: now 2026-03-10 07:00 to 2026-03-10 15:00 elsewhere (event)
duties.csv:5: now 2026-03-09 14:00 to 2026-03-09 22:00 away
Ends: CW-0733, 2026-03-12 22:00 to 2026-03-13 06:00 here
New 2, changed 2, ended 1, as before 1
1 lines are about people whom the portal does not have.
Dry run: nothing was changed."""


def test_the_rehearsal_lists_what_would_change_and_changes_nothing(force, capsys):
    import_file("earlier.csv", force)
    night = datetime(2026, 3, 12, 22, tzinfo=UTC)
    DutyFactory(member=force.members.get(reference="CW-0733"), starts_at=night)
    before = duties()

    call_command("import_duties", "casterwell", str(DATA / "duties.csv"), "--dry-run")

    assert capsys.readouterr().out.startswith(REHEARSED)
    assert duties() == before
    assert ImportRun.objects.filter(command="import_duties").count() == 1


def test_a_long_rehearsal_says_how_many_more(force):
    day = date(2026, 3, 9)
    lines = [
        f"CW-0417,{day + timedelta(days=n)} 07:00,{day + timedelta(days=n)} 15:00,E,"
        for n in range(52)
    ]

    report = import_duties(
        ["reference,start,end,planned,actual", *lines],
        force=force,
        source="d.csv",
        sha256="0" * 64,
        in_detail=True,
    )

    assert (len(report.notes), report.notes[50]) == (52, "… and 2 more new")


def test_both_commands_say_what_they_did(force, capsys):
    call_command("import_duty_codes", "casterwell", str(DATA / "codes.csv"))
    call_command("import_duties", "casterwell", str(DATA / "duties.csv"))

    assert "read 9 · kept 9" in capsys.readouterr().out
    assert (duties(), DutyCode.objects.count()) == (GOOD, 9)
    with pytest.raises(CommandError, match="mend these lines"):
        call_command("import_duties", "casterwell", str(DATA / "bad_rows.csv"))


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_their_turn(force):
    load = partial(import_file, "duties.csv", force)

    race(load, load, at=force.members.order_by("pk"))

    assert duties() == GOOD


def test_reasons_and_kinds_are_those_of_the_codes():
    assert {kind for _, kind, _ in CODES} == set(Kind.values)
    assert {reason for _, _, reason in CODES} - {""} <= set(Reason.values)
