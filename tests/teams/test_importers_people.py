from datetime import date
from pathlib import Path

import pytest

from neighbourhoods.importers.reporting import UnusableFile
from teams.importers.people import plan_import
from teams.models import ContactRoute, Member, NamedContact, Posting
from tests.factories.neighbourhoods import ForceFactory, NeighbourhoodFactory
from tests.factories.teams import MemberFactory, PostingFactory

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "people"
PERSON = {
    "reference": "CW-0417",
    "name": "Tamsin Quillow",
    "role": "police_officer",
    "rank": "constable",
    "neighbourhood": "harkstow",
    "from": "2023-05-08",
    "to": "",
    "acting": "",
    "lead": "",
    "named": "",
    "employer": "",
    "employer_kind": "",
    "email": "",
    "telephone": "",
}


@pytest.fixture
def force():
    force = ForceFactory(id="casterwell")
    for code in ("harkstow", "lanterngate"):
        NeighbourhoodFactory(force=force, code=code)
    return force


def import_people(lines, *, force, source):
    plan = plan_import(lines, force=force, source=source)
    plan.write()
    return plan.report(rehearsed=False)


def import_file(name, force):
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return import_people(lines, force=force, source=name)


def import_rows(force, *changes):
    """Import one row for each of ``changes``: PERSON with some fields changed."""
    rows = [",".join(PERSON), *(",".join((PERSON | change).values()) for change in changes)]
    return import_people(rows, force=force, source="people.csv")


def rows_of_people():
    """Everything that an import of people writes."""
    return [
        list(rows.order_by(*fields).values_list(*fields))
        for rows, fields in (
            (Member.objects, ("reference", "name", "role", "rank", "acting", "employer")),
            (
                Posting.objects,
                ("member__reference", "neighbourhood__code", "from_on", "to_on", "lead"),
            ),
            (NamedContact.objects, ("neighbourhood__code", "from_on", "posting__member__name")),
            (ContactRoute.objects, ("member__reference", "kind", "value")),
        )
    ]


GOOD = [
    [
        ("CW-0003", "Helena Strandwick", "police_officer", "assistant_chief_constable", False, ""),
        ("CW-0102", "Imran Dalvari", "police_officer", "sergeant", True, ""),
        ("CW-0417", "Tamsin Quillow", "police_officer", "constable", False, ""),
        ("CW-0733", "Dee Ferncastle", "pcso", "", False, ""),
        ("W-12", "Oakhangar, Sharon", "warden", "", False, "Harkstow Homes"),
    ],
    [
        ("CW-0003", None, date(2020, 6, 1), None, False),
        ("CW-0102", "harkstow", date(2024, 2, 1), None, True),
        ("CW-0102", "lanterngate", date(2024, 2, 1), date(2025, 1, 31), True),
        ("CW-0417", "harkstow", date(2023, 5, 8), None, False),
        ("CW-0733", "harkstow", date(2022, 9, 1), None, False),
        ("W-12", "harkstow", date(2021, 1, 4), None, False),
    ],
    [("harkstow", date(2023, 5, 8), "Tamsin Quillow")],
    [
        ("CW-0417", "email", "tamsin.quillow@example.org"),
        ("CW-0417", "telephone", "01632 960 123"),
    ],
]


def test_a_good_file(force):
    report = import_file("good.csv", force)

    assert rows_of_people() == GOOD
    assert report.lines == [
        "add 14 · change 0 · end 0 · remove 0 · lines without change 0",
        "read 6 · kept 6 · replaced 0 · rejected 0 · no coordinates 0 · outside 0",
    ]
    assert set(force.neighbourhoods.values_list("stamp", flat=True)) == {2}


def test_a_file_imported_twice_gives_the_same_rows(force):
    import_file("good.csv", force)
    pks = list(Posting.objects.values_list("pk", flat=True))

    report = import_file("good.csv", force)

    assert rows_of_people() == GOOD
    assert list(Posting.objects.values_list("pk", flat=True)) == pks
    assert report.counts == {"read": 6, "kept": 0, "replaced": 6}
    assert set(force.neighbourhoods.values_list("stamp", flat=True)) == {2}  # nothing changed


def test_people_who_are_not_in_the_file_stay(force):
    other = PostingFactory(
        neighbourhood=force.neighbourhoods.get(code="harkstow"), member__reference="CW-9999"
    )

    import_file("good.csv", force)

    other.refresh_from_db()
    assert (other.to_on, other.member.ended_on) == (None, None)


def test_a_changed_row_updates_its_member_and_posting(force):
    import_rows(force, {})

    import_rows(force, {"name": "Tamsin Quillow-Marsh", "to": "2026-03-04", "rank": "sergeant"})

    assert Member.objects.values_list("name", "rank").get() == ("Tamsin Quillow-Marsh", "sergeant")
    assert Posting.objects.get().to_on == date(2026, 3, 4)


def test_the_same_reference_in_another_force_is_another_person(force):
    MemberFactory(reference="CW-0417", name="Ana Example")

    import_rows(force, {})

    assert set(Member.objects.values_list("name", flat=True)) == {"Ana Example", "Tamsin Quillow"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "wrong_header.csv",
            "wrong_header.csv: the header lacks rank, neighbourhood; "
            "it has ['reference', 'name', 'role', 'team', 'from']",
        ),
        (
            "bad_rows.csv",
            "bad_rows.csv:3: no neighbourhood with this id in the force, 'nowhere'\n"
            "bad_rows.csv:4: the row has not as many fields as the header\n"
            "bad_rows.csv: nothing was imported; mend these lines",
        ),
    ],
)
def test_a_file_with_a_mistake_is_not_half_imported(force, name, message):
    with pytest.raises(UnusableFile) as refusal:
        import_file(name, force)

    assert str(refusal.value) == message
    assert rows_of_people() == [[], [], [], []]
    assert set(force.neighbourhoods.values_list("stamp", flat=True)) == {1}


def test_a_conflict_with_an_open_posting_names_its_line_and_imports_nothing(force):
    import_file("good.csv", force)
    Member.objects.filter(reference="CW-0733").update(name="Dee Ferncastle-Ward")
    before = rows_of_people()

    with pytest.raises(UnusableFile) as refusal:
        import_file("conflict.csv", force)

    assert str(refusal.value) == (
        "conflict.csv:3: already in that team with another first day; end that posting first, "
        "'Tamsin Quillow'\nconflict.csv: nothing was imported; mend these lines"
    )
    assert rows_of_people() == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reference": " "}, "reference is empty, ''"),
        ({"name": ""}, "name is empty, ''"),
        (
            {"role": "king"},
            "role is none of police_officer, pcso, special_constable, volunteer, warden, "
            "accredited, 'king'",
        ),
        (
            {"rank": "baron"},
            "rank is none of constable, sergeant, inspector, chief_inspector, superintendent, "
            "chief_superintendent, assistant_chief_constable, deputy_chief_constable, "
            "chief_constable, 'baron'",
        ),
        ({"rank": ""}, "a police officer needs a rank, ''"),
        (
            {"role": "pcso"},
            "only police officers and special constables hold a rank, 'constable'",
        ),
        (
            {"role": "warden", "rank": ""},
            "a warden or accredited person needs an employer, ''",
        ),
        ({"role": "pcso", "rank": "", "acting": "yes"}, "acting needs a rank, ''"),
        (
            {"employer": "Sluice Park"},
            "people in this role work for the force alone, 'Sluice Park'",
        ),
        (
            {"role": "volunteer", "rank": "", "employer_kind": "council"},
            "employer and employer_kind do not go together, 'council'",
        ),
        (
            {"role": "warden", "rank": "", "employer": "Sluice Park", "employer_kind": "shop"},
            "employer_kind is none of force, council, housing_association, community_group, "
            "other, 'shop'",
        ),
        ({"acting": "maybe"}, "acting is neither yes nor no, 'maybe'"),
        ({"lead": "2"}, "lead is neither yes nor no, '2'"),
        ({"named": "x"}, "named is neither yes nor no, 'x'"),
        ({"from": ""}, "from is not a day like 2026-11-27, ''"),
        ({"from": "08/05/2023"}, "from is not a day like 2026-11-27, '08/05/2023'"),
        ({"to": "soon"}, "to is not a day like 2026-11-27, 'soon'"),
        ({"to": "2023-05-07"}, "the last day is before the first, '2023-05-07'"),
        (
            {"neighbourhood": "Harkstow"},
            "no neighbourhood with this id in the force, 'Harkstow'",
        ),
        (
            {"neighbourhood": "", "lead": "yes"},
            "lead or named needs a neighbourhood, 'Tamsin Quillow'",
        ),
        (
            {"neighbourhood": "", "named": "yes"},
            "lead or named needs a neighbourhood, 'Tamsin Quillow'",
        ),
        (
            {"role": "volunteer", "rank": "", "named": "yes"},
            "only police officers and PCSOs can be named, 'volunteer'",
        ),
        ({"email": "tamsin"}, "email is not an address, 'tamsin'"),
        ({"name": "Tam\0sin"}, "name has a NUL character, 'Tam\\x00sin'"),
        ({"reference": "x" * 41}, f"reference is longer than 40 characters, '{'x' * 41}'"),
        ({"telephone": "1" * 255}, f"telephone is longer than 254 characters, '{'1' * 255}'"),
        ({"telephone": "1,1"}, "the row has not as many fields as the header"),
    ],
)
def test_a_bad_row_is_named_by_line_fact_and_value(force, change, says):
    with pytest.raises(UnusableFile) as refusal:
        import_rows(force, {"reference": "CW-0001"}, change)

    first, *rest = str(refusal.value).split("\n")
    assert (first, rest) == (
        f"people.csv:3: {says}",
        ["people.csv: nothing was imported; mend these lines"],
    )
    assert Member.objects.count() == 0


def test_two_officers_named_from_one_day_are_refused(force):
    with pytest.raises(UnusableFile) as refusal:
        import_rows(force, {"named": "yes"}, {"reference": "CW-0001", "named": "yes"})

    assert str(refusal.value).split("\n")[0] == (
        "people.csv:3: another line names an officer there from that day, 2023-05-08"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "people.csv:2 has this posting already, 'CW-0417'"),
        ({"name": "Ana Example"}, "people.csv:2 says otherwise of this person, 'CW-0417'"),
        ({"email": "b@example.org"}, "people.csv:2 says otherwise of this person, 'CW-0417'"),
    ],
)
def test_a_line_that_contradicts_or_repeats_another_is_refused(force, change, says):
    with pytest.raises(UnusableFile, match=f"^people.csv:3: {says}\n"):
        import_rows(force, {"email": "a@example.org"}, change)


def test_what_one_line_of_a_person_tells_the_others_may_leave_out(force):
    elsewhere = {"neighbourhood": "lanterngate"}
    import_rows(
        force,
        {},
        elsewhere | {"email": "a@example.org"},
        {"from": "2022-01-01", "to": "2022-02-01"},
    )

    assert ContactRoute.objects.get().value == "a@example.org"


def test_a_file_of_too_many_lines_is_refused(force, monkeypatch):
    monkeypatch.setattr("teams.importers.people.lines.MOST_LINES", 1)

    with pytest.raises(UnusableFile, match=r"people.csv: more than 1 lines, 2; split it"):
        import_rows(force, {}, {"reference": "CW-0001"})


@pytest.mark.parametrize("flag", ["yes", "Y", "TRUE", "1"])
def test_ways_to_say_yes(force, flag):
    import_rows(force, {"lead": flag, "acting": "No"})

    assert (Posting.objects.get().lead, Member.objects.get().acting) == (True, False)


@pytest.mark.parametrize(
    ("told", "kind", "text"),
    [
        ("Council", "council", "Sluice Park, a council"),
        ("housing association", "housing_association", "Sluice Park, a housing association"),
        ("community_group", "community_group", "Sluice Park, a community group"),
        ("", "other", "Sluice Park"),
    ],
)
def test_who_employs_somebody_is_not_police(force, told, kind, text):
    import_rows(
        force, {"role": "volunteer", "rank": "", "employer": "Sluice Park", "employer_kind": told}
    )

    member = Member.objects.get()
    assert (member.employer_kind, member.employer_text, member.is_police) == (kind, text, False)
    assert member.badged_title == "Tamsin Quillow (not police)"


def test_an_empty_file_lacks_its_header(force):
    with pytest.raises(UnusableFile) as refusal:
        import_people([], force=force, source="people.csv")

    assert str(refusal.value) == (
        "people.csv: the header lacks reference, name, role, rank, neighbourhood, from; it has []"
    )


@pytest.mark.parametrize("lines", [["a\rb"], [",".join(PERSON), "a,b\rc"]])
def test_a_file_that_is_no_csv_is_named_with_the_line(force, lines):
    with pytest.raises(UnusableFile, match=rf"^people.csv:{len(lines)}: not a CSV file, new-line"):
        import_people(lines, force=force, source="people.csv")
