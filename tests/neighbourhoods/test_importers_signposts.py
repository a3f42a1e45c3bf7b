from datetime import date
from pathlib import Path

import pytest

from neighbourhoods.importers.reporting import UnusableFile
from neighbourhoods.importers.signposts import import_signposts
from neighbourhoods.models import ImportRun, Neighbourhood, Signpost
from tests.factories.neighbourhoods import (
    ForceFactory,
    NeighbourhoodFactory,
    PolicingAreaFactory,
    SignpostFactory,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "signposts"
SIGNPOST = {
    "matter": "Street lamps",
    "matter_cy": "Lampau stryd",
    "body": "Casterwell Highways",
    "body_cy": "Priffyrdd Casterwell",
    "advice": "Quote the number on the post.",
    "advice_cy": "Nodwch y rhif ar y postyn.",
    "url": "https://highways.casterwell.example.org/",
    "telephone": "01632 960303",
    "reviewed_on": "2026-02-03",
}
COUNCIL = "https://council.casterwell.example.org"
GOOD = [
    (1, "Noise at night", "Sŵn yn y nos", f"{COUNCIL}/noise", "01632 960301", date(2026, 2, 3)),
    (2, "Street lamps", "Lampau stryd", "", "01632 960303", date(2026, 2, 3)),
    (3, "Abandoned cars", "Ceir wedi’u gadael", f"{COUNCIL}/cars", "", date(2026, 1, 20)),
]


@pytest.fixture
def force():
    return NeighbourhoodFactory(force__id="casterwell", force__welsh=True).force


@pytest.fixture
def english_force():
    return ForceFactory(id="brithell")


def import_file(name, force):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return import_signposts(lines, force=force, source=name, sha256="f00d")


def import_rows(force, *changes):
    """Import one row for each of ``changes``: SIGNPOST with some fields changed."""
    rows = [",".join(SIGNPOST), *(",".join((SIGNPOST | change).values()) for change in changes)]
    return import_signposts(rows, force=force, source="signposts.csv", sha256="f00d")


def rows_of(force):
    fields = ("position", "matter", "matter_cy", "url", "telephone", "reviewed_on")
    return list(force.signposts.values_list(*fields))


def stamps(force):
    return set(force.neighbourhoods.values_list("stamp", flat=True))


def test_a_good_file(force):
    report = import_file("good.csv", force)

    first = force.signposts.first()
    assert rows_of(force) == GOOD
    assert (first.body, first.body_cy) == ("Casterwell Council", "Cyngor Casterwell")
    assert first.advice == "Write down when, and for how long."
    assert first.advice_cy == "Nodwch pryd ac am ba hyd."
    assert report.lines == [
        "read 3 · kept 3 · replaced 0 · rejected 0 · no coordinates 0 · outside 0"
    ]
    assert stamps(force) == {2}


def test_an_import_is_remembered(force):
    import_file("good.csv", force)

    run = ImportRun.objects.get()
    assert (run.command, run.force, run.source) == ("import_signposts", force, "good.csv")
    assert (run.sha256, run.counts) == ("f00d", {"read": 3, "kept": 3, "replaced": 0})


def test_a_file_imported_twice_gives_the_same_rows(force):
    import_file("good.csv", force)

    report = import_file("good.csv", force)

    assert rows_of(force) == GOOD
    assert report.counts == {"read": 3, "kept": 3, "replaced": 3}


def test_the_file_replaces_what_the_force_had_and_leaves_other_forces_alone(force):
    SignpostFactory(force=force, position=9)
    neighbour = NeighbourhoodFactory(force__id="brithell").force
    theirs = SignpostFactory(force=neighbour)

    import_rows(force, {"url": ""}, {"matter": "Potholes", "telephone": ""})

    assert [row[:2] for row in rows_of(force)] == [(1, "Street lamps"), (2, "Potholes")]
    assert (list(neighbour.signposts.all()), stamps(neighbour)) == ([theirs], {1})


def test_a_force_in_england_may_leave_the_welsh_out(english_force):
    import_file("english.csv", english_force)
    assert rows_of(english_force) == [
        (1, "Street lamps", "", "", "01632 960303", date(2026, 2, 3)),
    ]

    import_rows(english_force, {"matter_cy": ""})
    assert english_force.signposts.get().body_cy == "Priffyrdd Casterwell"


def refusal(name, force):
    with pytest.raises(UnusableFile) as refused:
        import_file(name, force)
    return str(refused.value)


def test_a_force_in_wales_needs_the_welsh_columns(force):
    assert refusal("english.csv", force) == (
        "english.csv: the header lacks matter_cy, body_cy, advice_cy; "
        "it has ['matter', 'body', 'advice', 'url', 'telephone', 'reviewed_on']"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "wrong_header.csv",
            "wrong_header.csv: the header lacks advice, telephone; "
            "it has ['matter', 'body', 'url', 'reviewed_on']",
        ),
        (
            "bad_rows.csv",
            "bad_rows.csv:3: url is not a web address that begins with https://, "
            "'http://council.example.org/noise'\n"
            "bad_rows.csv:4: the row has not as many fields as the header\n"
            "bad_rows.csv: nothing was imported; mend these lines",
        ),
    ],
)
def test_a_file_with_a_mistake_changes_nothing(english_force, name, message):
    place = NeighbourhoodFactory(force=english_force)
    standing = SignpostFactory(force=english_force)

    assert refusal(name, english_force) == message

    assert list(Signpost.objects.all()) == [standing]
    assert (stamps(place.force), ImportRun.objects.count()) == ({1}, 0)


def test_a_file_without_rows_does_not_empty_the_page(force):
    standing = SignpostFactory(force=force)

    with pytest.raises(UnusableFile) as refused:
        import_rows(force)

    assert str(refused.value) == "signposts.csv: no signpost in it; nothing was imported"
    assert list(Signpost.objects.all()) == [standing]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"matter": ""}, "matter is empty, ''"),
        ({"body": " "}, "body is empty, ''"),
        ({"advice": ""}, "advice is empty, ''"),
        ({"matter_cy": ""}, "matter_cy is empty, ''"),
        ({"body_cy": ""}, "body_cy is empty, ''"),
        ({"advice_cy": " "}, "advice_cy is empty, ''"),
        ({"url": "", "telephone": ""}, "neither url nor telephone, 'Street lamps'"),
        (
            {"url": "http://highways.example.org/"},
            "url is not a web address that begins with https://, 'http://highways.example.org/'",
        ),
        (
            {"url": "javascript:alert(1)"},
            "url is not a web address that begins with https://, 'javascript:alert(1)'",
        ),
        (
            {"url": "https://", "telephone": ""},
            "url is not a web address that begins with https://, 'https://'",
        ),
        (
            {"telephone": "ring the bell"},
            "telephone is not a telephone number like 01632 960 001, 'ring the bell'",
        ),
        ({"reviewed_on": ""}, "reviewed_on is not a day like 2026-11-27, ''"),
        ({"reviewed_on": "2026-02-30"}, "reviewed_on is not a day like 2026-11-27, '2026-02-30'"),
        ({"matter": "Street\0lamps"}, "matter has a NUL character, 'Street\\x00lamps'"),
        ({"matter": "x" * 121}, f"matter is longer than 120 characters, '{'x' * 121}'"),
        ({"advice_cy": "x" * 301}, f"advice_cy is longer than 300 characters, '{'x' * 301}'"),
        ({"url": "x" * 201}, f"url is longer than 200 characters, '{'x' * 201}'"),
        ({"telephone": "1" * 21}, f"telephone is longer than 20 characters, '{'1' * 21}'"),
        ({"telephone": "1,1"}, "the row has not as many fields as the header"),
    ],
)
def test_a_bad_row_is_named_by_line_fact_and_value(force, change, says):
    with pytest.raises(UnusableFile) as refused:
        import_rows(force, {}, change)

    assert str(refused.value).split("\n") == [
        f"signposts.csv:3: {says}",
        "signposts.csv: nothing was imported; mend these lines",
    ]
    assert Signpost.objects.count() == 0


def test_a_line_may_be_for_one_area_alone(force):
    around = PolicingAreaFactory(force=force, code="north")
    place = force.neighbourhoods.get()
    Neighbourhood.objects.update(area=PolicingAreaFactory(force=force, parent=around))
    elsewhere = NeighbourhoodFactory(force=force)
    rows = [
        ",".join((*SIGNPOST, "area")),
        *(
            ",".join((*(SIGNPOST | {"matter": matter}).values(), area))
            for matter, area in (("Lamps", ""), ("Weirs", "north"))
        ),
    ]

    import_signposts(rows, force=force, source="signposts.csv", sha256="f00d")

    place.refresh_from_db()
    found = [Signpost.objects.for_neighbourhood(at) for at in (place, elsewhere)]
    assert [[line.matter for line in lines] for lines in found] == [["Lamps", "Weirs"], ["Lamps"]]


def test_an_area_that_is_none_is_named(force):
    PolicingAreaFactory(force=force, code="gone", ended_on=date(2031, 1, 1))
    rows = [",".join((*SIGNPOST, "area")), ",".join((*SIGNPOST.values(), "gone"))]

    with pytest.raises(UnusableFile, match=r"csv:2: force .casterwell. has no such area"):
        import_signposts(rows, force=force, source="signposts.csv", sha256="f00d")
